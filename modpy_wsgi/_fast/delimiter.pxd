"""Finding the line that ends a part of a multipart body (RFC 2046, 5.1.1).

Law: the line is "--", the boundary, "--" again if it is the last one, at most PADDING blanks and tabs, and CR LF or LF.
It starts where a line starts. What only begins like it is data.

The search looks for LF, for the second dash two bytes later, and for the boundary's last letter where that would be, in
64 places at once, and in these places for all the rest of such a line. No byte has a slow way of its own, as CR, LF and
the boundary's letters have in a search for one of them. Whatever the body and the boundary are, the search is linear: a
boundary has no LF, so where the text agrees with "LF -- boundary" for some letters, no other place within these letters
can be one.
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
        for (; stop - at >= 16; at += 16) {
            modpy_block block = modpy_load(at);
            modpy_block blank = (modpy_block) ((block == modpy_each(' ')) | (block == modpy_each('\\t')));
            if (modpy_bits(blank) != 0xFFFF) break;
        }
        while (at < stop && (*at == ' ' || *at == '\\t')) at++;
        if (at < end && *at == '\\r') at++;
        if (at == end) return modpy_open;
        *next = at + 1;
        return *at == '\\n' ? modpy_yes : modpy_no;
    }

    /* Whether these are the same, four bytes at least; the last ones are compared with those before them. */
    static inline int modpy_same(const uint8_t *one, const uint8_t *other, Py_ssize_t length) {
        if (length >= 16) {
            modpy_block differs = modpy_load(one + length - 16) ^ modpy_load(other + length - 16);
            for (Py_ssize_t at = 0; at < length - 16; at += 16) {
                differs |= modpy_load(one + at) ^ modpy_load(other + at);
            }
            return modpy_bits((modpy_block) (differs == modpy_each(0))) == 0xFFFF;
        }
        if (length >= 8) return !memcmp(one, other, 8) && !memcmp(one + length - 8, other + length - 8, 8);
        return !memcmp(one, other, 4) && !memcmp(one + length - 4, other + length - 4, 4);
    }

    /* Whether the line starts at this LF. *length* is that of the pattern, LF and dashes included; all of it is there.
       *next* is where the line ends. */
    static inline int modpy_line_at(
        const uint8_t *place, const uint8_t *end, const uint8_t *pattern, Py_ssize_t length,
        modpy_rest *rest, const uint8_t **next
    ) {
        int verdict;
        if (!modpy_same(place, pattern, length)) return modpy_no;
        place += length;
        verdict = modpy_rest_at(place, end, rest, next);
        if (verdict == modpy_open) {
            modpy_begin(rest);
            while (place < end) modpy_after(rest, *place++);
        }
        return verdict;
    }

    /* Each bit and the ones below it, *size* in all, which is 8 at least. */
    static inline uint64_t modpy_smeared(uint64_t bits, Py_ssize_t size) {
        Py_ssize_t done = 8;
        bits |= bits >> 1;
        bits |= bits >> 2;
        bits |= bits >> 4;
        if (size >= 16) bits |= bits >> 8, done = 16;
        if (size >= 32) bits |= bits >> 16, done = 32;
        if (size >= 64) return bits | bits >> 32;
        return bits | bits >> (size - done);
    }

    /* Of places where the line may start those that are worth a look. *after* has the bits of what comes after the
       boundary in each place: all of it is read in all places at once, and a sum carries the end of the boundary over
       the blanks after it. If no line ends as it should, it is only in the last place that it may still do so: between
       two of them there is a LF. */
    static inline uint64_t modpy_worth(uint64_t places, uint64_t dash, uint64_t blank, uint64_t cr, uint64_t lf) {
        uint64_t dashes = places & dash & dash >> 1, ends = (places & ~dash) | dashes << 2, sum, ending;
        uint64_t open = dashes >> 62 | (places & dash) >> 63;
        sum = blank + (ends & blank);
        open |= sum < blank;
        ends = (ends | sum) & ~blank;
        ending = ends & cr;
        open |= ending >> 63;
        if (((ends & ~cr) | ending << 1) & lf) return places;
        return open ? 1ULL << (63 - __builtin_clzll(places)) : 0;
    }

    /* name(): from *data* on, in steps of 64 bytes, the first 64 in which the line may start, and the bits of the
       places; or where there are fewer than *length* + 64 bytes left. It is made twice, for registers of 16 and of 32
       bytes.

       Few places pass the first test, unless somebody wants it. For these a short boundary is compared in all places at
       once. In a long one there is no LF: where one follows too early, no line starts; of lines too short to get so
       far, one more letter tells it sooner. */
    #define MODPY_PLACES(name, attribute, block_of, bits_of) \
        attribute static inline uint64_t name##_where(const uint8_t *data, uint8_t byte) { \
            const block_of none = {0}; \
            uint64_t bits = 0; \
            for (unsigned at = 0; at < 64; at += sizeof none) { \
                block_of block; \
                memcpy(&block, data + at, sizeof block); \
                bits |= (uint64_t) bits_of((block_of) (block == (byte - none))) << at; \
            } \
            return bits; \
        } \
        attribute static const uint8_t *name( \
            const uint8_t *data, const uint8_t *end, const uint8_t *pattern, Py_ssize_t length, uint64_t *found \
        ) { \
            const block_of none = {0}, lf = '\\n' - none, dash = '-' - none, last = pattern[length - 1] - none; \
            const uint8_t *after; \
            for (; end - data >= length + 64; data += 64) { \
                block_of starts[64 / sizeof none], any = none; \
                uint64_t places = 0; \
                for (unsigned part = 0; part < 64 / sizeof none; part++) { \
                    block_of first, third, final; \
                    memcpy(&first, data + part * sizeof none, sizeof none); \
                    memcpy(&third, data + part * sizeof none + 2, sizeof none); \
                    memcpy(&final, data + part * sizeof none + length - 1, sizeof none); \
                    starts[part] = (block_of) ((first == lf) & (third == dash) & (final == last)); \
                    any |= starts[part]; \
                } \
                if (!bits_of(any)) continue; \
                for (unsigned part = 0; part < 64 / sizeof none; part++) \
                    places |= (uint64_t) bits_of(starts[part]) << part * sizeof none; \
                places &= name##_where(data + 1, '-'); \
                if (length <= 10) { \
                    for (Py_ssize_t at = 3; places && at < length - 1; at++) \
                        places &= name##_where(data + at, pattern[at]); \
                } else if (places &= name##_where(data + 5, pattern[5])) { \
                    places &= ~modpy_smeared(name##_where(data, '\\n') >> 1, length - 1); \
                } \
                if (!places) continue; \
                after = data + length; \
                places = modpy_worth( \
                    places, name##_where(after, '-'), name##_where(after, ' ') | name##_where(after, '\\t'), \
                    name##_where(after, '\\r'), name##_where(after, '\\n')); \
                if (places) { \
                    *found = places; \
                    break; \
                } \
            } \
            return data; \
        }

    MODPY_PLACES(modpy_places_16, , modpy_block, modpy_bits)
    #ifdef MODPY_WIDE
    MODPY_PLACES(modpy_places_32, __attribute__((target("avx2"))), modpy_wide_block, modpy_wide_bits)
    #define modpy_places(...) \
        (__builtin_cpu_supports("avx2") ? modpy_places_32(__VA_ARGS__) : modpy_places_16(__VA_ARGS__))
    #else
    #define modpy_places modpy_places_16
    #endif

    /* The first line between *data* and *end* that is one or, at the end, may become one; NULL if there is none. A line
       of which not even the boundary is all there is not found. */
    static const uint8_t *modpy_find_line(
        const uint8_t *data, const uint8_t *end, const uint8_t *pattern, Py_ssize_t length,
        modpy_rest *rest, const uint8_t **next, int *verdict
    ) {
        while (end - data >= length + 64) {
            uint64_t places = 0;
            data = modpy_places(data, end, pattern, length, &places);
            for (; places; places &= places - 1) {
                const uint8_t *place = data + __builtin_ctzll(places);
                *verdict = modpy_line_at(place, end, pattern, length, rest, next);
                if (*verdict != modpy_no) return place;
                if (!(places & (places - 1))) data += 64;
            }
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
