"""What the pages have in common: a module beside the scripts, which they import."""

import html


def page(title, body):
    """Print a page; `title` is text, `body` HTML."""
    title = html.escape(title)
    print("<!DOCTYPE html>")
    print('<html lang="en"><head><meta charset="utf-8"><title>%s</title></head>' % title)
    print("<body><h1>%s</h1>%s</body></html>" % (title, body))
