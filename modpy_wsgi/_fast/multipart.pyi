"""multipart/form-data (RFC 7578, RFC 2046 5.1), read as it comes in: bytes are pushed in, parts come out.

Law: what comes out does not depend on how the body was cut. Content is never held back but for what may yet turn out to
be the line that ends it. A file's content goes to the file as it comes; text is kept, up to a limit in total. Whatever
goes wrong, the files that were opened are closed.

Lines end with CR LF or with LF alone. What stands before the first boundary and after the last is skipped. A part of
type multipart/mixed holds several files under one name, as old browsers sent them: its parts count as the form's.
"""

from collections.abc import Callable
from typing import Protocol

from typing_extensions import Buffer

from ..errors import BadRequest

MAX_FIELDS: int
"""Parts without a filename: 10,000."""
MAX_FILES: int
"""Parts with a filename: 1,000."""
MAX_TEXT: int
"""Bytes of all content that is kept, and of all headers: 16 MB."""
MAX_HEADERS: int
"""Headers of a part: 8."""
MAX_HEADER_SIZE: int
"""Bytes of a header with all its lines: 4,224."""
MAX_BOUNDARY: int
"""Bytes of a boundary: 256."""

class MalformedForm(BadRequest):
    """A form that breaks its own rules, or ends before it should. `status` is 400."""

    def __init__(self, message: str) -> None: ...

class FormTooLarge(BadRequest):
    """A form that is over one of the limits. `status` is 413."""

    def __init__(self, message: str) -> None: ...

class Writer(Protocol):
    """Where a part's content goes. `flush()`, if there is one, is called when the part is complete."""

    def write(self, data: bytes, /) -> object: ...
    def close(self) -> object:
        """Called when the form turns out to be bad; what it raises is ignored."""

def look_at(size: int, /) -> None:
    """Have the search for boundaries look at so many bytes together at most: 16, 32 or 64. Only tests want less."""

def parse_header(line: str | bytes, /) -> tuple[str, dict[str, str]]:
    """Give a header's value without its options, in small letters, and the options (RFC 9110, 5.6.6).

    `form-data; name="a; b"; filename=c` gives `('form-data', {'name': 'a; b', 'filename': 'c'})`: names in small
    letters, values without quotes; of two alike the last one counts. A backslash before a quote or a backslash is
    taken away, unless one stands before any other letter: then it is a path of an old browser, and kept as it is.

    Raises TypeError if *line* is neither str nor bytes. Nothing else is an error.
    """

class Part:
    """A part of a form: a field or a file."""

    name: str | None
    """The field's name; None if it has none."""
    filename: str | None
    """The file's name as the client gave it, for use as a label only; None if the part is no file.

    `filename*` (RFC 8187; UTF-8, ISO-8859-1, US-ASCII, windows-1252) comes before `filename`. In that one percent
    escapes are decoded if the whole name can be meant so (RFC 7578, 4.2); `disposition_options` has it as it was sent.
    """
    value: str | None
    """The content, as UTF-8 with surrogateescape, if it was kept; None if it went elsewhere."""
    file: Writer | None
    """What *open_file* or *open_text* gave for this part; None until the content is complete, and if it was kept."""
    size: int
    """Bytes of the content so far."""
    @property
    def headers(self) -> list[tuple[str, str]]:
        """The (name, value) pairs, names as written, folded lines joined by a blank."""

    @property
    def type(self) -> str:
        """The Content-Type without options, in small letters; 'text/plain' if there is none (RFC 7578, 4.4)."""

    @property
    def type_options(self) -> dict[str, str]:
        """The options of the Content-Type, as parse_header() gives them."""

    @property
    def disposition(self) -> str | None:
        """The Content-Disposition without options, in small letters; None if there is none."""

    @property
    def disposition_options(self) -> dict[str, str]:
        """The options of the Content-Disposition, as parse_header() gives them."""

class MultipartParser:
    """Reads one body, which feed() gets in pieces of any size. close() gives its parts.

    boundary: from the Content-Type of the request, without quotes.
    open_file: called with a Part that has a filename, when its headers are complete; gives what its content is written
    to. The content comes as bytes, in pieces as large as feed() gets them (256 KB at most if that was not bytes).
    open_text: the same for a Part without a filename; its content is kept if *open_text* is None or gives None.

    Both see `name`, `filename` and the headers; they may raise, which ends the reading. After any error, from the form,
    from them, or from writing, all files are closed and the parser is of no more use.

    Raises MalformedForm for an empty boundary or one with a control character, FormTooLarge for one that is too long.
    """

    @property
    def parts(self) -> list[Part]:
        """Those that are complete, in order."""

    def __init__(
        self,
        boundary: str | bytes,
        open_file: Callable[[Part], Writer],
        open_text: Callable[[Part], Writer | None] | None = None,
        *,
        max_fields: int = ...,
        max_files: int = ...,
        max_text: int = ...,
        max_headers: int = ...,
        max_header_size: int = ...,
        max_boundary: int = ...,
    ) -> None: ...
    def feed(self, data: Buffer, /) -> None:
        """Take in the next bytes of the body. What comes after the last boundary is skipped.

        Raises MalformedForm, FormTooLarge, or what *open_file*, *open_text* or a file raised; ValueError after that;
        RuntimeError if called from one of them.
        """

    def close(self) -> list[Part]:
        """Give the parts. Raises MalformedForm if the last boundary has not come, ValueError after an error."""

    def discard(self) -> None:
        """Close all files, of a body that cannot be read to its end or whose parts are of no use."""
