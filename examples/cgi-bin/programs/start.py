#!/usr/bin/env python3
"""Sends visitors on: to another page of this server (no reply is sent to them in between), or elsewhere."""

import os

if os.environ.get("QUERY_STRING") == "elsewhere":
    print("Location: https://www.python.org/\n")
else:
    print("Location: " + os.environ["SCRIPT_NAME"].rpartition("/")[0] + "/form.py\n")
