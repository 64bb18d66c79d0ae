"""The files of one folder, looked at together (fstatat(2)).

Law: a name is looked up in the folder that a descriptor stands for, whatever has become of its path; no link is
followed, and what is no regular file counts as not there. Others may run while names are looked up.
"""

from collections.abc import Iterable

def regular_files(folder: int, names: Iterable[str], /) -> list[tuple[int, int] | None]:
    """Give (size, seconds since the epoch when it was modified) of each name's file, None where it is none.

    folder: the descriptor of a directory. names: as os.scandir() gives them.

    Raises OSError if the descriptor is not open, TypeError if a name is no str, ValueError if it has a NUL,
    UnicodeEncodeError if it stands for no bytes.
    """
