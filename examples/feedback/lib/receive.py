"""Takes a file, and tells how much of one has come in.

POST receive.py?id=ID    a form with one file; the answer is its name, its size and its SHA-256
GET  receive.py?id=ID    how many bytes of it are written so far; 0 before it has begun and after it has ended

The browser makes the ID up: 32 hexadecimal digits, which nobody else guesses. Answers are JSON. A file is kept until it
has been looked at; a site that wants it would move it elsewhere then.
"""

import binascii
import hashlib
import io
import json
import os
import re

from mod_python import apache, util


class Storage(io.BufferedRandom):
    """The file that an upload is written to, after the manual's example: it is gone when it is closed.

    Its size tells other processes how far it has come. Raises FileExistsError if an upload has this name already.
    """

    def __init__(self, path, advisory_filename):
        self.advisory_filename = advisory_filename
        self.already_deleted = False
        self.real_filename = path
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        super(Storage, self).__init__(io.FileIO(descriptor, "r+b"))

    def close(self):
        if self.already_deleted:
            return
        self.already_deleted = True
        os.remove(self.real_filename)
        super(Storage, self).close()


class StorageFactory:

    def __init__(self, path):
        self.path = path

    def create(self, advisory_filename):
        return Storage(self.path, advisory_filename)


def handler(req):
    folder = req.get_options()["feedback.data"]
    known = re.match(r"id=([0-9a-f]{32})\Z", req.args or "")
    if req.method == "POST":
        # a form sent without the script of the page brings no ID along
        name = known.group(1) if known else binascii.hexlify(os.urandom(16)).decode("ascii")
        return receive(req, os.path.join(folder, name))
    if req.method != "GET":
        req.allow_methods(["GET", "POST"], 1)
        return apache.HTTP_METHOD_NOT_ALLOWED
    if not known:
        return apache.HTTP_NOT_FOUND
    return progress(req, os.path.join(folder, known.group(1)))


def receive(req, path):
    if not os.path.isdir(os.path.dirname(path)):
        os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
    factory = StorageFactory(path)
    try:
        form = util.FieldStorage(req, keep_blank_values=True, file_callback=factory.create)
    except FileExistsError:
        return apache.HTTP_CONFLICT
    files = [field for field in form.list if field.filename is not None]
    if not files:
        return apache.HTTP_BAD_REQUEST
    try:
        digest = hashlib.sha256()
        size = 0
        while True:
            piece = files[0].file.read(65536)
            if not piece:
                break
            digest.update(piece)
            size += len(piece)
        return answer(req, {"name": files[0].filename, "size": size, "sha256": digest.hexdigest()})
    finally:
        for field in files:
            field.file.close()


def progress(req, path):
    try:
        size = os.stat(path).st_size
    except FileNotFoundError:
        size = 0
    return answer(req, {"written": size})


def answer(req, thing):
    req.content_type = "application/json"
    req.headers_out["Cache-Control"] = "no-store"
    req.write(json.dumps(thing))
    return apache.OK
