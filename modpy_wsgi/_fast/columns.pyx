"""Long tables of text, a column at a time: links, sizes and times, and the rows of what the columns hold.

Law: a column has an item for each row, in order. Rows are UTF-8 with surrogateescape: no byte of a name is lost.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.exc cimport PyErr_SetFromErrno
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject
from cpython.unicode cimport (
    PyUnicode_AsEncodedString,
    PyUnicode_Check,
    PyUnicode_CheckExact,
    PyUnicode_DecodeASCII,
    PyUnicode_GET_LENGTH,
)
from libc.stdint cimport int64_t, uint8_t, uint64_t
from libc.string cimport memcpy, strchr

from modpy_wsgi._fast.block cimport copy_text
from modpy_wsgi._fast.fold cimport MODPY_ASCII, PyUnicode_IS_COMPACT_ASCII

cdef extern from *:
    PyObject *PyList_GET_ITEM(PyObject *list, Py_ssize_t at)
    Py_ssize_t PyList_GET_SIZE(object list)

cdef extern from "<time.h>" nogil:
    ctypedef int64_t time_t
    struct tm:
        int tm_year
        int tm_mon
        int tm_mday
        int tm_hour
        int tm_min
    tm *localtime_r(const time_t *seconds, tm *at)

cdef enum:
    LONGEST_ESCAPE = 5  # letters: &amp;
    LONGEST_TIME = 32  # letters: a year has ten and a sign at most


cdef inline bint is_ascii(PyObject *text) noexcept:
    """Whether it is a str whose letters lie there as they go out."""
    return PyUnicode_CheckExact(<object> text) and PyUnicode_IS_COMPACT_ASCII(<object> text)


cdef inline bytes encoded(object text):
    """A str as it goes out. Raises TypeError for anything else."""
    if not PyUnicode_Check(text):
        raise TypeError(f"a text must be str, not {type(text).__name__}")
    return PyUnicode_AsEncodedString(text, "utf-8", "surrogateescape")


# -- links ------------------------------------------------------------------------------------------------------------


cdef inline bint is_kept(uint8_t byte) noexcept nogil:
    """Whether it stands for itself in the path of a URL, as httpd escapes it, and in an attribute."""
    if c"a" <= byte <= c"z" or c"0" <= byte <= c"9" or c"A" <= byte <= c"Z":
        return True
    return byte != 0 and strchr(b"._-/~;:@=+$,!*'()", byte) is not NULL


cdef bint is_link(str name) noexcept:
    """Whether a name is a link to itself."""
    cdef const uint8_t *letters
    cdef Py_ssize_t at
    if not PyUnicode_IS_COMPACT_ASCII(name):
        return False
    letters = MODPY_ASCII(<PyObject *> name)
    for at in range(PyUnicode_GET_LENGTH(name)):
        if letters[at] == c":" or not is_kept(letters[at]):
            return False
    return True


cdef uint8_t *write_link(uint8_t *place, const uint8_t *name, Py_ssize_t size) noexcept nogil:
    """Write what leads to a name, at most LONGEST_ESCAPE times its size and two letters. Gives where that ends."""
    cdef const char *digits = b"0123456789abcdef"
    cdef Py_ssize_t at = 0
    while at < size and name[at] != c":" and name[at] != c"/":
        at += 1
    if at < size and name[at] == c":":  # what is before it would be a scheme
        place[0], place[1] = c".", c"/"
        place += 2
    for at in range(size):
        if is_kept(name[at]):
            place[0] = name[at]
            place += 1
        elif name[at] == c"&":  # stands for itself in a URL only
            memcpy(place, b"&amp;", LONGEST_ESCAPE)
            place += LONGEST_ESCAPE
        else:
            place[0], place[1], place[2] = c"%", digits[name[at] >> 4], digits[name[at] & 15]
            place += 3
    return place


cdef str link_to(str name):
    cdef bytes data = encoded(name)
    cdef Py_ssize_t size = PyBytes_GET_SIZE(data)
    cdef uint8_t *letters = <uint8_t *> PyMem_Malloc(LONGEST_ESCAPE * size + 2)
    if letters is NULL:
        raise MemoryError
    try:
        end = write_link(letters, <const uint8_t *> PyBytes_AS_STRING(data), size)
        return PyUnicode_DecodeASCII(<const char *> letters, end - letters, NULL)
    finally:
        PyMem_Free(letters)


def links(names, /):
    """Give for each name what leads to it, as an attribute; that is the name itself if nothing needs an escape."""
    cdef list found = []
    cdef str name
    for name in names:
        if name is None:
            raise TypeError("a name must be str, not None")
        found.append(name if is_link(name) else link_to(name))
    return found


# -- numbers ----------------------------------------------------------------------------------------------------------


cdef char *put(char *place, int64_t number, int width, char fill) noexcept nogil:
    """Write a number in so many letters at least. Gives where it ends."""
    cdef char digits[20]
    cdef int size = 0
    cdef uint64_t rest = -number if number < 0 else number
    if number < 0:
        place[0] = c"-"
        place += 1
        width -= 1
    while rest > 0 or size == 0:
        digits[size] = <char> (c"0" + rest % 10)
        rest //= 10
        size += 1
    while width > size:
        place[0] = fill
        place += 1
        width -= 1
    while size > 0:
        size -= 1
        place[0] = digits[size]
        place += 1
    return place


cdef void write_size(char *letters, int64_t size) noexcept nogil:
    """Write a size in four letters."""
    cdef const char *unit = b" KMGTPE"
    cdef int rest = 0, tenths
    if size < 0:
        letters[0] = letters[1] = letters[3] = c" "
        letters[2] = c"-"
        return
    while size >= 973:
        rest = size & 1023
        size >>= 10
        unit += 1
    if unit[0] != c" " and (size < 9 or (size == 9 and rest < 973)):
        tenths = (rest * 5 + 256) >> 9
        put(letters, size + (tenths == 10), 1, c" ")
        letters[1] = c"."
        letters[2] = c"0" if tenths == 10 else <char> (c"0" + tenths)
    else:
        put(letters, size + (rest >= 512), 3, c" ")
    letters[3] = unit[0]


def sizes(numbers, /):
    """Give each number of bytes in four letters (apr_strfsize); what is less than 0 is no size."""
    cdef char letters[4]
    cdef list texts = []
    cdef int64_t number
    for number in numbers:
        write_size(letters, number)
        texts.append(PyUnicode_DecodeASCII(letters, 4, NULL))
    return texts


cdef str minute_of(int64_t seconds, bint named):
    """A time in local time, as minutes() has it."""
    cdef const char *month = b"JanFebMarAprMayJunJulAugSepOctNovDec"
    cdef char letters[LONGEST_TIME]
    cdef char *end
    cdef tm at
    cdef time_t moment = seconds
    if localtime_r(&moment, &at) is NULL:
        PyErr_SetFromErrno(OSError)
    if named:
        end = put(letters, at.tm_mday, 2, c"0")
        month += 3 * at.tm_mon
        end[0] = end[4] = c"-"
        end[1], end[2], end[3] = month[0], month[1], month[2]
        end = put(end + 5, <int64_t> at.tm_year + 1900, 4, c"0")
    else:
        end = put(letters, <int64_t> at.tm_year + 1900, 4, c"0")
        end[0] = c"-"
        end = put(end + 1, at.tm_mon + 1, 2, c"0")
        end[0] = c"-"
        end = put(end + 1, at.tm_mday, 2, c"0")
    end[0] = c" "
    end = put(end + 1, at.tm_hour, 2, c"0")
    end[0] = c":"
    end = put(end + 1, at.tm_min, 2, c"0")
    return PyUnicode_DecodeASCII(letters, end - letters, NULL)


def minutes(times, /, *, bint named=False):
    """Give the local time of each number of seconds since the epoch, to the minute.

    A zone is taken to be off by whole minutes, as all are since 1972.
    """
    cdef list texts = []
    cdef str text = None
    cdef int64_t number, minute, last = 0
    for number in times:
        minute = number // 60
        if text is None or minute != last:  # files come in flocks
            # The first minute of 64 bits begins before them: what comes of it is as far from any year.
            text = minute_of(<int64_t> (<uint64_t> minute * 60), named)
            last = minute
        texts.append(text)
    return texts


# -- rows -------------------------------------------------------------------------------------------------------------


cdef struct Column:
    PyObject *texts  # a list, borrowed; NULL if all rows have the same
    const uint8_t *text  # that one, borrowed
    Py_ssize_t size


cdef int set_column(Column *column, object given, Py_ssize_t count, list kept) except -1:
    """Fill in a column. *kept* gets what has to live as long as it does."""
    cdef bytes text
    if type(given) is list:
        if PyList_GET_SIZE(given) != count:
            raise ValueError(f"a column of {PyList_GET_SIZE(given)} texts in {count} rows")
        column.texts = <PyObject *> given
    else:
        text = encoded(given)
        kept.append(text)
        column.texts = NULL
        column.text = <const uint8_t *> PyBytes_AS_STRING(text)
        column.size = PyBytes_GET_SIZE(text)
    return 0


cdef Py_ssize_t measure(const Column *columns, Py_ssize_t width, Py_ssize_t count, list others) except -1:
    """The size of all rows. *others* gets the texts that are not ASCII, encoded, in the order of the rows."""
    cdef Py_ssize_t size = 0, row
    cdef const Column *column
    cdef PyObject *text
    cdef bytes other
    for row in range(count):
        for column in columns[:width]:
            if column.texts is NULL:
                size += column.size
                continue
            text = PyList_GET_ITEM(column.texts, row)
            if is_ascii(text):
                size += PyUnicode_GET_LENGTH(<object> text)
            else:
                other = encoded(<object> text)
                others.append(other)
                size += PyBytes_GET_SIZE(other)
    return size


cdef int write(uint8_t *place, const Column *columns, Py_ssize_t width, Py_ssize_t count, list others) except -1:
    """Write all rows where there is room for what measure() has found."""
    cdef Py_ssize_t next_other = 0, size, row
    cdef const uint8_t *source
    cdef const Column *column
    cdef PyObject *text
    for row in range(count):
        for column in columns[:width]:
            if column.texts is NULL:
                source, size = column.text, column.size
            else:
                text = PyList_GET_ITEM(column.texts, row)
                if is_ascii(text):
                    source, size = MODPY_ASCII(text), PyUnicode_GET_LENGTH(<object> text)
                else:
                    source = <const uint8_t *> PyBytes_AS_STRING(others[next_other])
                    size = PyBytes_GET_SIZE(others[next_other])
                    next_other += 1
            copy_text(place, source, size)
            place += size
    return 0


def rows(columns, Py_ssize_t count, /):
    """Give the text of so many rows, each of which has what each column has for it."""
    cdef tuple every = tuple(columns)
    cdef list kept = [], others = []
    cdef Py_ssize_t width = len(every), at
    cdef bytes data
    cdef Column *made = <Column *> PyMem_Malloc(width * sizeof(Column))
    if made is NULL:
        raise MemoryError
    try:
        for at in range(width):
            set_column(&made[at], every[at], count, kept)
        data = PyBytes_FromStringAndSize(NULL, measure(made, width, count, others))
        write(<uint8_t *> PyBytes_AS_STRING(data), made, width, count, others)
    finally:
        PyMem_Free(made)
    return data
