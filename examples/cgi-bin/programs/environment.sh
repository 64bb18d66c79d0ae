#!/bin/sh
# What a program is told of the request, and the body that came with it. Try it with
#     curl --data-binary @FILE 'http://127.0.0.1:8000/cgi-bin/environment.sh/a/path?a=query'
echo "Content-Type: text/plain; charset=utf-8"
echo "Cache-Control: no-store"
echo
env | sort
if [ -n "$CONTENT_LENGTH" ]; then
    echo
    head -c "$CONTENT_LENGTH"
fi
