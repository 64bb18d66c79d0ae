"""multipart/form-data (RFC 7578, RFC 2046 5.1), read as it comes in: bytes are pushed in, parts come out.

Law: what comes out does not depend on how the body was cut. Content is never held back but for what may yet turn out to
be the line that ends it: that is known without being kept, because it is the beginning of that very line. A file's
content goes to the file as it comes, in pieces as large as they came; text is kept, up to a limit in total. Whatever
goes wrong, the files that were opened are closed.

Lines end with CR LF or with LF alone. What stands before the first boundary and after the last is skipped. A part of
type multipart/mixed holds several files under one name, as old browsers sent them: its parts count as the form's.
"""

cimport cython
from cpython.buffer cimport PyBUF_SIMPLE, PyBuffer_Release, PyObject_GetBuffer
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_CheckExact, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.mem cimport PyMem_Free, PyMem_Malloc, PyMem_Realloc
from cpython.unicode cimport PyUnicode_DecodeUTF8
from libc.stdint cimport uint8_t
from libc.string cimport memchr, memcmp, memcpy, memmove

from modpy_wsgi._fast cimport delimiter
from modpy_wsgi._fast.delimiter cimport OPEN, YES, Rest, after, begin, find_line, find_start
from modpy_wsgi._fast.options cimport (
    Option,
    find_end,
    is_blank,
    is_called,
    next_option,
    skip_blanks,
    without_blanks,
)

from modpy_wsgi._fast.query import unquote
from modpy_wsgi.errors import BadRequest

MAX_FIELDS = 10_000  # each costs some 200 bytes
MAX_FILES = 1_000  # each costs an open file, once it is too large for memory
MAX_TEXT = 16 * 1024 * 1024  # bytes of all fields that are no files, and of all headers
MAX_HEADERS = 8  # of a part; browsers send two
MAX_HEADER_SIZE = 4_224  # bytes: a file name of 255 letters, each of them written as four escapes, and some
MAX_BOUNDARY = 256  # bytes; RFC 2046 has 70

cdef enum:
    PIECE = 1 << 18  # bytes given to a file at a time when they are not given as they came

cdef enum State:
    PREAMBLE
    HEAD
    CONTENT
    EPILOGUE
    FAILED

_DIGITS = set("0123456789abcdefABCDEF")
# What the charset of an extended value may be (RFC 8187, 3.2; RFC 5987, 3.2). No codec is looked up by a name that a
# client made up: Python remembers each of these names.
_CHARSETS = {"utf-8": "utf-8", "iso-8859-1": "latin-1", "us-ascii": "ascii", "windows-1252": "cp1252"}


class MalformedForm(BadRequest):
    """A form that breaks its own rules, or ends before it should. `status` is 400."""

    def __init__(self, message):
        super().__init__(400, message)


class FormTooLarge(BadRequest):
    """A form that is over one of the limits. `status` is 413."""

    def __init__(self, message):
        super().__init__(413, message)


def look_at(int size, /):
    """Have the search for boundaries look at so many bytes together at most: 16, 32 or 64. Only tests want less."""
    delimiter.widest = size


# Header values

cdef inline str text_of(const uint8_t *start, Py_ssize_t size):
    return PyUnicode_DecodeUTF8(<const char *> start, size, "surrogateescape")


cdef bytes unescaped(bytes quoted):
    """A quoted text without its backslashes.

    Who writes a backslash before any other letter does not escape at all: Internet Explorer sends paths as they are.
    """
    cdef list pieces = quoted.split(b"\\\\")
    for piece in pieces:
        if piece.replace(b'\\"', b"").find(b"\\") >= 0:
            return quoted.replace(b'\\"', b'"')
    return b"\\".join([piece.replace(b'\\"', b'"') for piece in pieces])


cdef str option_text(const Option *option):
    if option.quoted and memchr(option.value, 92, option.size) is not NULL:
        plain = unescaped(PyBytes_FromStringAndSize(<const char *> option.value, option.size))
        return plain.decode("utf-8", "surrogateescape")
    return text_of(option.value, option.size)


cdef str extended_text(str written):
    """What an extended value stands for: "UTF-8''%e2%82%ac" (RFC 8187, 3.2). None if it is none."""
    charset, _, rest = written.partition("'")
    _, mark, value = rest.partition("'")
    codec = _CHARSETS.get(charset.lower())
    return plain_text(value, codec) if codec is not None and mark else None


cdef str plain_text(str escaped, str codec):
    """What percent escapes stand for; None if that cannot be decoded, or has control characters."""
    cdef Py_UCS4 letter
    cdef str plain
    try:
        plain = unquote(escaped.encode("ascii")).decode(codec)
    except UnicodeError:
        return None
    for letter in plain:
        if letter < 32 or letter == 127:
            return None
    return plain


cdef str file_name(str written):
    """What a filename stands for (RFC 7578, 4.2; WHATWG HTML, multipart/form-data).

    Some clients write all that is not plain ASCII as percent escapes. Browsers do so with quotes and line breaks only,
    and not with the percent sign. So a name is decoded if all of it can have been written the first way.
    """
    if "%" not in written:
        return written
    if not set(written) & {" ", '"'} and all_escaped(written):
        plain = plain_text(written, "utf-8")
        if plain is not None:
            return plain
    return written.replace("%22", '"')


cdef bint all_escaped(str written):
    """Whether each percent sign starts an escape."""
    return all([len(piece) >= 2 and set(piece[:2]) <= _DIGITS for piece in written.split("%")[1:]])


cdef tuple header_of(const uint8_t *start, const uint8_t *end):
    """The value before the options, in small letters, and a dict of the options. Of two alike the last one counts."""
    cdef const uint8_t *at = find_end(start, end)
    cdef dict options = {}
    cdef Option option
    start = skip_blanks(start, at)
    value = text_of(start, without_blanks(start, at) - start).lower()
    while True:
        at = next_option(at, end, &option)
        if at is NULL:
            return value, options
        options[text_of(option.key, option.key_size).lower()] = option_text(&option)


def parse_header(line, /):
    """Give a header's value without its options, in small letters, and a dict of the options (RFC 9110, 5.6.6).

    Of two options alike the last one counts. Raises TypeError if *line* is neither str nor bytes.
    """
    if isinstance(line, str):
        line = line.encode("utf-8", "surrogateescape")
    elif not isinstance(line, bytes):
        raise TypeError(f"a header's value must be str or bytes, not {type(line).__name__}")
    cdef const uint8_t *start = <const uint8_t *> PyBytes_AS_STRING(line)
    return header_of(start, start + PyBytes_GET_SIZE(line))


# A part's head is kept as it came, but for folded lines, which are joined, and for line ends, which are LF.

cdef struct Header:
    const uint8_t *name
    Py_ssize_t name_size
    const uint8_t *value
    const uint8_t *end
    const uint8_t *next  # where the next header starts


cdef inline bint read_header(const uint8_t *at, const uint8_t *end, Header *header) noexcept nogil:
    """Read the header at *at*. False if there is none. Lines without a colon have been refused already."""
    cdef const uint8_t *colon
    if at >= end:
        return False
    colon = <const uint8_t *> memchr(at, 58, end - at)
    header.name = at
    header.name_size = without_blanks(at, colon) - at
    header.end = <const uint8_t *> memchr(colon, 10, end - colon)
    header.next = header.end + 1
    header.value = skip_blanks(colon + 1, header.end)
    header.end = without_blanks(header.value, header.end)
    return True


cdef inline bint header_is(const Header *header, const char *name, Py_ssize_t size) noexcept nogil:
    cdef Option option
    option.key = header.name
    option.key_size = header.name_size
    return is_called(&option, name, size)


@cython.final
@cython.auto_pickle(False)
cdef class Part:
    """A part of a form: a field or a file. multipart.pyi tells what its attributes are."""

    cdef readonly object name
    cdef readonly object filename
    cdef readonly object value
    cdef readonly object file
    cdef readonly Py_ssize_t size
    cdef bytes head

    def __cinit__(self):
        self.head = b""

    cdef int read_head(self) except -1:
        """Find out what decides where the content goes."""
        cdef const uint8_t *at = <const uint8_t *> PyBytes_AS_STRING(self.head)
        cdef const uint8_t *end = at + PyBytes_GET_SIZE(self.head)
        cdef Header header
        while read_header(at, end, &header):
            if header_is(&header, b"content-disposition", 19):
                self.read_disposition(&header)
            at = header.next
        return 0

    cdef int read_disposition(self, const Header *header) except -1:
        cdef const uint8_t *at = find_end(header.value, header.end)
        cdef Option option
        cdef str extended = None
        cdef str written = None
        self.name = self.filename = None
        while True:
            at = next_option(at, header.end, &option)
            if at is NULL:
                break
            if is_called(&option, b"name", 4):
                self.name = option_text(&option)
            elif is_called(&option, b"filename", 8):
                self.filename = file_name(option_text(&option))
            elif is_called(&option, b"filename*", 9):
                written = option_text(&option)
                extended = extended_text(written)
        if extended is not None:
            self.filename = extended
        elif self.filename is None:
            self.filename = written  # a file, whatever it is called
        return 0

    cdef tuple parsed(self, str name):
        """header_of() for the last header of this name; None if there is none."""
        cdef const uint8_t *at = <const uint8_t *> PyBytes_AS_STRING(self.head)
        cdef const uint8_t *end = at + PyBytes_GET_SIZE(self.head)
        cdef Header header
        cdef bytes wanted = name.encode()
        cdef tuple found = None
        while read_header(at, end, &header):
            if header_is(&header, PyBytes_AS_STRING(wanted), PyBytes_GET_SIZE(wanted)):
                found = header_of(header.value, header.end)
            at = header.next
        return found

    cdef object boundary(self):
        """The boundary of the parts inside, '' if it is missing; None if there are none."""
        cdef tuple found = self.parsed("content-type")
        if found is None or found[0] != "multipart/mixed":
            return None
        return found[1].get("boundary", "")

    @property
    def headers(self):
        cdef const uint8_t *at = <const uint8_t *> PyBytes_AS_STRING(self.head)
        cdef const uint8_t *end = at + PyBytes_GET_SIZE(self.head)
        cdef Header header
        cdef list found = []
        while read_header(at, end, &header):
            name = text_of(header.name, header.name_size)
            found.append((name, text_of(header.value, header.end - header.value)))
            at = header.next
        return found

    @property
    def type(self):
        cdef tuple found = self.parsed("content-type")
        return "text/plain" if found is None else found[0]

    @property
    def type_options(self):
        cdef tuple found = self.parsed("content-type")
        return {} if found is None else found[1]

    @property
    def disposition(self):
        cdef tuple found = self.parsed("content-disposition")
        return None if found is None else found[0]

    @property
    def disposition_options(self):
        cdef tuple found = self.parsed("content-disposition")
        return {} if found is None else found[1]

    def __repr__(self):
        kind = f"filename={self.filename!r}" if self.filename is not None else f"value={self.value!r}"
        return f"<Part name={self.name!r} {kind} size={self.size}>"


cdef uint8_t *room_for(uint8_t *memory, Py_ssize_t *room, Py_ssize_t size) except NULL:
    """The same memory, with room for so many bytes at least."""
    cdef Py_ssize_t more = room[0]
    if size > more:
        more = max(size, more * 2, 256)
        memory = <uint8_t *> PyMem_Realloc(memory, more)
        if memory is NULL:
            raise MemoryError
        room[0] = more
    return memory


@cython.final
@cython.auto_pickle(False)
cdef class MultipartParser:
    """Reads one body, which feed() gets in pieces of any size. close() gives its parts.

    open_file(part) and open_text(part) give what the content of a part with and without a filename is written to; text
    is kept where that is None. After any error all files are closed, and the parser is of no more use.

    Raises MalformedForm for an empty boundary or one with a control character, FormTooLarge for one that is too long.
    """

    # What it was told
    cdef uint8_t *pattern  # LF, two dashes, the boundary; owned
    cdef Py_ssize_t length
    cdef object open_file, open_text
    cdef Py_ssize_t max_fields, max_files, max_text, max_headers, max_header_size, max_boundary
    cdef MultipartParser outer  # whose part holds these parts; None usually
    cdef object name  # of that part

    # What it has found
    cdef readonly list parts
    cdef Py_ssize_t fields, files, text

    # Where it stands
    cdef State state
    cdef bint busy
    cdef object given  # what feed() got, while it runs, if it is bytes

    # What may yet turn out to be a line that ends a part, and is not kept: CR, *matched* bytes of the pattern, and once
    # they are all of it, *rest*. Of a LF that belongs to the line before, *bare* says that it is not to be given back.
    cdef bint cr, bare
    cdef Py_ssize_t matched
    cdef Rest rest

    # The head of a part, while it is read
    cdef uint8_t *head  # owned
    cdef Py_ssize_t head_size, head_room
    cdef Py_ssize_t line  # where the line that is read starts
    cdef Py_ssize_t headers, header_size  # how many there are; bytes of the last one

    # The part whose content is read
    cdef Part part
    cdef object file, write  # where the content goes; None if it is kept
    cdef uint8_t *kept  # owned
    cdef Py_ssize_t kept_size, kept_room
    cdef MultipartParser inner  # of the parts inside

    def __init__(
        self, boundary, open_file, open_text=None, *, max_fields=MAX_FIELDS, max_files=MAX_FILES, max_text=MAX_TEXT,
        max_headers=MAX_HEADERS, max_header_size=MAX_HEADER_SIZE, max_boundary=MAX_BOUNDARY
    ):
        if self.pattern is not NULL:
            raise RuntimeError("a parser cannot be used again")
        self.open_file = open_file
        self.open_text = open_text
        self.max_fields = max_fields
        self.max_files = max_files
        self.max_text = max_text
        self.max_headers = max_headers
        self.max_header_size = max_header_size
        self.max_boundary = max_boundary
        self.parts = []
        self.set_boundary(boundary)

    def __dealloc__(self):
        PyMem_Free(self.pattern)
        PyMem_Free(self.head)
        PyMem_Free(self.kept)

    cdef int set_boundary(self, object boundary) except -1:
        cdef bytes given = boundary.encode("utf-8", "surrogateescape") if isinstance(boundary, str) else boundary
        cdef Py_ssize_t size = len(given), at
        if size == 0:
            raise MalformedForm("multipart without a boundary")
        if size > self.max_boundary:
            raise FormTooLarge(f"multipart boundary of more than {self.max_boundary} bytes")
        for at in range(size):
            if given[at] < 32 or given[at] == 127:
                raise MalformedForm("control character in a multipart boundary")
        self.length = size + 3
        self.pattern = <uint8_t *> PyMem_Malloc(self.length)
        if self.pattern is NULL:
            raise MemoryError
        memcpy(self.pattern, b"\n--", 3)
        memcpy(self.pattern + 3, PyBytes_AS_STRING(given), size)
        self.matched = self.bare = 1  # what is read first is the start of a line
        return 0

    cdef MultipartParser inside(self, object boundary):
        """A parser for the parts in this part."""
        cdef MultipartParser inner = MultipartParser.__new__(MultipartParser)
        inner.max_headers = self.max_headers
        inner.max_header_size = self.max_header_size
        inner.max_boundary = self.max_boundary
        inner.outer = self
        inner.name = self.part.name
        inner.set_boundary(boundary)
        return inner

    # The calls

    def feed(self, data, /):
        """Take in the next bytes of the body.

        Raises MalformedForm, FormTooLarge, or what a callback or a file raised; ValueError after that.
        """
        cdef Py_buffer buffer
        self.enter()
        try:
            if PyBytes_CheckExact(data):
                self.given = data
                self.read(<const uint8_t *> PyBytes_AS_STRING(data), PyBytes_GET_SIZE(data))
            else:
                PyObject_GetBuffer(data, &buffer, PyBUF_SIMPLE)
                try:
                    self.read(<const uint8_t *> buffer.buf, buffer.len)
                finally:
                    PyBuffer_Release(&buffer)
        except BaseException:
            self.abandon()
            raise
        finally:
            self.given = None
            self.busy = False

    def close(self):
        """Give the parts. Raises MalformedForm if the last boundary has not come, ValueError after an error."""
        self.enter()
        try:
            self.end()
        except BaseException:
            self.abandon()
            raise
        finally:
            self.busy = False
        return self.parts

    def discard(self):
        """Close all files, of a body that cannot be read to its end or whose parts are of no use."""
        self.check()
        self.abandon()

    cdef int enter(self) except -1:
        self.check()
        if self.state == FAILED:
            raise ValueError("the parser has given up")
        self.busy = True
        return 0

    cdef int check(self) except -1:
        if self.busy:
            raise RuntimeError("a parser cannot be used by what it calls")
        if self.pattern is NULL:
            raise RuntimeError("MultipartParser.__init__() was not called")
        return 0

    cdef int abandon(self) except -1:
        """Close all files, and be of no more use."""
        cdef list files = [part.file for part in self.parts]
        files.append(self.file)
        if self.inner is not None:
            files.append(self.inner.file)
        self.state = FAILED
        self.parts = []
        self.part = self.file = self.write = self.inner = None
        for file in files:
            if file is not None:
                try:
                    file.close()
                except Exception:  # there is an error to report already, or nobody left to report one to
                    pass
        return 0

    # The body

    cdef int read(self, const uint8_t *at, Py_ssize_t size) except -1:
        cdef const uint8_t *end = at + size
        while at < end and self.state < EPILOGUE:
            at = self.read_head(at, end) if self.state == HEAD else self.read_content(at, end)
        return 0

    cdef int end(self) except -1:
        """There are no more bytes."""
        if self.state < EPILOGUE and self.matched == self.length and self.rest.dashes == 2:
            self.finish(NULL, NULL)  # the last line has no line end
        if self.state == PREAMBLE:
            raise MalformedForm("multipart body without its boundary")
        if self.state < EPILOGUE:
            raise MalformedForm("multipart body cut off before its last boundary")
        return 0

    # A part's head

    cdef const uint8_t *read_head(self, const uint8_t *at, const uint8_t *end) except NULL:
        """Take in the lines up to the empty one. Give where they end."""
        cdef const uint8_t *stop
        cdef Py_ssize_t size
        while at < end:
            stop = <const uint8_t *> memchr(at, 10, end - at)
            size = (stop if stop is not NULL else end) - at
            self.head = room_for(self.head, &self.head_room, self.head_size + size + 1)
            memcpy(self.head + self.head_size, at, size)
            self.head_size += size
            size = self.head_size - self.line
            if size and self.head[self.head_size - 1] == 13:
                size -= 1
            self.check_size(size)
            if stop is NULL:
                return end
            at = stop + 1
            if size == 0:
                self.begin_part()
                return at
            self.head_size = self.line + size
            self.end_line(size)
        return at

    cdef int check_size(self, Py_ssize_t line) except -1:
        """Of a header with all its lines, this one included, whether or not it has ended."""
        cdef Py_ssize_t size = line
        if line and is_blank(self.head[self.line]):
            size += self.header_size
        if size > self.max_header_size:
            raise FormTooLarge(f"header of more than {self.max_header_size} bytes in a multipart body")
        return 0

    cdef int end_line(self, Py_ssize_t size) except -1:
        """Take in a line of the head that is not empty."""
        cdef uint8_t *line = self.head + self.line
        cdef const uint8_t *colon
        cdef const uint8_t *text
        if memchr(line, 13, size) is not NULL or memchr(line, 0, size) is not NULL:
            raise MalformedForm("control character in a header of a multipart body")
        if is_blank(line[0]):  # it goes on with the line before, which gets a blank for its line end
            if self.headers == 0:
                raise MalformedForm("header of a multipart body that starts with a blank")
            self.header_size += size
            text = skip_blanks(line, line + size)
            size = line + size - text
            memmove(line, text, size)
            (line - 1)[0] = 32
        else:
            self.headers += 1
            self.header_size = size
            if self.headers > self.max_headers:
                raise FormTooLarge(f"more than {self.max_headers} headers in a part of a multipart body")
            colon = <const uint8_t *> memchr(line, 58, size)
            if colon is NULL or without_blanks(line, colon) == line:
                raise MalformedForm("header without a name in a multipart body")
            if size >= self.length - 1 and memcmp(line, self.pattern + 1, self.length - 1) == 0:
                raise MalformedForm("boundary among the headers of a multipart body")
        line[size] = 10
        self.line += size + 1
        self.head_size = self.line
        return 0

    cdef int begin_part(self) except -1:
        """The head is complete: find out where the content goes."""
        cdef Part part = Part.__new__(Part)
        cdef MultipartParser form = self if self.outer is None else self.outer
        part.head = PyBytes_FromStringAndSize(<const char *> self.head, self.line)
        form.count_text(self.line)
        part.read_head()
        if part.name is None:
            part.name = self.name
        self.part = part
        self.state = CONTENT
        self.matched = self.bare = 1
        self.kept_size = 0
        if part.filename is not None:
            form.files += 1
            if form.files > form.max_files:
                raise FormTooLarge(f"more than {form.max_files} files in a multipart body")
            self.file = form.open_file(part)
        else:
            form.fields += 1
            if form.fields > form.max_fields:
                raise FormTooLarge(f"more than {form.max_fields} fields in a multipart body")
            boundary = part.boundary() if self.outer is None else None
            if boundary is not None:
                self.inner = self.inside(boundary)
            elif form.open_text is not None:
                self.file = form.open_text(part)
        if self.file is not None:
            self.write = self.file.write
        return 0

    # A part's content

    cdef const uint8_t *read_content(self, const uint8_t *at, const uint8_t *end) except NULL:
        """Take in the content up to the line that ends it. Give where that line ends."""
        cdef const uint8_t *line
        cdef const uint8_t *stop
        cdef const uint8_t *next = end
        cdef int verdict = OPEN
        if self.matched or self.cr:
            at = self.go_on(at, end)
            if at == end or self.state == HEAD or self.state == EPILOGUE:
                return at
        line = find_line(at, end, self.pattern, self.length, &self.rest, &next, &verdict)
        if line is NULL:
            line = find_start(at, end, self.pattern, self.length)
        stop = line if line is not NULL else end
        if stop > at and (stop - 1)[0] == 13:
            stop -= 1
            if verdict != YES:
                self.cr = True
        if verdict == YES:
            self.finish(at, stop)
            return next
        self.deliver(at, stop)
        if line is not NULL:
            self.matched = min(end - line, self.length)
        return end

    cdef const uint8_t *go_on(self, const uint8_t *at, const uint8_t *end) except NULL:
        """Go on with what may be a line that ends a part, byte by byte, until it is one or is not. Give where."""
        cdef int verdict
        while at < end:
            if self.matched == self.length:
                verdict = after(&self.rest, at[0])
                if verdict == YES:
                    self.finish(NULL, NULL)
                    return at + 1
                if verdict != OPEN:
                    self.rest.size -= 1  # this byte was not held back
                    break
            elif self.matched:
                if at[0] != self.pattern[self.matched]:
                    break
                self.matched += 1
                begin(&self.rest)
            elif at[0] == 10:
                self.matched = 1
            else:
                break
            at += 1
        if at < end:
            self.release()
        return at

    cdef int release(self) except -1:
        """What was held back is content."""
        cdef const uint8_t *rest = self.rest.bytes
        cdef Py_ssize_t matched = self.matched, start = self.bare
        cdef bint cr = self.cr
        self.matched = self.cr = self.bare = 0
        if cr:
            self.deliver(<const uint8_t *> b"\r", <const uint8_t *> b"\r" + 1)
        if matched:
            self.deliver(self.pattern + start, self.pattern + matched)
        if matched == self.length:
            self.deliver(rest, rest + self.rest.size)
        return 0

    cdef int deliver(self, const uint8_t *at, const uint8_t *end) except -1:
        cdef Py_ssize_t size = end - at
        if size == 0 or self.state != CONTENT:
            return 0
        self.part.size += size
        if self.write is not None:
            return self.give(at, size)
        if self.inner is not None:
            return self.inner.read(at, size)
        (self if self.outer is None else self.outer).count_text(size)
        self.kept = room_for(self.kept, &self.kept_room, self.kept_size + size)
        memcpy(self.kept + self.kept_size, at, size)
        self.kept_size += size
        return 0

    cdef int give(self, const uint8_t *at, Py_ssize_t size) except -1:
        """Write to the file. What feed() got is given as it is, without a copy, if all of it is content."""
        cdef object given = (self if self.outer is None else self.outer).given
        cdef Py_ssize_t piece
        if given is not None and PyBytes_AS_STRING(given) == <const char *> at and PyBytes_GET_SIZE(given) == size:
            self.write(given)
            return 0
        while size:
            piece = min(size, PIECE)
            self.write(PyBytes_FromStringAndSize(<const char *> at, piece))
            at += piece
            size -= piece
        return 0

    cdef int count_text(self, Py_ssize_t size) except -1:
        self.text += size
        if self.text > self.max_text:
            raise FormTooLarge(f"more than {self.max_text} bytes of text in a multipart body")
        return 0

    cdef int finish(self, const uint8_t *at, const uint8_t *end) except -1:
        """A part ends, after these bytes."""
        if self.state == CONTENT:
            self.finish_part(at, end)
        self.matched = self.cr = self.bare = 0
        self.head_size = self.line = self.headers = self.header_size = 0
        self.state = EPILOGUE if self.rest.dashes == 2 else HEAD
        return 0

    cdef int finish_part(self, const uint8_t *at, const uint8_t *end) except -1:
        cdef Part part = self.part
        cdef MultipartParser form = self if self.outer is None else self.outer
        if self.write is not None or self.inner is not None or self.kept_size:
            self.deliver(at, end)
            if self.write is None and self.inner is None:
                part.value = text_of(self.kept, self.kept_size)
        else:  # as usual: all of it came in one piece
            part.size = end - at
            form.count_text(part.size)
            part.value = text_of(at, part.size)
        if self.inner is not None:
            self.inner.end()
            self.inner = None
        else:
            if self.file is not None:
                flush = getattr(self.file, "flush", None)
                if flush is not None:  # so that no number of files can keep much in their buffers
                    flush()
            part.file = self.file
            form.parts.append(part)
        self.part = self.file = self.write = None
        return 0
