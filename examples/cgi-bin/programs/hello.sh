#!/bin/sh
# The smallest program there is: a head, an empty line, and what is to be seen.
echo "Content-Type: text/plain; charset=utf-8"
echo
echo "Hello from process $$, at your service since $(date -u '+%Y-%m-%d %H:%M:%S') UTC."
