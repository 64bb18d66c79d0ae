"""Header names without regard to case: marks, comparison, folding.

Law: only the letters A-Z have a case here, as in httpd (RFC 9110, 5.1). No locale has a say; the Kelvin sign is no 'k'.
"""

from cpython.object cimport PyObject
from cpython.unicode cimport (
    PyUnicode_DATA,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
    PyUnicode_New,
    PyUnicode_READ,
    PyUnicode_READ_CHAR,
    PyUnicode_WRITE,
)
from libc.stdint cimport uint8_t, uint32_t, uint64_t
from libc.string cimport memcpy

cdef extern from *:
    Py_UCS4 PyUnicode_MAX_CHAR_VALUE(object text)
    bint PyUnicode_IS_COMPACT_ASCII(object text)

cdef enum:
    WORD = 8  # bytes compared at once

cdef extern from *:
    """
    #define MODPY_EACH(byte) (0x0101010101010101ULL * (byte))
    #if PY_BIG_ENDIAN
    #define MODPY_SHORT(word, size) ((word) & ((1ULL << 8 * (size)) - 1))
    #else
    #define MODPY_SHORT(word, size) ((size) ? (word) >> 8 * (8 - (size)) : 0)
    #endif
    #define MODPY_ASCII(text) ((const uint8_t *) ((PyASCIIObject *) (text) + 1))
    """
    uint64_t MODPY_EACH(int byte) nogil
    uint64_t MODPY_SHORT(uint64_t word, Py_ssize_t size) nogil
    const uint8_t *MODPY_ASCII(PyObject *text) nogil  # what PyUnicode_DATA finds out again each time


cdef inline uint64_t word_at(const uint8_t *place) noexcept nogil:
    """Eight bytes from an address that need not be aligned."""
    cdef uint64_t word
    memcpy(&word, place, WORD)
    return word


cdef inline uint64_t word_before(const uint8_t *end, Py_ssize_t size) noexcept nogil:
    """The last eight letters of an ASCII str, or all it has: before them stands the head of the object itself."""
    cdef uint64_t word = word_at(end - WORD)
    return word if size >= WORD else MODPY_SHORT(word, size)


cdef inline uint64_t mark_of(str key) noexcept:
    """A cheap fingerprint, of the length and the last letters. Equal keys have equal marks, other keys seldom.

    The end tells header names apart better than the start does ('X-Forwarded-For', 'X-Forwarded-Host').
    """
    cdef Py_ssize_t size = PyUnicode_GET_LENGTH(key)
    if PyUnicode_IS_COMPACT_ASCII(key):
        return (word_before(MODPY_ASCII(<PyObject *> key) + size, size) | MODPY_EACH(0x20)) ^ <uint64_t> size << 56
    return size  # no need to be fast here


cdef inline uint64_t difference(uint64_t one, uint64_t other) noexcept nogil:
    """0 if the ASCII letters in two words are equal but for their case."""
    cdef uint64_t differs = one ^ other
    cdef uint64_t low = one | MODPY_EACH(0x20)  # below 0x80 each: the sums never carry into the next byte
    cdef uint64_t letters = low + MODPY_EACH(0x80 - 0x61) & ~(low + MODPY_EACH(0x80 - 0x7B))  # 0x80 where 'a' to 'z'
    return differs & ~MODPY_EACH(0x20) | differs << 2 & ~letters


cdef inline bint same_ascii(const uint8_t *one, const uint8_t *other, Py_ssize_t size) noexcept nogil:
    """Whether the letters of two ASCII str of this size are equal but for their case."""
    cdef uint64_t found = difference(word_before(one + size, size), word_before(other + size, size))
    cdef Py_ssize_t at = 0
    while at < size - WORD:
        found |= difference(word_at(one + at), word_at(other + at))
        at += WORD
    return found == 0


cdef inline uint32_t lowered(uint32_t letter) noexcept nogil:
    return letter + 32 if 65 <= letter <= 90 else letter


cdef inline bint same_letters(str one, str other) noexcept:
    """Whether any two str are equal but for the case of ASCII letters."""
    cdef Py_ssize_t size = PyUnicode_GET_LENGTH(one), at
    if PyUnicode_GET_LENGTH(other) != size:
        return False
    for at in range(size):
        if lowered(PyUnicode_READ_CHAR(one, at)) != lowered(PyUnicode_READ_CHAR(other, at)):
            return False
    return True


cdef inline str fold(str key):
    """The key in small letters; the key itself if it has no capital."""
    cdef Py_ssize_t size = PyUnicode_GET_LENGTH(key), at
    cdef int kind = PyUnicode_KIND(key)
    cdef void *data = PyUnicode_DATA(key)
    cdef str folded
    for at in range(size):
        if 65 <= PyUnicode_READ(kind, data, at) <= 90:
            break
    else:
        return key
    folded = PyUnicode_New(size, PyUnicode_MAX_CHAR_VALUE(key))
    for at in range(size):
        PyUnicode_WRITE(kind, PyUnicode_DATA(folded), at, lowered(PyUnicode_READ(kind, data, at)))
    return folded
