"""Finding the line that ends a part of a multipart body (RFC 2046, 5.1.1).

Law: the line is "--", the boundary, "--" again if it is the last one, at most PADDING blanks and tabs, and CR LF or LF.
It starts where a line starts. What only begins like it is data.

The search looks for LF, for the second dash two bytes later, and for the boundary's last letter where that would be, in
64 places at once. No byte has a slow way of its own, as CR, LF and the boundary's letters have in a search for one of
them. Whatever the body and the boundary are, the search is linear: a boundary has no LF, so where the text agrees with
"LF -- boundary" for some letters, no other place within these letters can be one.
"""

from libc.stdint cimport uint8_t

from modpy_wsgi._fast.block cimport BLOCK  # and with it modpy_block

cdef enum:
    PADDING = 64  # blanks and tabs after a boundary; RFC 2046 allows them, and nobody sends any
    HELD = 2 + PADDING + 1  # bytes after a boundary that can wait for the next one to tell what they are

cdef enum Verdict:
    NO
    OPEN  # more bytes are needed to tell
    YES

cdef extern from *:
    """
    #ifndef MODPY_DELIMITER
    #define MODPY_DELIMITER

    enum { modpy_no, modpy_open, modpy_yes };

    /* What came after the boundary so far. */
    typedef struct {
        int size, dashes, blanks, cr;
        uint8_t bytes[2 + 64 + 1 + 1];
    } modpy_rest;

    static inline int modpy_after(modpy_rest *rest, uint8_t byte) {
        rest->bytes[rest->size++] = byte;
        if (rest->cr) return byte == '\\n' ? modpy_yes : modpy_no;
        if (rest->dashes == 1) return byte == '-' ? (rest->dashes = 2, modpy_open) : modpy_no;
        if (byte == '\\n') return modpy_yes;
        if (byte == '\\r') return rest->cr = 1, modpy_open;
        if (byte == '-' && rest->size == 1) return rest->dashes = 1, modpy_open;
        if (byte == ' ' || byte == '\\t') return ++rest->blanks > 64 ? modpy_no : modpy_open;
        return modpy_no;
    }

    static inline void modpy_begin(modpy_rest *rest) {
        rest->size = rest->dashes = rest->blanks = rest->cr = 0;
    }

    /* The same for bytes that are there. A body can be made of lines that are none but for their last letter. */
    static inline int modpy_rest_at(const uint8_t *place, const uint8_t *end, modpy_rest *rest, const uint8_t **next) {
        const uint8_t *at = place, *stop;
        rest->dashes = 0;
        if (at < end && *at == '-') {
            if (end - at < 2) return modpy_open;
            if (at[1] != '-') return modpy_no;
            rest->dashes = 2;
            at += 2;
        }
        stop = end - at > 64 ? at + 64 : end;
        while (at < stop && (*at == ' ' || *at == '\\t')) at++;
        if (at < end && *at == '\\r') at++;
        if (at == end) return modpy_open;
        *next = at + 1;
        return *at == '\\n' ? modpy_yes : modpy_no;
    }

    /* Whether the line starts at this LF. *length* is that of the pattern, LF and dashes included; all of it is there.
       *next* is where the line ends. */
    static inline int modpy_line_at(
        const uint8_t *place, const uint8_t *end, const uint8_t *pattern, Py_ssize_t length,
        modpy_rest *rest, const uint8_t **next
    ) {
        Py_ssize_t at = 0;
        int verdict;
        for (; at + 8 <= length; at += 8) {
            uint64_t ours, theirs;
            memcpy(&ours, pattern + at, 8);
            memcpy(&theirs, place + at, 8);
            if (ours != theirs) return modpy_no;
        }
        for (; at < length; at++) if (place[at] != pattern[at]) return modpy_no;
        place += length;
        verdict = modpy_rest_at(place, end, rest, next);
        if (verdict == modpy_open) {
            modpy_begin(rest);
            while (place < end) modpy_after(rest, *place++);
        }
        return verdict;
    }

    static inline modpy_block modpy_starts(const uint8_t *place, Py_ssize_t length, modpy_block last) {
        return (modpy_block) (
            (modpy_load(place) == modpy_each('\\n')) & (modpy_load(place + 2) == modpy_each('-'))
            & (modpy_load(place + length - 1) == last));
    }

    static inline uint64_t modpy_all_bits(const modpy_block *found) {
        uint64_t bits = 0;
        for (int part = 0; part < 4; part++) bits |= (uint64_t) modpy_bits(found[part]) << 16 * part;
        return bits;
    }

    /* The bits of the bytes that are equal to this one, of 64. */
    static inline uint64_t modpy_where(const uint8_t *data, uint8_t byte) {
        modpy_block found[4];
        for (int part = 0; part < 4; part++) found[part] = modpy_load(data + 16 * part) == modpy_each(byte);
        return modpy_all_bits(found);
    }

    /* Each bit and the ones below it, *size* in all. */
    static inline uint64_t modpy_smeared(uint64_t bits, Py_ssize_t size) {
        Py_ssize_t done = 1;
        if (size > 64) size = 64;
        for (; done * 2 <= size; done *= 2) bits |= bits >> done;
        return size > done ? bits | bits >> (size - done) : bits;
    }

    /* Of many places those that are worth a look. So many can only be there if somebody wanted it.

       There are none within the pattern, which has no LF. A short pattern is compared in all places at once. What comes
       after it is read in all places at once too: a sum carries the end of the boundary over the blanks after it. If no
       line ends as it should, it is only in the last place that it may still do so. */
    static inline uint64_t modpy_worth(
        const uint8_t *data, const uint8_t *pattern, Py_ssize_t length, uint64_t places
    ) {
        uint64_t dash, blank, cr, ends;
        places &= ~modpy_smeared(modpy_where(data, '\\n') >> 1, length - 1);
        if (length <= 8) for (int at = 1; at < length - 1; at++) places &= modpy_where(data + at, pattern[at]);
        if (!(places & (places - 1))) return places;
        data += length;
        dash = modpy_where(data, '-');
        blank = modpy_where(data, ' ') | modpy_where(data, '\\t');
        cr = modpy_where(data, '\\r');
        ends = (places & ~dash) | (places & dash & dash >> 1) << 2;
        ends = (ends & ~blank) | ((blank + (ends & blank)) & ~blank);
        ends = (ends & ~cr) | (ends & cr) << 1;
        if (ends & modpy_where(data, '\\n')) return places;
        return 1ULL << (63 - __builtin_clzll(places));
    }

    /* The first line between *data* and *end* that is one or, at the end, may become one; NULL if there is none. A line
       of which not even the boundary is all there is not found. */
    static const uint8_t *modpy_find_line(
        const uint8_t *data, const uint8_t *end, const uint8_t *pattern, Py_ssize_t length,
        modpy_rest *rest, const uint8_t **next, int *verdict
    ) {
        const modpy_block last = modpy_each(pattern[length - 1]);
        while (end - data >= length + 64) {
            modpy_block found[4];
            for (int part = 0; part < 4; part++) found[part] = modpy_starts(data + 16 * part, length, last);
            if (modpy_bits(found[0] | found[1] | found[2] | found[3])) {
                uint64_t places = modpy_all_bits(found);
                if (places & (places - 1)) places = modpy_worth(data, pattern, length, places);
                for (; places; places &= places - 1) {
                    const uint8_t *place = data + __builtin_ctzll(places);
                    *verdict = modpy_line_at(place, end, pattern, length, rest, next);
                    if (*verdict != modpy_no) return place;
                }
            }
            data += 64;
        }
        for (; end - data >= length; data++) {
            data = memchr(data, '\\n', (size_t) (end - data - length + 1));
            if (!data) return NULL;
            *verdict = modpy_line_at(data, end, pattern, length, rest, next);
            if (*verdict != modpy_no) return data;
        }
        return NULL;
    }

    /* The LF near the end after which the pattern begins but is not all there; NULL if there is none. There can be only
       one: the last. */
    static const uint8_t *modpy_find_start(
        const uint8_t *data, const uint8_t *end, const uint8_t *pattern, Py_ssize_t length
    ) {
        const uint8_t *place = end;
        if (end - data >= length) data = end - (length - 1);
        while (place > data) {
            if (*--place == '\\n') return memcmp(place, pattern, (size_t) (end - place)) ? NULL : place;
        }
        return NULL;
    }
    #endif
    """
    ctypedef struct Rest "modpy_rest":
        int size
        int dashes
        uint8_t bytes[HELD + 1]
    void begin "modpy_begin"(Rest *rest) noexcept nogil
    int after "modpy_after"(Rest *rest, uint8_t byte) noexcept nogil
    const uint8_t *find_line "modpy_find_line"(
        const uint8_t *data, const uint8_t *end, const uint8_t *pattern, Py_ssize_t length,
        Rest *rest, const uint8_t **next, int *verdict
    ) noexcept nogil
    const uint8_t *find_start "modpy_find_start"(
        const uint8_t *data, const uint8_t *end, const uint8_t *pattern, Py_ssize_t length
    ) noexcept nogil
