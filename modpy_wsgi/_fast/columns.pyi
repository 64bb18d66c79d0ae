"""Long tables of text, a column at a time: links, sizes and times, and the rows of what the columns hold.

Law: a column has an item for each row, in order. Rows are UTF-8 with surrogateescape: no byte of a name is lost.
"""

from collections.abc import Iterable

def links(names: Iterable[str], /) -> list[str]:
    """Give for each name what leads to it, as an attribute; that is the name itself if nothing needs an escape.

    It is escaped as httpd does: UTF-8 with surrogateescape, hexadecimal digits in lower case. A colon before the first
    slash would make a scheme of what is before it: there "./" leads.

    Raises TypeError if a name is no str, UnicodeEncodeError for a surrogate that stands for no byte.
    """

def sizes(numbers: Iterable[int], /) -> list[str]:
    """Give each number of bytes in four letters, as apr_strfsize does; what is less than 0 is no size.

    Raises OverflowError beyond 64 bits, TypeError for what is no int.
    """

def minutes(times: Iterable[int], /, *, named: bool = False) -> list[str]:
    """Give the local time of each number of seconds since the epoch, to the minute: "2024-02-29 23:59".

    named: whether the month has its English name instead: "29-Feb-2024 23:59". A zone is taken to be off by whole
    minutes, as all are since 1972.

    Raises OSError for a year that the system cannot count, OverflowError beyond 64 bits, TypeError for what is no int.
    """

def rows(columns: Iterable[str | list[str]], count: int, /) -> bytes:
    """Give the text of so many rows, each of which has what each column has for it.

    columns: a str is the same in all rows; a list has a str for each.

    Raises ValueError for a list of another length, TypeError for what is no str, UnicodeEncodeError for a surrogate
    that stands for no byte.
    """
