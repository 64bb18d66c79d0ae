"""Percent escapes to bytes (RFC 3986, 2.1).

Law: what is no escape stays as it is written: a percent sign at the end, or before what are not two hexadecimal digits.
"""

from libc.stdint cimport int8_t, uint8_t, uint32_t

from modpy_wsgi._fast.block cimport BLOCK, copy_block, lowest

cdef extern from *:
    """
    #ifndef MODPY_ESCAPES
    #define MODPY_ESCAPES
    static const int8_t modpy_digits[256] = {
        [0 ... 47] = -1,
        ['0'] = 0, ['1'] = 1, ['2'] = 2, ['3'] = 3, ['4'] = 4, ['5'] = 5, ['6'] = 6, ['7'] = 7, ['8'] = 8, ['9'] = 9,
        [58 ... 64] = -1,
        ['A'] = 10, ['B'] = 11, ['C'] = 12, ['D'] = 13, ['E'] = 14, ['F'] = 15,
        [71 ... 96] = -1,
        ['a'] = 10, ['b'] = 11, ['c'] = 12, ['d'] = 13, ['e'] = 14, ['f'] = 15,
        [103 ... 255] = -1,
    };
    #endif
    """
    const int8_t *DIGITS "modpy_digits"


cdef inline Py_ssize_t unescaped(
    const uint8_t *source, Py_ssize_t size, uint8_t *target, uint8_t plus, uint32_t *bits
) noexcept nogil:
    """Write *source* without its escapes to *target*, which has room for as much. Give the number of bytes written.

    *plus* is what a '+' becomes. *bits* is the OR of the bytes that stood in escapes.
    """
    cdef const uint8_t *end = source + size
    cdef uint8_t *to = target
    cdef uint32_t percents, seen = 0
    cdef int value, at
    while source < end:
        if source[0] == 37:  # "%"
            if end - source > 2:
                value = DIGITS[source[1]] * 16 | DIGITS[source[2]]  # negative if one of them is no digit
                if value >= 0:
                    to[0] = <uint8_t> value
                    seen |= <uint32_t> value
                    to += 1
                    source += 3
                    continue
            to[0] = 37
        elif end - source >= BLOCK:
            percents = copy_block(source, to, plus)
            at = lowest(percents) if percents else BLOCK
            source += at
            to += at
            continue
        else:
            to[0] = plus if source[0] == 43 else source[0]
        to += 1
        source += 1
    bits[0] = seen
    return to - target
