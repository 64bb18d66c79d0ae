"""Finding the line that ends a part of a multipart body (RFC 2046, 5.1.1).

Law: the line is "--", the boundary, "--" again if it is the last one, at most PADDING blanks and tabs, and CR LF or LF.
It starts where a line starts. What only begins like it is data.

The search looks for LF, for the second dash two bytes later, and for the boundary's last letter where that would be, in
64 places at once. No byte has a slow way of its own, as CR, LF and the boundary's letters have in a search for one of
them. Where that finds what is no such line, somebody may want it to: from there on the search sifts 4 KB at a time into
a list, and then looks at the list. It does the same for all bytes and never branches on one of them, so that lines at
odd distances do not cost a mispredicted branch each. Whatever the body and the boundary are, the search is linear: a
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
        if (length >= 8) {
            uint64_t first, last, others[2];
            memcpy(&first, one, 8);
            memcpy(&last, one + length - 8, 8);
            memcpy(others, other, 8);
            memcpy(others + 1, other + length - 8, 8);
            return !((first ^ others[0]) | (last ^ others[1]));
        }
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

    /* Bytes that may be looked at together; tests make it less. */
    static int modpy_widest = 64;

    enum {
        modpy_ahead = 2048,  /* bytes that the memory is told of before they are looked at */
        modpy_batch = 64,  /* blocks of 64 bytes that are sifted before their places are looked at */
        modpy_short = 13,  /* bytes of a pattern; up to here all of it is compared in all places at once */
        modpy_crowd = 64 / (modpy_short + 1) + 1  /* places in a block, of longer ones */
    };

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

    /* Where the ends of boundaries are followed by what may follow them. */
    typedef struct {
        uint64_t starts;  /* the places of which that is known */
        uint64_t ends;  /* of each of them one place: behind the dashes and blanks */
        uint64_t good;  /* those where the line ends */
        int open;  /* whether it is not known of the last place */
    } modpy_tails;

    /* Of places where the boundary is. The other arguments have the bits of what comes after it in each place: all of
       it is read in all places at once, and a sum carries the end of the boundary over the blanks after it. This does
       not get from one place to the next, as there is a LF between them. */
    static inline modpy_tails modpy_tails_of(uint64_t places, uint64_t dash, uint64_t blank, uint64_t cr, uint64_t lf) {
        modpy_tails tails;
        uint64_t dashes = places & dash & dash >> 1, ends = (places & ~dash) | dashes << 2;
        uint64_t sum = blank + (ends & blank);
        tails.starts = (places & ~dash) | dashes;
        tails.ends = (ends | sum) & ~blank;
        tails.good = tails.ends & (lf | (cr & lf >> 1));
        tails.open = (dashes >> 62 | (places & dash) >> 63 | (tails.ends & cr) >> 63) != 0;
        tails.open |= sum < blank;
        return tails;
    }

    /* The starts whose end is good: each has one end, in the same order. The first one gives all if there is any. */
    #define modpy_good_or_not(tails) ((tails).starts & -(uint64_t) ((tails).good != 0))
    #define modpy_good(tails) _pdep_u64(_pext_u64((tails).good, (tails).ends), (tails).starts)

    /* All this is made for registers of 16, of 32, and of 64 bytes. The last ones are for what is sifted only: where
       they make the processor slower, they do not do so for a usual body.

       name_next(): from *data* on, in steps of 64 bytes, the first 64 in which the line may start, and the bits of the
       places; or where there are fewer than *length* + 64 bytes left.

       name_sift(): the places in so many blocks where the line may start, in a list. A short boundary is compared in
       all places at once, and what comes after it as well: what is left is the last of each block if its end is not in
       sight. Where a line is one it stops, with *data* there. Of a longer boundary there can be few in a block, as
       there is no LF in it: the list gets those after which the line ends well, then they are compared.

       name_steadily(): the first line that is one, or NULL where *data* is. What is nearer to *end* than the longest
       line is left alone, so that there is an answer for each. */
    #define MODPY_PARTS _Pragma("GCC unroll 4") for (unsigned part = 0; part < 64 / sizeof none; part++)
    #define MODPY_LOOKS(name, attribute, block_of, marks_of, marks, bits_of) \
        attribute static inline marks_of name##_is(const uint8_t *data, block_of letter) { \
            block_of block; \
            memcpy(&block, data, sizeof block); \
            return marks(block, letter); \
        } \
        attribute static inline uint64_t name##_bits(const marks_of *found) { \
            const block_of none = {0}; \
            uint64_t bits = 0; \
            MODPY_PARTS bits |= (uint64_t) bits_of(found[part]) << part * sizeof none; \
            return bits; \
        } \
        attribute static inline uint64_t name##_where(const uint8_t *data, uint8_t one, uint8_t other) { \
            const block_of none = {0}; \
            marks_of found[64 / sizeof none]; \
            MODPY_PARTS found[part] = name##_is(data + part * sizeof none, one - none); \
            if (one != other) MODPY_PARTS found[part] |= name##_is(data + part * sizeof none, other - none); \
            return name##_bits(found); \
        } \
        attribute static inline uint64_t name##_alike(const uint8_t *data, const uint8_t *other) { \
            const block_of none = {0}; \
            marks_of found[64 / sizeof none]; \
            MODPY_PARTS { \
                block_of block; \
                memcpy(&block, other + part * sizeof none, sizeof none); \
                found[part] = name##_is(data + part * sizeof none, block); \
            } \
            return name##_bits(found); \
        }
    #define MODPY_NEXT(name, attribute, block_of, marks_of, bits_of) \
        attribute static const uint8_t *name##_next( \
            const uint8_t *data, const uint8_t *end, const uint8_t *pattern, Py_ssize_t length, uint64_t *found \
        ) { \
            const block_of none = {0}, lf = '\\n' - none, dash = '-' - none, last = pattern[length - 1] - none; \
            for (; end - data >= length + 64; data += 64) { \
                marks_of starts[64 / sizeof none], any = {0}; \
                MODPY_PARTS { \
                    const uint8_t *here = data + part * sizeof none; \
                    starts[part] = name##_is(here, lf) & name##_is(here + 2, dash); \
                    starts[part] &= name##_is(here + length - 1, last); \
                    any |= starts[part]; \
                } \
                if (!bits_of(any)) continue; \
                *found = name##_bits(starts); \
                break; \
            } \
            return data; \
        }
    #define MODPY_STEADILY(name, attribute, block_of, marks_of, bits_of, good_of) \
        attribute static inline int name##_sift( \
            const uint8_t **data, Py_ssize_t blocks, const uint8_t *pattern, Py_ssize_t length, const int is_short, \
            const uint8_t **list, int *stopped \
        ) { \
            const block_of none = {0}, lf = '\\n' - none, dash = '-' - none; \
            const block_of last = pattern[length - 1] - none; \
            const uint64_t all = length < 64 ? (1ULL << length) - 1 : ~0ULL; \
            const int crowd = length > 63 ? 1 : (int) (64 / length) + 1; \
            const uint8_t *at = *data; \
            block_of letter[modpy_short] = {none}, begin; \
            uint8_t begins[64]; \
            int count = 0, kept = 0; \
            uint64_t seen = 0; \
            for (Py_ssize_t each = 0; is_short && each < length; each++) letter[each] = pattern[each] - none; \
            for (; blocks; blocks--, at += 64) { \
                const uint8_t *after = at + length; \
                marks_of starts[64 / sizeof none], lines[64 / sizeof none]; \
                uint64_t places; \
                const uint8_t **next; \
                modpy_tails tails; \
                int highest; \
                __builtin_prefetch((const void *) ((uintptr_t) at + modpy_ahead)); \
                MODPY_PARTS { \
                    const uint8_t *here = at + part * sizeof none; \
                    lines[part] = name##_is(here, lf); \
                    starts[part] = lines[part] & name##_is(here + 2, dash) & name##_is(here + length - 1, last); \
                    if (is_short) starts[part] &= name##_is(here + 1, dash); \
                } \
                for (Py_ssize_t each = 3; is_short && each < length - 1; each++) \
                    MODPY_PARTS starts[part] &= name##_is(at + each + part * sizeof none, letter[each]); \
                seen |= places = name##_bits(starts); \
                if (!is_short) places &= ~modpy_smeared(name##_bits(lines) >> 1, length - 1); \
                tails = modpy_tails_of( \
                    places, name##_where(after, '-', '-'), name##_where(after, ' ', '\\t'), \
                    name##_where(after, '\\r', '\\r'), name##_where(after, '\\n', '\\n')); \
                if (is_short && tails.good) { \
                    *stopped = 1; \
                    break; \
                } \
                highest = 63 - __builtin_clzll(places | 1); \
                if (is_short) { \
                    list[count] = at + highest; \
                    count += tails.open; \
                    continue; \
                } \
                places = good_of(tails) | (uint64_t) tails.open << highest; \
                next = list + count; \
                count += __builtin_popcountll(places); \
                for (int left = crowd; left; left--) { \
                    *next++ = at + __builtin_ctzll(places | 1ULL << 63); \
                    places &= places - 1; \
                } \
            } \
            *data = at; \
            *stopped |= !seen; \
            if (is_short) return count; \
            memcpy(begins, pattern, (size_t) (length < 64 ? length : 64)); \
            memcpy(&begin, begins, sizeof begin); \
            for (int place = 0; place < count; place++) { \
                uint64_t differs = all & ~(length <= (Py_ssize_t) sizeof none \
                    ? (uint64_t) bits_of(name##_is(list[place], begin)) : name##_alike(list[place], begins)); \
                for (Py_ssize_t left = length - 64; left > 0; left -= 64) \
                    differs |= ~name##_alike(list[place] + left, pattern + left); \
                list[kept] = list[place]; \
                kept += !differs; \
            } \
            return kept; \
        } \
        attribute static inline int name##_ends(const uint8_t *at) { \
            uint64_t others; \
            at += !memcmp(at, "--", 2) * 2; \
            others = ~name##_where(at, ' ', '\\t'); \
            at += others ? __builtin_ctzll(others) : 64; \
            return (*at == '\\n') | !memcmp(at, "\\r\\n", 2); \
        } \
        attribute static const uint8_t *name##_steadily( \
            const uint8_t **data, const uint8_t *end, const uint8_t *pattern, Py_ssize_t length \
        ) { \
            const uint8_t *list[modpy_batch * modpy_crowd + modpy_crowd]; \
            int stopped = 0; \
            for (;;) { \
                Py_ssize_t blocks = (end - *data - length - 67) / 64; \
                int count; \
                if (blocks < 1) return NULL; \
                if (blocks > modpy_batch) blocks = modpy_batch; \
                count = length <= modpy_short \
                    ? name##_sift(data, blocks, pattern, length, 1, list, &stopped) \
                    : name##_sift(data, blocks, pattern, length, 0, list, &stopped); \
                for (int place = 0; place < count; place++) \
                    if (name##_ends(list[place] + length)) return list[place]; \
                if (stopped) return NULL; \
            } \
        }

    #define modpy_marks(block, letter) ((modpy_block) ((block) == (letter)))
    MODPY_LOOKS(modpy_16, , modpy_block, modpy_block, modpy_marks, modpy_bits)
    MODPY_NEXT(modpy_16, , modpy_block, modpy_block, modpy_bits)
    MODPY_STEADILY(modpy_16, , modpy_block, modpy_block, modpy_bits, modpy_good_or_not)
    #if defined(MODPY_WIDE) && defined(__x86_64__)
    #define MODPY_AVX2 __attribute__((target("avx2,bmi,bmi2")))
    #define modpy_wide_marks(block, letter) ((modpy_wide_block) ((block) == (letter)))
    MODPY_LOOKS(modpy_32, MODPY_AVX2, modpy_wide_block, modpy_wide_block, modpy_wide_marks, modpy_wide_bits)
    MODPY_NEXT(modpy_32, MODPY_AVX2, modpy_wide_block, modpy_wide_block, modpy_wide_bits)
    MODPY_STEADILY(modpy_32, MODPY_AVX2, modpy_wide_block, modpy_wide_block, modpy_wide_bits, modpy_good)

    #define modpy_has_avx2() \
        (modpy_widest >= 32 && __builtin_cpu_supports("avx2") && \
        __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2"))
    #define MODPY_AVX512 __attribute__((target("avx512bw,bmi,bmi2")))
    #define modpy_vast_marks(block, letter) ((uint64_t) _mm512_cmpeq_epi8_mask((__m512i) (block), (__m512i) (letter)))
    #define modpy_vast_bits(found) (found)
    typedef uint8_t modpy_vast_block __attribute__((vector_size(64)));
    MODPY_LOOKS(modpy_64, MODPY_AVX512, modpy_vast_block, uint64_t, modpy_vast_marks, modpy_vast_bits)
    MODPY_STEADILY(modpy_64, MODPY_AVX512, modpy_vast_block, uint64_t, modpy_vast_bits, modpy_good)

    #define modpy_next(...) (modpy_has_avx2() ? modpy_32_next(__VA_ARGS__) : modpy_16_next(__VA_ARGS__))
    #define modpy_has_avx512() (modpy_widest >= 64 && modpy_has_avx2() && __builtin_cpu_supports("avx512bw"))
    #define modpy_steadily(...) \
        (modpy_has_avx512() ? modpy_64_steadily(__VA_ARGS__) \
        : modpy_has_avx2() ? modpy_32_steadily(__VA_ARGS__) : modpy_16_steadily(__VA_ARGS__))
    #else
    #define modpy_next modpy_16_next
    #define modpy_steadily modpy_16_steadily
    #endif

    /* The first line between *data* and *end* that is one or, at the end, may become one; NULL if there is none. A line
       of which not even the boundary is all there is not found. */
    static const uint8_t *modpy_find_line(
        const uint8_t *data, const uint8_t *end, const uint8_t *pattern, Py_ssize_t length,
        modpy_rest *rest, const uint8_t **next, int *verdict
    ) {
        while (end - data >= length + 64) {
            const uint8_t *place;
            uint64_t places = 0;
            data = modpy_next(data, end, pattern, length, &places);
            if (!places) break;
            for (; places; places &= places - 1) {
                place = data + __builtin_ctzll(places);
                *verdict = modpy_line_at(place, end, pattern, length, rest, next);
                if (*verdict != modpy_no) return place;
            }
            data += 64;
            place = modpy_steadily(&data, end, pattern, length);
            if (place) {
                *verdict = modpy_line_at(place, end, pattern, length, rest, next);
                return place;
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
    int widest "modpy_widest"
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
