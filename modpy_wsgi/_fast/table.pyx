"""mod_python's table: headers, notes, options, the CGI environment (manual 4.5.2, "Table Object (mp_table)").

Law: a table is a list of (key, value) pairs of str, in the order they came. A key is found without regard to ASCII
case, keeps the spelling it was first written with, and may occur more than once. Bytes are decoded as UTF-8 with
surrogateescape, so nothing that a client sent is lost or refused. A value may hold any character, NUL, CR and LF
included: what may leave as a header is checked where it leaves.

How it is stored: an array of entries in order. A short table finds a key by its mark (length and last letters) in a
small array of slots; a longer one builds an index when it is first searched: a dict of the folded keys, whose hash is
seeded per process. A removed entry leaves a hole, so that positions hold; a short table is squeezed at once, a long one
when it has more holes than pairs. So every operation is amortised O(1), whatever the keys.

Every change is one step under the GIL. Iterators walk over a snapshot: a table may be changed while it is iterated.
"""

import copyreg
from collections.abc import Mapping

cimport cython
from cpython.dict cimport PyDict_CheckExact, PyDict_GetItemWithError, PyDict_Next
from cpython.mem cimport PyMem_Free, PyMem_Realloc
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_DECREF, Py_INCREF
from cpython.tuple cimport PyTuple_CheckExact, PyTuple_GET_SIZE
from cpython.unicode cimport (
    PyUnicode_Check,
    PyUnicode_CheckExact,
    PyUnicode_DATA,
    PyUnicode_GET_LENGTH,
    PyUnicode_KIND,
    PyUnicode_New,
    PyUnicode_READ,
    PyUnicode_WRITE,
)
from cython cimport likely, unlikely
from libc.stdint cimport INT32_MAX, int32_t, uint8_t, uint32_t, uint64_t
from libc.string cimport memcmp, memset

from modpy_wsgi._fast.fold cimport (
    MODPY_ASCII,
    PyUnicode_IS_COMPACT_ASCII,
    PyUnicode_MAX_CHAR_VALUE,
    fold,
    lowered,
    mark_of,
    same_ascii,
    same_letters,
)
from modpy_wsgi._fast.text cimport text_of, wsgi_text, written

cdef enum:
    PREFIX = 5  # letters of HTTP_
    SHORT = 32  # entries up to which a table is searched by marks; past that, by a hash that nobody can foresee
    SLOTS = 64  # twice as many, and the power of two that slot_of() gives
    FIRST_ROOM = 16  # entries of the first array: 512 bytes, the headers of a usual request
    MAX_NAMES = 512  # header names remembered; a client may invent any number of them
    LONGEST_NAME = 64  # letters of an environ key that is worth remembering

# Header names that are not written as Words-With-Capitals.
_SPELLINGS = (
    "A-IM", "Content-MD5", "DNT", "DPR", "ETag", "HTTP2-Settings", "MIME-Version", "Sec-CH-UA", "Sec-CH-UA-Arch",
    "Sec-CH-UA-Mobile", "Sec-CH-UA-Model", "Sec-CH-UA-Platform", "Sec-GPC", "Sec-WebSocket-Extensions",
    "Sec-WebSocket-Key", "Sec-WebSocket-Protocol", "Sec-WebSocket-Version", "SOAPAction", "TE", "WWW-Authenticate",
    "X-CSRFToken", "X-Request-ID",
)
_SPELLED = {"HTTP_" + name.upper().replace("-", "_"): name for name in _SPELLINGS}
# CGI gives these two without HTTP_. A server that sets both must not make one header look as if it was sent twice.
_SPELLED |= {"CONTENT_TYPE": "Content-Type", "CONTENT_LENGTH": "Content-Length"}
_SPELLED |= {"HTTP_CONTENT_TYPE": None, "HTTP_CONTENT_LENGTH": None}
_names = dict(_SPELLED)  # environ key -> header name, None where there is none; begun anew when full


cdef struct Entry:
    PyObject *key  # exact str, owned; NULL is a hole
    PyObject *value  # exact str, owned
    uint64_t mark
    int32_t size  # of an ASCII key, its length; else -1
    int32_t next  # position of the next pair of that key; of the last pair, that of the first one


cdef inline size_t slot_of(uint64_t mark) noexcept nogil:
    return mark * <uint64_t> 0x9E3779B97F4A7C15ULL >> 58  # the upper bits of the product hang on all of the mark's


cdef inline Py_ssize_t ascii_size(str key) noexcept:
    return PyUnicode_GET_LENGTH(key) if PyUnicode_IS_COMPACT_ASCII(key) else -1


cdef inline bint same(const Entry *entry, str key, Py_ssize_t size) noexcept:
    """Whether an entry's key is equal to this one, of this ascii_size(), but for the case of ASCII letters."""
    if entry.size != size:
        return False
    if likely(size >= 0):
        return same_ascii(MODPY_ASCII(entry.key), MODPY_ASCII(<PyObject *> key), size)
    return same_letters(<str> entry.key, key)


cdef str header_name(str key, dict names):
    """'User-Agent' for 'HTTP_USER_AGENT'; None if the environ key stands for no header. *names* remembers."""
    cdef const char *letters = <const char *> PyUnicode_DATA(key)
    cdef Py_ssize_t size = PyUnicode_GET_LENGTH(key)
    cdef PyObject *known
    if PyUnicode_KIND(key) != 1 or size <= PREFIX:
        return None
    if memcmp(letters, b"HTTP_", PREFIX) == 0:
        known = PyDict_GetItemWithError(names, key)
        return <object> known if known is not NULL else new_name(key, names)
    if letters[0] == b"C" and (size == 12 or size == 14):  # CONTENT_TYPE, CONTENT_LENGTH
        return names.get(key)
    return None


cdef str new_name(str key, dict names):
    cdef str source = wsgi_text(key, key)
    cdef Py_ssize_t size = PyUnicode_GET_LENGTH(source) - PREFIX, at
    cdef str name = PyUnicode_New(size, PyUnicode_MAX_CHAR_VALUE(source))
    cdef bint starts = True
    cdef uint32_t letter
    for at in range(size):
        letter = lowered(PyUnicode_READ(PyUnicode_KIND(source), PyUnicode_DATA(source), at + PREFIX))
        if starts and 97 <= letter <= 122:
            letter -= 32
        starts = letter == 95  # "_"
        PyUnicode_WRITE(PyUnicode_KIND(name), PyUnicode_DATA(name), at, 45 if starts else letter)
    if len(names) >= MAX_NAMES:
        names.clear()
        names.update(_SPELLED)
    if PyUnicode_GET_LENGTH(key) <= LONGEST_NAME:
        names[key] = name
    return name


cdef tuple pair_of(object given, Py_ssize_t at):
    """An element of a sequence of pairs. Raises TypeError or ValueError, as dict does, if it is none."""
    cdef tuple pair
    if type(given) is tuple:
        pair = given
    else:
        try:
            pair = tuple(given)
        except TypeError:
            raise TypeError(f"cannot convert table update sequence element #{at} to a sequence") from None
    if len(pair) != 2:
        raise ValueError(f"table update sequence element #{at} has length {len(pair)}; 2 is required")
    return pair


cdef object state_of(mp_table instance):
    """The attributes of an instance of a subclass, in the form that pickle and copy take; None if it has none."""
    if hasattr(instance, "__getstate__"):  # object has it since Python 3.11
        return instance.__getstate__()
    attributes = getattr(instance, "__dict__", None) or None
    slots = {name: getattr(instance, name) for name in copyreg._slotnames(type(instance)) if hasattr(instance, name)}
    return (attributes, slots) if slots else attributes


def restore(pairs, kind=None):
    """Give the table back that was pickled: a mp_table, or an instance of the subclass *kind*, of these pairs."""
    cdef mp_table result = mp_table.__new__(mp_table if kind is None else kind)
    result.extend(pairs)
    return result


@cython.no_gc  # holds exact str only, so it is in no cycle; a subclass with a __dict__ is collected like any object
@cython.auto_pickle(False)
cdef class mp_table:
    """A mapping of case-insensitive keys, which may occur more than once, to values; both are str (manual 4.5.2).

    mp_table() is empty. mp_table(mapping) and mp_table(pairs) set each key in turn, by its str() and that of its value,
    so that a later pair replaces an earlier one; bytes are decoded. Of another table all pairs are taken, also
    duplicates (mod_python made the repr of a list of them).

    t[key] is the value, or the list of the values if the key occurs more than once; KeyError if it does not occur.
    t[key] = value gives the first pair of that key the value and takes the others out. del t[key] takes out all there
    are, if any. What is neither str nor bytes raises TypeError, as a key or as a value.
    Two tables are equal, and a table and a mapping, if dict() makes equal dicts of them. A table cannot be hashed.

    Raises TypeError if *items* is neither a mapping nor a sequence of pairs, ValueError if an element has not length 2.
    """

    __module__ = "builtins"  # type(req.headers_in) reads <class 'mp_table'>, as it did in mod_python
    __hash__ = None

    cdef Entry *entries
    cdef Py_ssize_t room  # entries allocated
    cdef Py_ssize_t used  # entries in use, holes included
    cdef Py_ssize_t live  # pairs
    cdef Py_ssize_t first  # no pair stands before it
    cdef dict index  # of a long table: folded key -> position of its last pair; None until it is searched
    cdef uint8_t slots[SLOTS]  # of a short table: the position + 1 of each key's first pair; 0 is free

    def __init__(self, items=()):
        if not (PyTuple_CheckExact(items) and PyTuple_GET_SIZE(items) == 0):
            self.fill(items)

    def __dealloc__(self):
        self.empty()

    # Storage. Nothing may create a list, dict or tuple between looking at the entries and being done with them: that
    # can run the garbage collector (up to Python 3.11), which can run anybody's code, which can change this very table.

    @cython.final
    cdef int append(self, str key, str value, uint64_t mark) except -1:
        cdef Entry *entry
        cdef Py_ssize_t room, size = ascii_size(key)
        if unlikely(size > INT32_MAX):
            raise OverflowError("a table's key is too long")
        if self.used == self.room:
            room = self.room * 2 if self.room else FIRST_ROOM
            if room > INT32_MAX:
                raise OverflowError("a table has too many pairs")
            entry = <Entry *> PyMem_Realloc(self.entries, room * sizeof(Entry))
            if entry is NULL:
                raise MemoryError
            self.entries = entry
            self.room = room
        if self.used < SHORT:
            self.enter(key, mark, self.used)
        elif self.index is not None:
            self.link(self.index, key, self.used)
        entry = &self.entries[self.used]
        Py_INCREF(key)
        Py_INCREF(value)
        entry.key = <PyObject *> key
        entry.value = <PyObject *> value
        entry.mark = mark
        entry.size = <int32_t> size
        self.used += 1
        self.live += 1
        return 0

    cdef void vacate(self, Py_ssize_t at) noexcept:
        """Make a hole. tidy() has to follow."""
        cdef Entry *entry = &self.entries[at]
        Py_DECREF(<object> entry.key)
        Py_DECREF(<object> entry.value)
        entry.key = entry.value = NULL
        self.live -= 1

    cdef void tidy(self) noexcept:
        """Find the first pair; squeeze the holes out, of a long table only when they outnumber the pairs."""
        cdef Py_ssize_t at, to = 0
        while self.first < self.used and self.entries[self.first].key is NULL:
            self.first += 1
        if self.used > SHORT and self.used - self.live <= self.live:
            return
        memset(self.slots, 0, SLOTS)
        for at in range(self.first, self.used):
            if self.entries[at].key is not NULL:
                self.entries[to] = self.entries[at]
                if to < SHORT:
                    self.enter(<str> self.entries[to].key, self.entries[to].mark, to)
                to += 1
        self.used = to
        self.first = 0
        self.index = None

    cdef void empty(self) noexcept:
        cdef Py_ssize_t at
        for at in range(self.first, self.used):
            if self.entries[at].key is not NULL:
                self.vacate(at)
        PyMem_Free(self.entries)
        self.entries = NULL
        self.room = self.used = self.first = 0
        self.index = None
        memset(self.slots, 0, SLOTS)

    # The slots of a short table: a key stands at its mark's slot or in the next free one after it.

    @cython.final
    cdef void enter(self, str key, uint64_t mark, Py_ssize_t at) noexcept:
        cdef size_t slot = slot_of(mark)
        cdef Py_ssize_t here, size = ascii_size(key)
        self.entries[at].next = <int32_t> at
        while self.slots[slot]:
            here = <Py_ssize_t> self.slots[slot] - 1
            if self.entries[here].mark == mark and same(&self.entries[here], key, size):
                self.entries[at].next = <int32_t> here
                while self.entries[here].next > here:
                    here = self.entries[here].next
                self.entries[here].next = <int32_t> at
                return
            slot = (slot + 1) % SLOTS
        self.slots[slot] = <uint8_t> (at + 1)

    cdef inline Py_ssize_t find_in_slots(self, str key, uint64_t mark) noexcept:
        cdef size_t slot = slot_of(mark)
        cdef Py_ssize_t at, size = ascii_size(key)
        while self.slots[slot]:
            at = <Py_ssize_t> self.slots[slot] - 1
            if self.entries[at].mark == mark and same(&self.entries[at], key, size):
                return at
            slot = (slot + 1) % SLOTS
        return -1

    # The index of a long table

    cdef int link(self, dict index, str key, Py_ssize_t at) except -1:
        """Enter the last pair into the index and into the ring of the pairs of its key."""
        cdef str folded = fold(key)
        cdef PyObject *known = PyDict_GetItemWithError(index, folded)
        cdef Py_ssize_t last = at if known is NULL else <Py_ssize_t> <object> known
        cdef Py_ssize_t start = at if known is NULL else self.entries[last].next
        index[folded] = at
        self.entries[last].next = <int32_t> at
        self.entries[at].next = <int32_t> start
        return 0

    cdef int make_index(self) except -1:
        cdef dict index = {}
        cdef Py_ssize_t at
        for at in range(self.first, self.used):
            if self.entries[at].key is not NULL:
                self.link(index, <str> self.entries[at].key, at)
        if self.used > SHORT:  # making the dict can have run code that emptied the table
            self.index = index
        return 0

    cdef Py_ssize_t find_in_index(self, str key) except -2:
        cdef PyObject *last = PyDict_GetItemWithError(self.index, fold(key))
        return -1 if last is NULL else self.entries[<Py_ssize_t> <object> last].next

    # Search

    cdef Py_ssize_t find(self, str key, uint64_t mark) except -2:
        """The position of the first pair of that key; -1 if there is none."""
        if self.used > SHORT and self.index is None:
            self.make_index()
        if self.used <= SHORT:
            return self.find_in_slots(key, mark)
        return self.find_in_index(key)

    cdef inline Py_ssize_t seek(self, object key) except -2:
        """find() for a key from outside."""
        if likely(PyUnicode_CheckExact(key) and PyUnicode_IS_COMPACT_ASCII(key) and self.used <= SHORT):
            return self.find_in_slots(<str> key, mark_of(<str> key))
        return self.seek_slowly(key)

    cdef Py_ssize_t seek_slowly(self, object key) except -2:
        cdef str wanted = text_of(key, b"key")
        return self.find(wanted, mark_of(wanted))

    cdef inline Py_ssize_t after(self, Py_ssize_t at) noexcept:
        """The position of the next pair of the same key; -1 if that was the last."""
        return self.entries[at].next if self.entries[at].next > at else -1

    cdef list spelled(self):
        """keys(), also in a subclass that has other ideas about that method."""
        cdef list result = []
        cdef Py_ssize_t at
        for at in range(self.first, self.used):
            if self.entries[at].key is not NULL:
                result.append(<str> self.entries[at].key)
        return result

    cdef list pairs(self):
        """items(), also in a subclass that has other ideas about that method."""
        cdef list result = []
        cdef Py_ssize_t at = self.first
        cdef str key, value
        while at < self.used:  # asked again each time: a new tuple can run the garbage collector
            if self.entries[at].key is not NULL:
                key = <str> self.entries[at].key
                value = <str> self.entries[at].value
                result.append((key, value))
            at += 1
        return result

    # Changes

    cdef int put(self, str key, str value) except -1:
        """As apr_table_set(): the first pair of that key gets the value and keeps its spelling, the others go."""
        cdef uint64_t mark = mark_of(key)
        cdef Py_ssize_t at = self.find(key, mark), other
        cdef PyObject *old
        if at < 0:
            return self.append(key, value, mark)
        other = self.after(at)
        if other >= 0 and self.index is not None:
            self.index[fold(key)] = at
        old = self.entries[at].value
        Py_INCREF(value)
        self.entries[at].value = <PyObject *> value
        Py_DECREF(<object> old)
        if other >= 0:
            self.entries[at].next = <int32_t> at
            self.vacate_from(other)
        return 0

    cdef int remove(self, str key) except -1:
        cdef Py_ssize_t at = self.find(key, mark_of(key))
        if at < 0:
            return 0
        if self.index is not None:
            del self.index[fold(key)]
        self.vacate_from(at)
        return 0

    cdef void vacate_from(self, Py_ssize_t at) noexcept:
        """Take out a pair and those of the same key after it."""
        cdef Py_ssize_t next
        while at >= 0:
            next = self.after(at)
            self.vacate(at)
            at = next
        self.tidy()

    cdef int fill(self, object items) except -1:
        """What the constructor and update() do."""
        cdef Py_ssize_t at
        cdef tuple pair
        if isinstance(items, mp_table):
            return self.merge((<mp_table> items).pairs())
        if hasattr(items, "keys"):
            for key in items.keys():
                self.put(written(key, b"key"), written(items[key], b"value"))
            return 0
        for at, given in enumerate(items):
            pair = pair_of(given, at)
            self.put(written(pair[0], b"key"), written(pair[1], b"value"))
        return 0

    cdef int merge(self, list pairs) except -1:
        """The keys of another table replace ours; its duplicates stay duplicates."""
        cdef set seen = set()
        cdef str key, value, folded
        for key, value in pairs:
            folded = fold(key)
            if folded in seen:
                self.append(key, value, mark_of(key))
            else:
                seen.add(folded)
                self.put(key, value)
        return 0

    cdef int extend(self, object pairs) except -1:
        cdef Py_ssize_t at
        cdef tuple pair
        cdef str key
        for at, given in enumerate(pairs):
            pair = pair_of(given, at)
            key = text_of(pair[0], b"key")
            self.append(key, text_of(pair[1], b"value"), mark_of(key))
        return 0

    # Tables from elsewhere

    @classmethod
    def from_pairs(cls, pairs, /):
        """Give a table of these (key, value) pairs, duplicates kept. A subclass's __init__ is not called.

        Raises TypeError if a key or value is neither str nor bytes, or an element no sequence; ValueError if an element
        has not length 2.
        """
        cdef mp_table result = mp_table.__new__(cls)
        result.extend(pairs)
        return result

    @classmethod
    def from_environ(cls, environ, /):
        """Give the request headers of a WSGI environ (PEP 3333), in its order. A subclass's __init__ is not called.

        'HTTP_USER_AGENT' becomes 'User-Agent'; CONTENT_TYPE and CONTENT_LENGTH count where they are not empty. Values
        become UTF-8 text with surrogateescape. All that the client sent is there, also 'Proxy', which a CGI environment
        must not pass on.

        Raises TypeError if a header's value is not str.
        """
        cdef mp_table result = mp_table.__new__(cls)
        cdef dict source = environ if PyDict_CheckExact(environ) else dict(environ)
        cdef dict names = _names
        cdef PyObject *key
        cdef PyObject *value
        cdef Py_ssize_t place = 0
        cdef str variable, name, text
        while PyDict_Next(source, &place, &key, &value):
            if not PyUnicode_Check(<object> key):
                continue
            variable = text_of(<object> key, b"key")
            name = header_name(variable, names)
            if name is None:
                continue
            text = wsgi_text(<object> value, variable)
            if PyUnicode_GET_LENGTH(text) > 0 or variable not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
                result.append(name, text, mark_of(name))
        return result

    # The mapping

    def __len__(self):
        return self.live

    def __contains__(self, key):
        return self.seek(key) >= 0

    def __getitem__(self, key):
        cdef Py_ssize_t at = self.seek(key)
        cdef list found
        if at < 0:
            raise KeyError(key)
        if self.after(at) < 0:
            return <str> self.entries[at].value
        found = []
        at = self.seek(key)
        while at >= 0:
            found.append(<str> self.entries[at].value)
            at = self.after(at)
        return found

    def __setitem__(self, key, value):
        self.put(text_of(key, b"key"), text_of(value, b"value"))

    def __delitem__(self, key):
        self.remove(text_of(key, b"key"))

    def __iter__(self):
        return iter(self.spelled())

    def __eq__(self, other):
        if isinstance(other, mp_table):
            return self.as_dict() == (<mp_table> other).as_dict()
        if isinstance(other, (dict, Mapping)):
            return self.as_dict() == dict(other)
        return NotImplemented

    cdef dict as_dict(self):
        """The spelled keys with what t[key] gives, as dict(t) would be."""
        cdef list pairs = self.pairs()
        cdef dict found = {}
        cdef str key, value
        for key, value in pairs:
            found.setdefault(fold(key), []).append(value)
        return {key: found[fold(key)] if len(found[fold(key)]) > 1 else value for key, value in pairs}

    def __repr__(self):
        return "{" + ", ".join([f"{key!r}: {value!r}" for key, value in self.pairs()]) + "}"

    def __sizeof__(self):
        return object.__sizeof__(self) + self.room * sizeof(Entry)

    def __reduce__(self):
        kind = type(self)
        if kind is mp_table:
            return restore, (self.pairs(),)
        return restore, (self.pairs(), kind), state_of(self)

    def has_key(self, key, /):
        """Give 1 if there is a pair of that key, else 0."""
        return 1 if self.seek(key) >= 0 else 0

    def keys(self):
        """Give the list of the keys as written, one for each pair."""
        return self.spelled()

    def values(self):
        """Give the list of the values, one for each pair."""
        cdef list result = []
        cdef Py_ssize_t at
        for at in range(self.first, self.used):
            if self.entries[at].key is not NULL:
                result.append(<str> self.entries[at].value)
        return result

    def items(self):
        """Give the list of the (key, value) pairs."""
        return self.pairs()

    def iterkeys(self):
        """Give an iterator over keys()."""
        return iter(self.keys())

    def itervalues(self):
        """Give an iterator over values()."""
        return iter(self.values())

    def iteritems(self):
        """Give an iterator over items()."""
        return iter(self.items())

    def add(self, key, val, /):
        """Append a pair, whether or not the key is there already (a second Set-Cookie).

        Raises TypeError if the key or value is neither str nor bytes.
        """
        cdef str name = text_of(key, b"key")
        self.append(name, text_of(val, b"value"), mark_of(name))

    def setdefault(self, key, default="", /):
        """Give the first value of *key*; if there is none, store *default* and give that.

        Raises TypeError if the key or *default* is neither str nor bytes.
        """
        cdef str name = text_of(key, b"key")
        cdef str value = text_of(default, b"value")
        cdef uint64_t mark = mark_of(name)
        cdef Py_ssize_t at = self.find(name, mark)
        if at >= 0:
            return <str> self.entries[at].value
        self.append(name, value, mark)
        return value

    def popitem(self):
        """Take the first pair out and give it. Raises KeyError if the table is empty."""
        cdef Py_ssize_t at = self.first, last
        cdef str key, value, folded
        if self.live == 0:
            raise KeyError("popitem(): table is empty")
        key = <str> self.entries[at].key
        value = <str> self.entries[at].value
        if self.index is not None:
            folded = fold(key)
            last = self.index[folded]
            if last == at:
                del self.index[folded]
            else:
                self.entries[last].next = self.entries[at].next
        self.vacate(at)
        self.tidy()
        return key, value

    def update(self, items, /):
        """Set each key of a mapping, a table or a sequence of pairs, as the constructor does, and with its errors."""
        self.fill(items)

    def clear(self):
        """Take all pairs out."""
        self.empty()

    def copy(self):
        """Give a mp_table of the same pairs, duplicates included. (copy.copy() keeps a subclass and its attributes.)"""
        cdef mp_table result = mp_table.__new__(mp_table)
        cdef Py_ssize_t at
        for at in range(self.first, self.used):
            if self.entries[at].key is not NULL:
                result.append(<str> self.entries[at].key, <str> self.entries[at].value, self.entries[at].mark)
        return result


# get() as METH_FASTCALL. What Cython makes of a method also takes keywords, to refuse them, and holds its arguments:
# that is a fifth of the whole call (benchmarks/bench_table.py).
cdef extern from *:
    """
    static PyMethodDef modpy_get = {
        "get", NULL, METH_FASTCALL,
        "get($self, key, default=None, /)\\n--\\n\\nGive the first value of *key*; *default* if there is none."
    };
    """
    ctypedef struct PyMethodDef:
        void *ml_meth
    PyMethodDef modpy_get
    object PyDescr_NewMethod(PyTypeObject *kind, PyMethodDef *method)


cdef object get(mp_table self, PyObject **arguments, Py_ssize_t count):
    cdef Py_ssize_t at
    if count != 1 and count != 2:
        raise TypeError(f"get() takes 1 or 2 arguments, not {count}")
    at = self.seek(<object> arguments[0])
    if at >= 0:
        return <str> self.entries[at].value
    return <object> arguments[1] if count == 2 else None


modpy_get.ml_meth = <void *> get
setattr(mp_table, "get", PyDescr_NewMethod(<PyTypeObject *> mp_table, &modpy_get))

mp_table.__name__ = "mp_table"  # without the module: what str() of the type shows
table = mp_table
