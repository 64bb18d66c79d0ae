"""The options of a header's value: `form-data; name="a"; filename="b"` (RFC 9110, 5.6.6; RFC 7578, 4.2).

Law: whatever is written, it is read to the end and nothing is refused; of what is no option, nothing is made.
"""

from libc.stdint cimport uint8_t
from libc.string cimport memchr

cdef struct Option:
    const uint8_t *key
    Py_ssize_t key_size
    const uint8_t *value
    Py_ssize_t size  # of the value
    bint quoted


cdef inline bint is_blank(uint8_t letter) noexcept nogil:
    return letter == 32 or letter == 9


cdef inline const uint8_t *skip_blanks(const uint8_t *at, const uint8_t *end) noexcept nogil:
    while at < end and is_blank(at[0]):
        at += 1
    return at


cdef inline const uint8_t *without_blanks(const uint8_t *start, const uint8_t *end) noexcept nogil:
    """Where the text ends without the blanks at its end."""
    while end > start and is_blank((end - 1)[0]):
        end -= 1
    return end


cdef inline const uint8_t *find_end(const uint8_t *at, const uint8_t *end) noexcept nogil:
    """The next semicolon, or the end."""
    cdef const void *found = memchr(at, 59, end - at)
    return <const uint8_t *> found if found is not NULL else end


cdef inline const uint8_t *find_quote(const uint8_t *at, const uint8_t *end) noexcept nogil:
    """Where a quoted text ends: at the first quote without a backslash before it.

    If there is none, then at the first quote: some browsers write `name="ends with \\"`, and mean the backslash.
    """
    cdef const uint8_t *place = at
    cdef const void *found
    while place < end:
        if place[0] == 34:
            return place
        place += 2 if place[0] == 92 else 1
    found = memchr(at, 34, end - at)
    return <const uint8_t *> found if found is not NULL else end


cdef inline const uint8_t *next_option(const uint8_t *at, const uint8_t *end, Option *option) noexcept nogil:
    """Read the option after the semicolon at *at*. Give where it ends; NULL if there is none."""
    while True:
        while at < end and (at[0] == 59 or is_blank(at[0])):
            at += 1
        if at == end:
            return NULL
        option.key = at
        while at < end and at[0] != 61 and at[0] != 59:
            at += 1
        if at < end and at[0] == 61:
            break
    option.key_size = without_blanks(option.key, at) - option.key
    at = skip_blanks(at + 1, end)
    option.value = at
    option.quoted = at < end and at[0] == 34
    if option.quoted:
        option.value += 1
        at = find_quote(option.value, end)
        option.size = at - option.value
    at = find_end(at, end)
    if not option.quoted:
        option.size = without_blanks(option.value, at) - option.value
    return at


cdef inline bint is_called(const Option *option, const char *key, Py_ssize_t size) noexcept nogil:
    """Whether an option has this key, which is given in small letters."""
    cdef Py_ssize_t at
    if option.key_size != size:
        return False
    for at in range(size):
        if (option.key[at] | 32 if 65 <= option.key[at] <= 90 else option.key[at]) != <uint8_t> key[at]:
            return False
    return True
