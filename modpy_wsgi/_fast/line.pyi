r"""Lines of a log: the texts of a format and the values of a request in, the finished line out.

Law: nothing that a value says can end a field or a line. Of a str each character is a byte, as in WSGI: quotes,
backslashes, control characters and bytes beyond ASCII are escaped as httpd does it (an e-acute is `\xc3\xa9`). What is
no byte, which WSGI rules out, makes the whole str text, and its UTF-8 is escaped. What is bytes was made by the server
and stays as it is.
"""

from collections.abc import Iterable
from typing import final

_Value = str | tuple[str, ...] | bytes | int | None

@final
class Form:
    """The texts of a format: one before each value, and one behind the last.

    Raises TypeError for a text that is not bytes, ValueError if there is none.
    """

    def __new__(cls, texts: Iterable[bytes], /) -> Form: ...
    def filled(self, values: tuple[_Value, ...], /) -> bytes:
        """Give the line with these values.

        A str is escaped, and so is a tuple of str, with blanks between them; bytes stay as they are, an int becomes its
        digits, None "-".

        Raises TypeError for a value of another type, ValueError if there are more or fewer than the form has places.
        """

def size_of_fields(fields: Iterable[tuple[str, str]], /) -> int:
    """Give how many bytes lines `name: value` take with their CR LF, of pairs of str."""
