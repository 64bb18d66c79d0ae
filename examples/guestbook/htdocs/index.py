"""A guestbook: visitors leave their name, a few words and a picture.

Published are index, sign and picture. What begins with an underscore is not, and modules are not.
"""

import binascii
import contextlib
import hmac
import html
import os
import re
import sqlite3
import time

from mod_python import apache, util

_NAME_MOST = 60         # letters
_MESSAGE_MOST = 2000    # letters
_PICTURE_MOST = 2 * 1024 * 1024     # bytes; also on the page, as 2 MB
_ENTRIES_MOST = 500     # the oldest make room: 1 GB of pictures at most
_ENTRIES_A_PAGE = 20

# Pictures are known by how they begin, whatever the browser says of them.
_PICTURES = [
    ("image/png", "png", re.compile(br"\x89PNG\r\n\x1a\n")),
    ("image/jpeg", "jpg", re.compile(br"\xff\xd8\xff")),
    ("image/gif", "gif", re.compile(br"GIF8[79]a")),
    ("image/webp", "webp", re.compile(br"RIFF....WEBP", re.DOTALL)),
]

# Control characters other than tab and line feed, those that turn the direction of what follows, and what was no UTF-8.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

_POLICY = ("default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
           "frame-ancestors 'none'")


# ---- what is published ----------------------------------------------------------------------------------------------

def index(req, page="1", signed=""):
    """The entries, the newest first, and the form."""
    thanks = '<p class="notice" role="status">Thank you! Here is your entry.</p>' if signed else ""
    return _page(req, _number(page), thanks=thanks)


def sign(req, name="", message="", picture=None, token=""):
    """Takes what the form sends."""
    if req.method != "POST":
        req.allow_methods(["POST"], 1)
        raise apache.SERVER_RETURN(apache.HTTP_METHOD_NOT_ALLOWED)
    name = " ".join(_text(name).split())
    message = _text(message).strip()

    wrong = {}
    if not _same(_text(token), _visitor(req)):
        wrong["token"] = "This form is too old, or your browser takes no cookies. Please send it again."
    if not name:
        wrong["name"] = "Please tell your name."
    elif len(name) > _NAME_MOST:
        wrong["name"] = "A name may have %d letters, this one has %d." % (_NAME_MOST, len(name))
    if not message:
        wrong["message"] = "Please write a few words."
    elif len(message) > _MESSAGE_MOST:
        wrong["message"] = "A message may have %d letters, this one has %d." % (_MESSAGE_MOST, len(message))
    kind, content = _upload(picture)
    if content is not None and len(content) > _PICTURE_MOST:
        wrong["picture"] = "A picture may have 2 MB, this one has more."
    elif content is not None and kind is None:
        wrong["picture"] = "This file is no PNG, JPEG, GIF or WebP picture."
    if wrong:
        req.status = apache.HTTP_FORBIDDEN if "token" in wrong else apache.HTTP_BAD_REQUEST
        return _page(req, 1, name, message, wrong)

    with _database(req) as db:
        db.execute("INSERT INTO entries (written, name, message, kind, picture) VALUES (?, ?, ?, ?, ?)",
                   (int(time.time()), name, message, kind, content))
        db.execute("DELETE FROM entries WHERE id <= (SELECT max(id) FROM entries) - ?", (_ENTRIES_MOST,))
    util.redirect(req, _folder(req) + "?signed=1#entries")


def picture(req, id=""):
    """The picture of an entry."""
    with _database(req) as db:
        found = db.execute("SELECT kind, picture FROM entries WHERE id = ? AND kind IS NOT NULL",
                           (_number(id),)).fetchone()
    if found is None:
        raise apache.SERVER_RETURN(apache.HTTP_NOT_FOUND)
    kind, content = found
    # Whatever else its bytes may be as well, it is shown as a picture, and never as a page of this site.
    suffix = [suffix for each, suffix, _ in _PICTURES if each == kind][0]
    req.content_type = kind
    req.headers_out["X-Content-Type-Options"] = "nosniff"
    req.headers_out["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    req.headers_out["Content-Disposition"] = 'inline; filename="picture-%d.%s"' % (_number(id), suffix)
    req.headers_out["Cache-Control"] = "max-age=300"
    req.headers_out["Content-Length"] = str(len(content))
    req.write(content)


# ---- what comes in --------------------------------------------------------------------------------------------------

def _text(field):
    """What was typed into a field, cleaned. The first one counts, and a file is no text."""
    if isinstance(field, list):
        field = field[0]
    if getattr(field, "filename", None) is not None:
        return ""
    text = getattr(field, "value", field)
    if isinstance(text, bytes):     # so they came with Python 3 under httpd
        text = text.decode("utf-8", "replace")
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _upload(field):
    """(type, content) of the picture that was sent; (None, content) if it is none, (None, None) if nothing was sent."""
    if isinstance(field, list):
        field = field[0]
    if getattr(field, "filename", None) is None:
        return None, None
    content = field.file.read(_PICTURE_MOST + 1)
    if not content:
        return None, None
    for kind, _, beginning in _PICTURES:
        if beginning.match(content):
            return kind, content
    return None, content


def _number(text):
    """The number of a page or an entry; 404 for what is none."""
    text = _text(text)
    if not re.match(r"[1-9][0-9]{0,8}\Z", text):
        raise apache.SERVER_RETURN(apache.HTTP_NOT_FOUND)
    return int(text)


def _visitor(req):
    """A secret between this browser and us, in a cookie.

    The form has it too. A page of somebody else's can make a browser send the cookie, but does not know what is in it.
    """
    if not hasattr(req, "guestbook_visitor"):
        for cookie in req.headers_in.get("Cookie", "").split(";"):
            known = re.match(r"guestbook=([0-9a-f]{32})\Z", cookie.strip())
            if known:
                req.guestbook_visitor = known.group(1)
                break
        else:
            req.guestbook_visitor = binascii.hexlify(os.urandom(16)).decode("ascii")
            req.headers_out.add("Set-Cookie", "guestbook=%s; Path=%s; HttpOnly; SameSite=Lax"
                                % (req.guestbook_visitor, _folder(req)))
    return req.guestbook_visitor


def _same(one, other):
    return hmac.compare_digest(one.encode("utf-8"), other.encode("utf-8"))


# ---- what is kept ---------------------------------------------------------------------------------------------------

@contextlib.contextmanager
def _database(req):
    """The database, for one request: a connection belongs to its thread. Everything is kept, or nothing."""
    folder = req.get_options()["guestbook.data"]
    if not os.path.isdir(folder):
        with contextlib.suppress(FileExistsError):      # another process was faster
            os.mkdir(folder, 0o700)
    db = sqlite3.connect(os.path.join(folder, "guestbook.db"), timeout=10)
    try:
        db.execute("CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY AUTOINCREMENT, written INTEGER NOT NULL, "
                   "name TEXT NOT NULL, message TEXT NOT NULL, kind TEXT, picture BLOB)")
        with db:
            yield db
    finally:
        db.close()


# ---- the page -------------------------------------------------------------------------------------------------------

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Guestbook</title>
<link rel="icon" href="%(folder)sicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="%(folder)sstyle.css">
</head>
<body>
<header>
<h1>Guestbook</h1>
<p>You were here? Leave a word.</p>
</header>
<main>
%(wrong)s
<form class="card" action="%(folder)sindex.py/sign" method="post" enctype="multipart/form-data">
<h2>Sign it</h2>
<input type="hidden" name="token" value="%(token)s">
<label for="name">Your name</label>
<input id="name" name="name" maxlength="%(name_most)d" autocomplete="name" required value="%(name)s"%(name_wrong)s>
<label for="message">Message</label>
<textarea id="message" name="message" rows="4" maxlength="%(message_most)d" required%(message_wrong)s>
%(message)s</textarea>
<label for="picture">Picture <span class="hint" id="picture-hint">if you like: PNG, JPEG, GIF or WebP, up to 2 MB</span></label>
<input id="picture" name="picture" type="file" accept="image/png,image/jpeg,image/gif,image/webp"%(picture_wrong)s>
<button>Sign the guestbook</button>
</form>
<section id="entries" aria-labelledby="entries-title">
<h2 id="entries-title">%(title)s</h2>
%(thanks)s
%(entries)s
%(pages)s
</section>
</main>
<footer>
<p>A page of mod_python's publisher. Also served here: <a href="%(folder)squickstart/">the manual's first sites</a>,
<a href="%(folder)sfeedback/form.html">its feedback form</a>, <a href="%(folder)sfeedback/upload/">an upload with a
progress bar</a>, <a href="%(folder)sfilters/">filters</a>, <a href="%(folder)scgi-bin/form.py">a CGI program</a> and
<a href="%(folder)skitchen/">pages of PSP with a login</a>.</p>
</footer>
</body>
</html>
"""

_ENTRY = """\
<article class="card">
<header><h3><bdi>%(name)s</bdi></h3> <time datetime="%(stamp)s">%(date)s</time></header>
<p class="message" dir="auto">%(message)s</p>
%(picture)s</article>
"""

_IMAGE = """\
<a class="picture" href="%(folder)sindex.py/picture?id=%(id)d"><img src="%(folder)sindex.py/picture?id=%(id)d" \
alt="Picture from %(name)s" loading="lazy"></a>
"""


def _page(req, number, name="", message="", wrong={}, thanks=""):
    with _database(req) as db:
        count, = db.execute("SELECT count(*) FROM entries").fetchone()
        rows = db.execute("SELECT id, written, name, message, kind FROM entries ORDER BY id DESC LIMIT ? OFFSET ?",
                          (_ENTRIES_A_PAGE, (number - 1) * _ENTRIES_A_PAGE)).fetchall()
    if not rows and number > 1:
        raise apache.SERVER_RETURN(apache.HTTP_NOT_FOUND)
    folder = html.escape(_folder(req))
    req.content_type = "text/html; charset=UTF-8"
    req.headers_out["Cache-Control"] = "no-store"       # each visitor has a token of their own
    req.headers_out["Content-Security-Policy"] = _POLICY
    req.headers_out["X-Content-Type-Options"] = "nosniff"
    return _PAGE % {
        "folder": folder,
        "wrong": _summary(wrong) if wrong else "",
        "token": _visitor(req),
        "name": html.escape(name),
        "name_most": _NAME_MOST,
        "name_wrong": _marked(wrong, "name"),
        "message": html.escape(message),
        "message_most": _MESSAGE_MOST,
        "message_wrong": _marked(wrong, "message"),
        "picture_wrong": _marked(wrong, "picture", "picture-hint"),
        "title": {0: "No entries yet", 1: "One entry"}.get(count, "%d entries" % count),
        "thanks": thanks,
        "entries": "".join([_entry(folder, *row) for row in rows]),
        "pages": _pages(folder, number, count),
    }


def _entry(folder, id, written, name, message, kind):
    values = {
        "folder": folder,
        "id": id,
        "stamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(written)),
        "date": time.strftime("%d %B %Y, %H:%M UTC", time.gmtime(written)).lstrip("0"),
        "name": html.escape(name),
        "message": html.escape(message),
    }
    values["picture"] = _IMAGE % values if kind else ""
    return _ENTRY % values


def _pages(folder, number, count):
    """Links to the pages before and behind."""
    links = []
    if number > 1:
        links.append('<a rel="prev" href="%s?page=%d#entries">Newer entries</a>' % (folder, number - 1))
    if number * _ENTRIES_A_PAGE < count:
        links.append('<a rel="next" href="%s?page=%d#entries">Older entries</a>' % (folder, number + 1))
    return '<nav aria-label="Pages">%s</nav>' % " ".join(links) if links else ""


def _summary(wrong):
    """What is wrong with what was sent; each point leads to its field."""
    points = []
    for field, text in wrong.items():
        if field == "token":
            points.append("<li>%s</li>" % html.escape(text))
        else:
            points.append('<li id="%s-wrong"><a href="#%s">%s</a></li>' % (field, field, html.escape(text)))
    return '<div class="notice wrong" role="alert"><p>Not signed yet:</p><ul>%s</ul></div>' % "".join(points)


def _marked(wrong, field, *described):
    """The attributes of a field: whether it is wrong, and what tells more about it."""
    if field in wrong:
        described = ("%s-wrong" % field,) + described
    marked = ' aria-invalid="true"' if field in wrong else ""
    return marked + (' aria-describedby="%s"' % " ".join(described) if described else "")


def _folder(req):
    """The path of the URL that this page is in, with a / at its end."""
    script = req.uri
    if req.path_info:
        script = script[:-len(req.path_info)]
    return script[:script.rindex("/") + 1]
