"""Query strings and urlencoded forms (manual 4.6.3; WHATWG URL, application/x-www-form-urlencoded).

Law: fields end at a separator, a name ends at its first '=', '+' is a blank, %XX a byte, and a percent sign that starts
no escape is itself. str in, str out: the bytes are UTF-8 with surrogateescape, so none is lost or refused, NUL neither.
bytes in, bytes out. Every byte is looked at once to find the fields, and once more to copy it, whatever it is.
"""

cimport cython
from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_GET_SIZE
from cpython.mem cimport PyMem_Free, PyMem_Malloc
from cpython.object cimport PyObject
from cpython.unicode cimport PyUnicode_Check, PyUnicode_DATA, PyUnicode_GET_LENGTH
from cython cimport unlikely
from libc.stdint cimport uint8_t, uint16_t, uint32_t, uint64_t
from libc.string cimport memchr, memcpy

from modpy_wsgi._fast.escapes cimport unescaped
from modpy_wsgi._fast.fold cimport word_at
from modpy_wsgi._fast.owned cimport (
    append,
    bytes_copy,
    drop,
    give,
    keep,
    learn_head,
    letters_of,
    new_ascii,
    new_list,
    new_tuple,
    set_default,
    utf8_text,
)
from modpy_wsgi._fast.block cimport copy_text
from modpy_wsgi._fast.signs cimport WINDOW, Marks, find_marks
from modpy_wsgi._fast.text cimport PyUnicode_IS_ASCII, __Pyx_PyUnicode_READY

from modpy_wsgi.errors import BadRequest

cdef extern from *:
    Py_ssize_t PY_SSIZE_T_MAX

cdef enum:
    KNOWN = 128  # names remembered: a power of two, see place_of()
    LONGEST = 16  # letters of a name that is remembered
    FEW = 64  # fields whose names are looked up; what has more is no form that a person filled in
    ROOM = 16  # pairs that a list has room for at first

cdef enum Kind:
    ASCII  # the letters of a str
    UTF8  # what a str becomes that has other letters
    BYTES


class TooManyFields(BadRequest, ValueError):
    """A query string or form has more fields than max_num_fields. `status` is 413."""

    def __init__(self, message):
        super().__init__(413, message)


cdef struct Name:
    uint64_t start  # the first and the last letters, eight each at most; they may overlap: together they are all
    uint64_t end
    Py_ssize_t size
    PyObject *text  # exact str, owned; NULL is free


cdef inline uint64_t first_letters(const uint8_t *letters, Py_ssize_t size) noexcept nogil:
    """The first eight, four or two, as one number."""
    cdef uint32_t four
    cdef uint16_t two
    if size >= 8:
        return word_at(letters)
    if size >= 4:
        memcpy(&four, letters, 4)
        return four
    memcpy(&two, letters, 2)
    return two


cdef inline uint64_t last_letters(const uint8_t *letters, Py_ssize_t size) noexcept nogil:
    return first_letters(letters + size - (8 if size >= 8 else 4 if size >= 4 else 2), size)


cdef inline size_t place_of(uint64_t start, uint64_t end, Py_ssize_t size) noexcept nogil:
    return (start ^ end * <uint64_t> 31 ^ size) * <uint64_t> 0x9E3779B97F4A7C15ULL >> 57


@cython.final
@cython.no_gc
@cython.auto_pickle(False)
cdef class Names:
    """Field names seen lately: a form has the same ones each time, and to find one takes less than to make and drop it.

    A name has one place, and gives way to the next that has it too: a client can do no more than spoil it for others.
    """

    cdef Name known[KNOWN]
    cdef PyObject *letters[128]  # each letter's str, owned, once it was asked for

    def __dealloc__(self):
        cdef Py_ssize_t at
        for at in range(KNOWN):
            if self.known[at].text is not NULL:
                drop(self.known[at].text)
        for at in range(128):
            if self.letters[at] is not NULL:
                drop(self.letters[at])

    cdef PyObject *letter(self, uint8_t letter) except NULL:
        """The str of one ASCII letter. A new reference."""
        if self.letters[letter] is NULL:
            self.letters[letter] = utf8_text(<const char *> &letter, 1, NULL)
        keep(self.letters[letter])
        return self.letters[letter]

    cdef inline PyObject *get(self, const uint8_t *letters, Py_ssize_t size) except NULL:
        """The str of these ASCII letters, two at least, LONGEST at most. A new reference."""
        cdef uint64_t start = first_letters(letters, size), end = last_letters(letters, size)
        cdef Name *name = &self.known[place_of(start, end, size)]
        if unlikely(name.start != start or name.end != end or name.size != size):
            self.remember(name, letters, size)
        keep(name.text)
        return name.text

    cdef int remember(self, Name *name, const uint8_t *letters, Py_ssize_t size) except -1:
        cdef PyObject *text = ascii_text(letters, size)
        if name.text is not NULL:
            drop(name.text)
        name.text = text
        name.start = first_letters(letters, size)
        name.end = last_letters(letters, size)
        name.size = size
        return 0


cdef struct Reading:
    const uint8_t *data
    Py_ssize_t size
    Kind kind
    bint blanks  # whether fields without a value are kept
    bint strict
    Py_ssize_t fields  # found
    Py_ssize_t limit  # of fields
    uint8_t *room  # for what is unescaped, owned; NULL until there is something
    PyObject *pairs  # the list to fill; NULL if it is a dict
    PyObject *lists  # the dict to fill
    PyObject *spare  # an empty list for the dict's next new name, owned; NULL if there is none


cdef inline PyObject *ascii_text(const uint8_t *letters, Py_ssize_t size) except NULL:
    """A new reference. *size* is not 0: for that Python has one object."""
    cdef PyObject *text = new_ascii(size)
    copy_text(letters_of(text), letters, size)
    return text


cdef inline PyObject *text_of(const uint8_t *start, Py_ssize_t size, Kind kind) except NULL:
    """What has no escape, or no longer. A new reference."""
    if kind == BYTES:
        return bytes_copy(<const char *> start, size)
    if kind == ASCII and size > 1:
        return ascii_text(start, size)
    return utf8_text(<const char *> start, size, b"surrogateescape")


cdef inline PyObject *name_of(const Reading *reading, Names names, Py_ssize_t start, Py_ssize_t size) except NULL:
    """A name without an escape. A new reference."""
    if 1 < size <= LONGEST and reading.kind == ASCII and reading.fields <= FEW:
        return names.get(reading.data + start, size)
    return value_of(reading, names, start, size)


cdef inline PyObject *value_of(const Reading *reading, Names names, Py_ssize_t start, Py_ssize_t size) except NULL:
    """A name or value without an escape. A new reference."""
    if reading.kind == ASCII and size == 1:
        return names.letter(reading.data[start])
    return text_of(reading.data + start, size, reading.kind)


cdef PyObject *decoded(Reading *reading, Py_ssize_t start, Py_ssize_t size, uint8_t plus) except NULL:
    """A name or value that has an escape. A new reference."""
    cdef uint32_t bits
    cdef Kind kind = reading.kind
    cdef PyObject *text
    if kind == ASCII and size > 1 and memchr(reading.data + start, 37, size) is NULL:  # as often: only blanks
        text = new_ascii(size)
        unescaped(reading.data + start, size, letters_of(text), plus, &bits)
        return text
    if reading.room is NULL:
        reading.room = <uint8_t *> PyMem_Malloc(reading.size)
        if reading.room is NULL:
            raise MemoryError
    size = unescaped(reading.data + start, size, reading.room, plus, &bits)
    return text_of(reading.room, size, UTF8 if kind == ASCII and bits > 127 else kind)


cdef object refused(const Reading *reading, Py_ssize_t start, Py_ssize_t end):
    cdef PyObject *text = text_of(reading.data + start, end - start, reading.kind)
    field = <object> text
    drop(text)
    return ValueError(f"bad query field: {field!r}")


cdef inline int add_pair(Reading *reading, PyObject *name, PyObject *value) except -1:
    """Takes both over."""
    cdef PyObject *pair = new_tuple(2)
    give(pair, 0, name)
    give(pair, 1, value)
    return append(reading.pairs, pair)


cdef int add_to_list(Reading *reading, PyObject *name, PyObject *value) except -1:
    """Takes both over. Looks into the dict once, also for a new name: that one gets the spare list."""
    cdef PyObject *found
    if reading.spare is NULL:
        reading.spare = new_list(1)
    found = set_default(reading.lists, name, reading.spare)
    if found is reading.spare:
        reading.spare = NULL
        drop(found)
    drop(name)
    return append(found, value)


cdef inline int field(
    Reading *reading, Py_ssize_t start, Py_ssize_t equals, Py_ssize_t end, bint name_escaped, bint escaped, Names names
) except -1:
    """Add the field between *start* and *end*; *equals* is where its '=' is, *end* if it has none."""
    cdef PyObject *name
    cdef PyObject *value
    cdef Py_ssize_t after = equals + 1
    cdef bint blank = after >= end
    if blank:
        after = end
        if reading.strict:
            if equals == end:
                raise refused(reading, start, end)
        elif end == start:
            return 0
    reading.fields += 1
    if unlikely(reading.fields > reading.limit):
        raise TooManyFields(f"more than {reading.limit} fields in a query string or form")
    if blank and not reading.blanks:
        return 0
    if name_escaped:
        name = decoded(reading, start, equals - start, 32)
    else:
        name = name_of(reading, names, start, equals - start)
    if escaped:
        value = decoded(reading, after, end - after, 32)
    else:
        value = value_of(reading, names, after, end - after)
    if reading.pairs is not NULL:
        return add_pair(reading, name, value)
    return add_to_list(reading, name, value)


cdef int walk(Reading *reading, uint8_t one, uint8_t other, Names names) except -1:
    """Find the fields and add them."""
    cdef const uint8_t *data = reading.data
    cdef Py_ssize_t size = reading.size, base = 0, start = 0, equals = -1, at
    cdef int equals_sign = -1 if one == 61 or other == 61 else 61
    cdef bint name_escaped = False, escaped = False
    cdef Marks found
    cdef uint32_t mark
    found.decode = 0
    while base <= size:
        find_marks(data + base, size - base, one, other, &found)
        for mark in range(found.count):
            at = base + (found.marks[mark] >> 1)
            escaped |= found.marks[mark] & 1
            if equals < 0:
                equals = at
                name_escaped = escaped
                escaped = False
            if data[at] != equals_sign:  # at the end there is a NUL
                field(reading, start, equals, at, name_escaped, escaped, names)
                start = at + 1
                equals = -1
                escaped = False
        base += WINDOW
    return 0


cdef bytes encoded(object text):
    """The bytes that a str stands for. A surrogate that stands for no byte becomes three, which no longer make it."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return b"".join([
            letter.encode("utf-8", "surrogateescape" if "\udc80" <= letter <= "\udcff" else "surrogatepass")
            for letter in text
        ])


cdef object source_of(object text, Reading *reading):
    """Point *reading* at the bytes of *text*. Give the object that holds them."""
    reading.room = NULL
    reading.spare = NULL
    if PyUnicode_Check(text):
        __Pyx_PyUnicode_READY(text)
        if PyUnicode_IS_ASCII(text):
            reading.kind = ASCII
            reading.data = <const uint8_t *> PyUnicode_DATA(text)
            reading.size = PyUnicode_GET_LENGTH(text)
            return text
        reading.kind = UTF8
        text = encoded(text)
    elif isinstance(text, (bytes, bytearray, memoryview)):
        reading.kind = BYTES
        text = bytes(text)
    else:
        raise TypeError(f"a query string or form must be str or bytes, not {type(text).__name__}")
    reading.data = <const uint8_t *> PyBytes_AS_STRING(text)
    reading.size = PyBytes_GET_SIZE(text)
    return text


cdef int read(Reading *reading, object text, uint8_t one, uint8_t other, Names names) except -1:
    _source = source_of(text, reading)  # which holds the bytes
    reading.fields = 0
    if reading.size == 0:  # no field at all, and none that strict parsing could refuse
        return 0
    try:
        walk(reading, one, other, names)
    finally:
        PyMem_Free(reading.room)
        if reading.spare is not NULL:
            drop(reading.spare)
    return 0


cdef int read_with(
    Reading *reading, object text, object blanks, object strict, object limit, object separators
) except -1:
    cdef str ends
    if isinstance(separators, (bytes, bytearray)):
        separators = separators.decode("latin-1")
    if not isinstance(separators, str):
        raise TypeError(f"separators must be str or bytes, not {type(separators).__name__}")
    ends = separators
    if not ends.isascii() or not 1 <= len(ends) <= 2:
        raise ValueError(f"separators must be one or two ASCII characters, not {separators!r}")
    reading.limit = PY_SSIZE_T_MAX if limit is None else limit
    if reading.limit < 0:
        raise ValueError(f"max_num_fields must not be negative: {limit}")
    reading.blanks = blanks
    reading.strict = strict
    return read(reading, text, <uint8_t> ends[0], <uint8_t> ends[len(ends) - 1], _names)


class spelled_out:
    """The functions below for calls that name arguments, and for wrong calls, which they refuse."""

    @staticmethod
    def parse_qsl(qs, keep_blank_values=0, strict_parsing=0, *, max_num_fields=None, separators="&;"):
        cdef list pairs = []
        cdef Reading reading
        reading.pairs = <PyObject *> pairs
        read_with(&reading, qs, keep_blank_values, strict_parsing, max_num_fields, separators)
        return pairs

    @staticmethod
    def parse_qs(qs, keep_blank_values=0, strict_parsing=0, *, max_num_fields=None, separators="&;"):
        cdef dict lists = {}
        cdef Reading reading
        reading.pairs = NULL
        reading.lists = <PyObject *> lists
        read_with(&reading, qs, keep_blank_values, strict_parsing, max_num_fields, separators)
        return lists


# Both functions as METH_FASTCALL. What Cython makes of a function asks the module's state for every name and default of
# its arguments, at each call: a third of the time that a short query string takes (benchmarks/bench_query.py).
cdef extern from *:
    """
    static PyMethodDef modpy_functions[] = {
        {"parse_qsl", NULL, METH_FASTCALL | METH_KEYWORDS,
         "parse_qsl(qs, keep_blank_values=0, strict_parsing=0, *, max_num_fields=None, separators='&;')\\n--\\n\\n"
         "Give the list of the (name, value) pairs of a query string or form, in order."},
        {"parse_qs", NULL, METH_FASTCALL | METH_KEYWORDS,
         "parse_qs(qs, keep_blank_values=0, strict_parsing=0, *, max_num_fields=None, separators='&;')\\n--\\n\\n"
         "Give a dict of each name's list of values, names and values in order."},
    };
    """
    ctypedef struct PyMethodDef:
        void *ml_meth
    PyMethodDef modpy_functions[2]
    object PyCFunction_NewEx(PyMethodDef *function, object self, object module)
    object PyObject_Vectorcall(object function, PyObject **arguments, size_t count, PyObject *keywords)


cdef inline bint plain_call(Reading *reading, PyObject **arguments, Py_ssize_t count, PyObject *keywords) except -1:
    """Whether a call has only the arguments that may stand without a name: then they are taken."""
    if keywords is not NULL or count < 1 or count > 3:
        return False
    reading.blanks = count > 1 and <object> arguments[1]
    reading.strict = count > 2 and <object> arguments[2]
    reading.limit = PY_SSIZE_T_MAX
    return True


cdef object pairs_of(Names names, PyObject **arguments, Py_ssize_t count, PyObject *keywords):
    cdef Reading reading
    if not plain_call(&reading, arguments, count, keywords):
        return PyObject_Vectorcall(spelled_out.parse_qsl, arguments, count, keywords)
    reading.pairs = new_list(ROOM)
    pairs = <object> reading.pairs
    drop(reading.pairs)
    read(&reading, <object> arguments[0], 38, 59, names)
    return pairs


cdef object lists_of(Names names, PyObject **arguments, Py_ssize_t count, PyObject *keywords):
    cdef Reading reading
    cdef dict lists
    if not plain_call(&reading, arguments, count, keywords):
        return PyObject_Vectorcall(spelled_out.parse_qs, arguments, count, keywords)
    lists = {}
    reading.pairs = NULL
    reading.lists = <PyObject *> lists
    read(&reading, <object> arguments[0], 38, 59, names)
    return lists


learn_head()
_names = Names()
modpy_functions[0].ml_meth = <void *> pairs_of
modpy_functions[1].ml_meth = <void *> lists_of
parse_qsl = PyCFunction_NewEx(&modpy_functions[0], _names, __name__)
parse_qs = PyCFunction_NewEx(&modpy_functions[1], _names, __name__)


def by_name(list pairs not None, /):
    """Give a dict of each name's value; of a list of them, in order, for a name that comes several times.

    Raises TypeError for what is no pair.
    """
    cdef dict found = {}
    cdef dict repeated = None
    cdef Py_ssize_t names
    for pair in pairs:
        if type(pair) is not tuple or len(<tuple> pair) != 2:
            raise TypeError(f"a name and a value are needed, not {type(pair).__name__}")
        name, value = (<tuple> pair)[0], (<tuple> pair)[1]
        names = len(found)
        first = found.setdefault(name, value)
        if len(found) > names:
            continue
        if repeated is None:
            repeated = {}
        if name in repeated:
            (<list> repeated[name]).append(value)
        else:
            repeated[name] = found[name] = [first, value]
    return found


cdef object unescape(object text, uint8_t plus):
    cdef Reading reading
    cdef PyObject *result
    source = source_of(text, &reading)
    if memchr(reading.data, 37, reading.size) is NULL and (
        plus == 43 or memchr(reading.data, 43, reading.size) is NULL
    ):
        return text if reading.kind == UTF8 else source
    try:
        result = decoded(&reading, 0, reading.size, plus)
    finally:
        PyMem_Free(reading.room)
    given = <object> result
    drop(result)
    return given


def unquote(text, /):
    """Give *text* with its escapes decoded; '+' stays. str gives str, bytes give bytes; raises TypeError otherwise."""
    return unescape(text, 43)


def unquote_plus(text, /):
    """Give *text* with its escapes decoded and each '+' a blank, as in a form. Raises TypeError as unquote() does."""
    return unescape(text, 32)
