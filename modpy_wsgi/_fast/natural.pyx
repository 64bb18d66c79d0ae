"""Keys by which texts are in natural order, where runs of digits are numbers (apr_strnatcmp, as observed).

Law: whoever sorts by the keys has the order of apr_strnatcmp, for any bytes. Spaces count for nothing. A run that
begins with 0 is a fraction, compared from the left, and comes before all other runs. Bytes beyond ASCII come first,
then the end of a text, then the others, as C compares them.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from libc.stdint cimport uint8_t
from libc.string cimport memchr

cdef extern from *:
    str PyUnicode_FromKindAndData(int kind, const void *buffer, Py_ssize_t size)

cdef enum:
    PLACE = 0x80  # flipped in each byte of a text, for the order of C; it leaves this for the end, which was NUL
    GROWTH = 6  # times that a text gets longer at most: of "1" there are the sign of a number and its length


cdef inline bint is_digit(uint8_t byte) noexcept nogil:
    return 48 <= byte <= 57


cdef inline bint is_space(uint8_t byte) noexcept nogil:
    return byte == 32 or 9 <= byte <= 13


cdef uint8_t *add_run(uint8_t *key, const uint8_t *digits, Py_ssize_t size) noexcept nogil:
    """Add a run of digits to a key. Gives where the key goes on."""
    cdef Py_ssize_t at
    cdef bint is_fraction = digits[0] == 48
    key[0] = (48 if is_fraction else 49) ^ PLACE
    key += 1
    if not is_fraction:  # longer numbers come later; seven bits in a byte, as PLACE must stand nowhere else
        for at in range(4):
            key[at] = size >> 7 * (3 - at) & 127
        key += 4
    for at in range(size):
        key[at] = digits[at] ^ PLACE
    key += size
    if is_fraction:
        key[0] = 0  # before any digit
        key += 1
    return key


cdef Py_ssize_t write_key(uint8_t *key, const uint8_t *text, const uint8_t *end) noexcept nogil:
    """Give the size of the key of a text, which has room for GROWTH times the text and one byte."""
    cdef uint8_t *place = key
    cdef const uint8_t *digits
    while text < end:
        digits = text
        while text < end and is_digit(text[0]):
            text += 1
        if text > digits:
            place = add_run(place, digits, text - digits)
            continue
        if not is_space(text[0]):
            place[0] = text[0] ^ PLACE
            place += 1
        text += 1
    place[0] = PLACE
    return place + 1 - key


cdef inline const uint8_t *find_nul(const uint8_t *text, const uint8_t *end) noexcept nogil:
    """The next NUL, or the end."""
    cdef const void *found = memchr(text, 0, end - text)
    return <const uint8_t *> found if found is not NULL else end


cdef Py_ssize_t longest(const uint8_t *text, const uint8_t *end) noexcept nogil:
    """The size of the longest of texts with NUL between them."""
    cdef Py_ssize_t size = 0
    cdef const uint8_t *nul
    while True:
        nul = find_nul(text, end)
        size = max(size, nul - text)
        if nul == end:
            return size
        text = nul + 1


def naturals(bytes texts not None, /):
    """Give the keys of texts that have a NUL between them. A key is a str of characters up to U+00FF."""
    cdef const uint8_t *text = <const uint8_t *> PyBytes_AS_STRING(texts)
    cdef const uint8_t *end = text + PyBytes_GET_SIZE(texts)
    cdef const uint8_t *nul
    cdef list keys = []
    cdef uint8_t *key = <uint8_t *> PyMem_Malloc(GROWTH * longest(text, end) + 1)
    if key is NULL:
        raise MemoryError
    try:
        while True:
            nul = find_nul(text, end)
            keys.append(PyUnicode_FromKindAndData(1, key, write_key(key, text, nul)))
            if nul == end:
                return keys
            text = nul + 1
    finally:
        PyMem_Free(key)
