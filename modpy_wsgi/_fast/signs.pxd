"""Finding the signs that matter in a form's text: separators, '=', '%' and '+'.

Law: each byte is looked at once, 64 at a time. What comes out has one mark for each separator and '=', however long the
text between them is, and tells of each stretch of text before them whether there is something to decode in it.
"""

from libc.stdint cimport uint8_t, uint16_t, uint32_t

from modpy_wsgi._fast.block cimport BLOCK  # and with it modpy_block

cdef enum:
    WINDOW = 4096  # bytes that find_marks() looks at together

cdef extern from *:
    """
    #ifndef MODPY_SIGNS
    #define MODPY_SIGNS

    enum { modpy_window = 4096 };

    /* A mark is where a separator or '=' stands, times two; and one more if there is something to decode between the
       mark before and this one. */
    typedef struct {
        uint32_t count;
        uint32_t decode;  /* whether there is something to decode after the last mark */
        uint16_t marks[modpy_window + 1];
    } modpy_marks;

    /* The 64 bytes of a text from *at* on: their place, and the bits of those that count. Of a text that ends before,
       these are its last 64; of one that has no more than that, a copy, which is followed by NULs. */
    static inline const uint8_t *modpy_part(
        const uint8_t *data, uint32_t size, uint32_t *at, uint8_t *copy, uint64_t *inside
    ) {
        uint32_t rest = size - *at;
        *inside = ~0ULL;
        if (rest >= 64) return data + *at;
        if (size >= 64) {
            *inside = ~0ULL << (64 - rest);
            *at = size - 64;
            return data + *at;
        }
        *inside = (1ULL << rest) - 1;  /* a separator can be NUL */
        memset(copy, 0, 64);
        return memcpy(copy, data, size);
    }

    static inline void modpy_add_marks(modpy_marks *found, uint32_t at, uint64_t ends, uint64_t decodes) {
        uint16_t *mark = found->marks + found->count;
        uint32_t decode = found->decode;
        for (; ends; ends &= ends - 1) {
            uint64_t before = decodes & ((ends & -ends) - 1);
            *mark++ = (uint16_t) ((at + (uint32_t) modpy_lowest(ends)) << 1 | decode | (before != 0));
            decodes ^= before;
            decode = 0;
        }
        found->count = (uint32_t) (mark - found->marks);
        found->decode = decode | (decodes != 0);
    }

    static void modpy_mark_signs(
        const uint8_t *data, uint32_t size, uint8_t one, uint8_t other, modpy_marks *found
    ) {
        const modpy_block first = modpy_each(one), second = modpy_each(other), equals = modpy_each('=');
        const modpy_block percent = modpy_each('%'), plus = modpy_each('+');
        uint8_t copy[64];
        for (uint32_t next = 0; next < size; next += 64) {
            uint32_t at = next;
            uint64_t inside, ends = 0, decodes = 0;
            const uint8_t *place = modpy_part(data, size, &at, copy, &inside);
            for (int step = 0; step < 64; step += 16) {
                modpy_block block = modpy_load(place + step);
                modpy_block ending = (modpy_block) ((block == first) | (block == second) | (block == equals));
                ends |= (uint64_t) modpy_bits(ending) << step;
                decodes |= (uint64_t) modpy_bits((modpy_block) ((block == percent) | (block == plus))) << step;
            }
            modpy_add_marks(found, at, ends & inside, decodes & inside);
        }
    }

    #ifdef MODPY_WIDE
    /* The same with registers of 32 bytes, for '&' and one other separator: finding marks is most of what there is to
       do besides making names and values. The low half of a byte picks a letter from a table; four signs pick
       themselves. */
    static const uint8_t modpy_sign_table[32] = {
        255, 0, 0, 0, 0, '%', '&', 0, 0, 0, 0, '+', 0, '=', 0, 0,
        255, 0, 0, 0, 0, '%', '&', 0, 0, 0, 0, '+', 0, '=', 0, 0,
    };

    __attribute__((target("avx2"))) static void modpy_mark_signs_wide(
        const uint8_t *data, uint32_t size, uint8_t other, modpy_marks *found
    ) {
        const modpy_wide_block none = {0}, second = other - none, percent = '%' - none, plus = '+' - none;
        modpy_wide_block table;
        uint8_t copy[64];
        memcpy(&table, modpy_sign_table, 32);
        for (uint32_t next = 0; next < size; next += 64) {
            uint32_t at = next;
            uint64_t inside, signs, decodes;
            const uint8_t *place = modpy_part(data, size, &at, copy, &inside);
            modpy_wide_block low, high;
            memcpy(&low, place, 32);
            memcpy(&high, place + 32, 32);
            signs = modpy_wide_bits((modpy_wide_picked(table, low) == low) | (low == second));
            signs |= (uint64_t) modpy_wide_bits((modpy_wide_picked(table, high) == high) | (high == second)) << 32;
            signs &= inside;
            if (!signs) continue;
            decodes = modpy_wide_bits((low == percent) | (low == plus));
            decodes |= (uint64_t) modpy_wide_bits((high == percent) | (high == plus)) << 32;
            modpy_add_marks(found, at, signs & ~decodes, signs & decodes);
        }
    }
    #endif

    /* Marks a text, or the first 4,096 bytes of what has more. Its end has a mark too. */
    static inline void modpy_find_marks(
        const uint8_t *data, Py_ssize_t size, uint8_t one, uint8_t other, modpy_marks *found
    ) {
        uint32_t length = (uint32_t) (size < modpy_window ? size : modpy_window);
        found->count = 0;
    #ifdef MODPY_WIDE
        if (one == '&' && other != '%' && other != '+' && __builtin_cpu_supports("avx2")) {
            modpy_mark_signs_wide(data, length, other, found);
        } else
    #endif
        modpy_mark_signs(data, length, one, other, found);
        if (size < modpy_window) found->marks[found->count++] = (uint16_t) (length << 1 | found->decode);
    }
    #endif
    """
    ctypedef struct Marks "modpy_marks":
        uint32_t count
        uint32_t decode
        uint16_t marks[WINDOW + 1]
    void find_marks "modpy_find_marks"(
        const uint8_t *data, Py_ssize_t size, uint8_t one, uint8_t other, Marks *found
    ) noexcept nogil
