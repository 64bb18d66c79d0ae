r"""Lines of a log: the texts of a format and the values of a request in, the finished line out.

Law: nothing that a value says can end a field or a line. Of a str each character is a byte, as in WSGI: quotes,
backslashes, control characters and bytes beyond ASCII are escaped as httpd does it (an e-acute is `\xc3\xa9`). What is
no byte, which WSGI rules out, makes the whole str text, and its UTF-8 is escaped. What is bytes was made by the server
and stays as it is.
"""

cimport cython
from cpython.bytes cimport (
    PyBytes_AS_STRING,
    PyBytes_CheckExact,
    PyBytes_FromStringAndSize,
    PyBytes_GET_SIZE,
)
from cpython.long cimport PyLong_AsLongLongAndOverflow
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject
from cpython.tuple cimport PyTuple_CheckExact, PyTuple_GET_ITEM, PyTuple_GET_SIZE
from cpython.unicode cimport (
    PyUnicode_AsEncodedString,
    PyUnicode_Check,
    PyUnicode_DATA,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
)
from cython cimport likely, unlikely
from libc.stdint cimport uint8_t, uint32_t
from libc.string cimport memcpy

from modpy_wsgi._fast.block cimport BLOCK, copy_text, lowest
from modpy_wsgi._fast.text cimport __Pyx_PyUnicode_READY

cdef extern from *:
    """
    /* Of each byte: 0 where it stays, 'x' for two hexadecimal digits, else the letter after the backslash. */
    static const uint8_t modpy_log_escapes[256] = {
        [0 ... 7] = 'x', ['\\b'] = 'b', ['\\t'] = 't', ['\\n'] = 'n', ['\\v'] = 'v', ['\\f'] = 'x', ['\\r'] = 'r',
        [14 ... 31] = 'x', ['"'] = '"', ['\\\\'] = '\\\\', [127 ... 255] = 'x',
    };

    /* Copies sixteen bytes. Gives the bits of those that cannot stay. */
    static inline uint32_t modpy_copy_log_block(const uint8_t *source, uint8_t *target) {
        modpy_block block = modpy_load(source);
        memcpy(target, &block, sizeof block);
        modpy_block quotes = (modpy_block) ((block == modpy_each('"')) | (block == modpy_each('\\\\')));
        return modpy_bits((modpy_block) (block - modpy_each(' ') > modpy_each('~' - ' ')) | quotes);
    }
    """
    const uint8_t *ESCAPES "modpy_log_escapes"
    uint32_t copy_block "modpy_copy_log_block"(const uint8_t *source, uint8_t *target) noexcept nogil

cdef enum:
    ROOM = 2048  # bytes of a line that need no memory of their own
    WIDEST = 4  # bytes that an escaped one becomes
    DIGITS = 20  # of a number of 64 bits


cdef struct Room:
    uint8_t *start
    uint8_t *end
    uint8_t *owned  # NULL while the line fits in what was there at first


cdef uint8_t *more_room(Room *room, uint8_t *at, Py_ssize_t size) except NULL:
    """The same place in a larger room, where there are *size* bytes and as many again."""
    cdef Py_ssize_t used = at - room.start
    cdef uint8_t *start = <uint8_t *> PyMem_Malloc((used + size) * 2)
    if start is NULL:
        raise MemoryError
    memcpy(start, room.start, used)
    PyMem_Free(room.owned)
    room.start = room.owned = start
    room.end = start + (used + size) * 2
    return start + used


cdef inline uint8_t *roomy(Room *room, uint8_t *at, Py_ssize_t size) except NULL:
    """A place where *size* bytes can follow what ends at *at*."""
    return at if likely(room.end - at >= size) else more_room(room, at, size)


cdef inline uint8_t hex_digit(uint8_t number) noexcept nogil:
    return 48 + number if number < 10 else 87 + number


cdef inline uint8_t *add_escaped(uint8_t *at, uint8_t byte) noexcept nogil:
    cdef uint8_t letter = ESCAPES[byte]
    if likely(not letter):
        at[0] = byte
        return at + 1
    at[0] = 92  # "\"
    at[1] = letter
    if letter != 120:  # "x"
        return at + 2
    at[2] = hex_digit(byte >> 4)
    at[3] = hex_digit(byte & 15)
    return at + 4


cdef inline uint8_t *add_all_escaped(uint8_t *at, const uint8_t *source, Py_ssize_t size) noexcept nogil:
    """Add bytes, for which there is WIDEST times their room."""
    cdef const uint8_t *end = source + size
    cdef uint32_t found
    while end - source >= BLOCK:
        found = copy_block(source, at)
        if likely(not found):
            source += BLOCK
            at += BLOCK
        else:
            at = add_escaped(at + lowest(found), source[lowest(found)])
            source += lowest(found) + 1
    while source < end:
        at = add_escaped(at, source[0])
        source += 1
    return at


cdef inline uint8_t *add_bytes(Room *room, uint8_t *at, PyObject *data) except NULL:
    """Add bytes as they are."""
    cdef Py_ssize_t size = PyBytes_GET_SIZE(<object> data)
    at = roomy(room, at, size)
    copy_text(at, <const uint8_t *> PyBytes_AS_STRING(<object> data), size)
    return at + size


cdef inline uint8_t *add_text(Room *room, uint8_t *at, object text) except NULL:
    __Pyx_PyUnicode_READY(text)
    cdef Py_ssize_t size = PyUnicode_GET_LENGTH(text)
    if unlikely(PyUnicode_KIND(text) != 1):
        return add_no_bytes(room, at, text)
    return add_all_escaped(roomy(room, at, size * WIDEST), <const uint8_t *> PyUnicode_DATA(text), size)


cdef uint8_t *add_no_bytes(Room *room, uint8_t *at, object text) except NULL:
    """Add a str that has more than bytes: by its UTF-8."""
    cdef bytes data
    try:
        data = PyUnicode_AsEncodedString(text, "utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a surrogate that stands for no byte
        data = PyUnicode_AsEncodedString(text, "utf-8", "surrogatepass")
    at = roomy(room, at, PyBytes_GET_SIZE(data) * WIDEST)
    return add_all_escaped(at, <const uint8_t *> PyBytes_AS_STRING(data), PyBytes_GET_SIZE(data))


cdef inline uint8_t *add_number(Room *room, uint8_t *at, object number) except NULL:
    cdef int overflow
    cdef long long known = PyLong_AsLongLongAndOverflow(number, &overflow)
    cdef unsigned long long left = <unsigned long long> known
    cdef uint8_t digits[DIGITS]
    cdef int first = DIGITS
    if unlikely(known < 0):  # or it has more bits
        return add_text(room, at, str(int(number)))
    while True:
        first -= 1
        digits[first] = <uint8_t> (48 + left % 10)
        left //= 10
        if not left:
            break
    at = roomy(room, at, DIGITS)
    memcpy(at, digits + first, DIGITS - first)
    return at + DIGITS - first


cdef inline uint8_t *add_words(Room *room, uint8_t *at, PyObject *words) except NULL:
    """Add each str of a tuple, with a blank between one and the next."""
    cdef Py_ssize_t number
    cdef PyObject *word
    for number in range(PyTuple_GET_SIZE(<object> words)):
        word = PyTuple_GET_ITEM(<object> words, number)
        if not PyUnicode_Check(<object> word):
            raise TypeError(f"a word of a value must be str, not {type(<object> word).__name__}")
        if number:
            at = roomy(room, at, 1)
            at[0] = 32
            at += 1
        at = add_text(room, at, <object> word)
    return at


cdef inline uint8_t *add_value(Room *room, uint8_t *at, PyObject *value) except NULL:
    if PyUnicode_Check(<object> value):
        return add_text(room, at, <object> value)
    if <object> value is None:
        at = roomy(room, at, 1)
        at[0] = 45  # "-"
        return at + 1
    if PyBytes_CheckExact(<object> value):
        return add_bytes(room, at, value)
    if isinstance(<object> value, int):
        return add_number(room, at, <object> value)
    if PyTuple_CheckExact(<object> value):
        return add_words(room, at, value)
    raise TypeError(f"a value must be str, bytes, int, tuple or None, not {type(<object> value).__name__}")


@cython.final
@cython.auto_pickle(False)
cdef class Form:
    """The texts of a format: one before each value, and one behind the last."""

    cdef tuple texts

    def __cinit__(self, texts, /):
        self.texts = tuple(texts)
        if not self.texts:
            raise ValueError("a form has a text at least")
        for text in self.texts:
            if not PyBytes_CheckExact(text):
                raise TypeError(f"a text of a form must be bytes, not {type(text).__name__}")

    @cython.binding(False)
    def filled(self, tuple values not None, /):
        """Give the line with these values.

        A str is escaped, and so is a tuple of str, with blanks between them; bytes stay as they are, an int becomes its
        digits, None "-".
        """
        cdef tuple texts = self.texts
        cdef Py_ssize_t count = PyTuple_GET_SIZE(values), number
        cdef uint8_t first_room[ROOM]
        cdef uint8_t *at = &first_room[0]
        cdef Room room
        room.start = at
        room.end = at + ROOM
        room.owned = NULL
        if count != PyTuple_GET_SIZE(texts) - 1:
            raise ValueError(f"a form with {PyTuple_GET_SIZE(texts) - 1} places was given {count} values")
        try:
            for number in range(count):
                at = add_bytes(&room, at, PyTuple_GET_ITEM(texts, number))
                at = add_value(&room, at, PyTuple_GET_ITEM(values, number))
            at = add_bytes(&room, at, PyTuple_GET_ITEM(texts, count))
            return PyBytes_FromStringAndSize(<const char *> room.start, at - room.start)
        finally:
            PyMem_Free(room.owned)


@cython.binding(False)
def size_of_fields(fields, /):
    """Give how many bytes lines `name: value` take with their CR LF, of pairs of str."""
    cdef Py_ssize_t size = 0
    for name, value in fields:
        size += len(name) + len(value) + 4
    return size
