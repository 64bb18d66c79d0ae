"""PCRE2 itself, the library that httpd matches with, by way of ctypes: the judge of regular expressions."""

from __future__ import annotations

import ctypes
import ctypes.util

__all__ = ["LIBRARY", "Undecided", "match"]

# PCRE2_DOTALL, PCRE2_DOLLAR_ENDONLY and PCRE2_DUPNAMES, as ap_regcomp sets them.
_OPTIONS = 0x20 | 0x10 | 0x40
_CASELESS = 0x8
_NO_MATCH = -1
_UNSET = ctypes.c_size_t(-1).value


class Undecided(Exception):
    """The library gave up: the step limit."""


def _load() -> ctypes.CDLL | None:
    name = ctypes.util.find_library("pcre2-8") or "libpcre2-8.so.0"
    try:
        library = ctypes.CDLL(name)
    except OSError:
        return None
    pointer, size = ctypes.c_void_p, ctypes.c_size_t
    library.pcre2_compile_8.restype = pointer
    library.pcre2_compile_8.argtypes = [
        *(ctypes.c_char_p, size, ctypes.c_uint32),
        *(ctypes.POINTER(ctypes.c_int), ctypes.POINTER(size), pointer),
    ]
    library.pcre2_match_data_create_from_pattern_8.restype = pointer
    library.pcre2_match_data_create_from_pattern_8.argtypes = [pointer, pointer]
    library.pcre2_match_8.argtypes = [pointer, ctypes.c_char_p, size, size, ctypes.c_uint32, pointer, pointer]
    library.pcre2_get_ovector_pointer_8.restype = ctypes.POINTER(size)
    library.pcre2_get_ovector_pointer_8.argtypes = [pointer]
    library.pcre2_get_ovector_count_8.argtypes = [pointer]
    library.pcre2_code_free_8.argtypes = [pointer]
    library.pcre2_match_data_free_8.argtypes = [pointer]
    return library


LIBRARY = _load()


def match(pattern: bytes, subject: bytes, *, ignore_case: bool = False) -> list[tuple[int, int]] | None:
    """The spans of the whole match and of each group, (-1, -1) for one that took no part; None: no match.

    Raises ValueError for a pattern that PCRE refuses, and Undecided.
    """
    assert LIBRARY is not None
    error, offset = ctypes.c_int(), ctypes.c_size_t()
    options = _OPTIONS | (_CASELESS if ignore_case else 0)
    code = LIBRARY.pcre2_compile_8(pattern, len(pattern), options, ctypes.byref(error), ctypes.byref(offset), None)
    if not code:
        raise ValueError(f"{error.value} at {offset.value}")
    data = LIBRARY.pcre2_match_data_create_from_pattern_8(code, None)
    try:
        result = LIBRARY.pcre2_match_8(code, subject, len(subject), 0, 0, data, None)
        if result == _NO_MATCH:
            return None
        if result < 0:
            raise Undecided(result)
        ends = LIBRARY.pcre2_get_ovector_pointer_8(data)
        count = LIBRARY.pcre2_get_ovector_count_8(data)
        pairs = [(ends[2 * i], ends[2 * i + 1]) if i < result else (_UNSET, _UNSET) for i in range(count)]
        return [(-1, -1) if start == _UNSET else (start, end) for start, end in pairs]
    finally:
        LIBRARY.pcre2_match_data_free_8(data)
        LIBRARY.pcre2_code_free_8(code)
