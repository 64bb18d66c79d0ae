#!/usr/bin/env python3
"""A form as CGI scripts had it: one file, the cgi module, print()."""

import cgi
import html
import os

import cgitb

import layout

cgitb.enable(display=0)  # errors go to the error log, and visitors get a polite page

form = cgi.FieldStorage()
name = form.getfirst("name", "").strip()

if os.environ["REQUEST_METHOD"] == "POST" and not name:
    print("Status: 303 See Other")
    print("Location: " + os.environ["SCRIPT_NAME"])
    print()
else:
    print("Content-Type: text/html; charset=utf-8")
    print()
    if name:
        likes = ", ".join(sorted(form.getlist("likes"))) or "nothing in particular"
        layout.page("Hello, " + name, "<p>You like %s.</p>" % html.escape(likes))
    else:
        layout.page("Who are you?", """
            <form method="post">
            <p><label>Name <input name="name"></label></p>
            <p><label><input type="checkbox" name="likes" value="tea"> Tea</label>
            <label><input type="checkbox" name="likes" value="coffee"> Coffee</label></p>
            <p><button>Send</button></p>
            </form>""")
