"""Looking at sixteen bytes at once.

Law: C with GNU vectors, which gcc and clang turn into whatever the machine has; only taking the answer out of a vector
differs (a machine instruction on x86, a multiplication elsewhere).
"""

from libc.stdint cimport uint8_t, uint32_t, uint64_t

cdef enum:
    BLOCK = 16  # bytes looked at together

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    #if defined(__SSE2__) && !defined(MODPY_NO_SSE)
    #include <immintrin.h>
    #define MODPY_WIDE
    #endif

    #ifndef MODPY_BLOCK
    #define MODPY_BLOCK

    typedef uint8_t modpy_block __attribute__((vector_size(16)));

    static inline modpy_block modpy_load(const uint8_t *place) {
        modpy_block block;
        memcpy(&block, place, sizeof block);
        return block;
    }

    static inline modpy_block modpy_each(uint8_t letter) {
        return letter - (modpy_block) {0};
    }

    /* One bit for each byte of a comparison's result, the first byte's the lowest. */
    static inline uint32_t modpy_bits(modpy_block found) {
    #if defined(__SSE2__) && !defined(MODPY_NO_SSE)
        return (uint32_t) _mm_movemask_epi8((__m128i) found);
    #elif __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        uint64_t halves[2];
        memcpy(halves, &found, sizeof halves);
        halves[0] = (halves[0] & 0x8080808080808080u) * 0x0002040810204081u >> 56;
        halves[1] = (halves[1] & 0x8080808080808080u) * 0x0002040810204081u >> 56;
        return (uint32_t) (halves[0] | halves[1] << 8);
    #else
        uint32_t bits = 0;
        for (int at = 0; at < 16; at++) bits |= (uint32_t) (found[at] & 1) << at;
        return bits;
    #endif
    }

    #ifdef MODPY_WIDE
    typedef uint8_t modpy_wide_block __attribute__((vector_size(32)));
    #define modpy_wide_bits(found) ((uint32_t) _mm256_movemask_epi8((__m256i) (found)))
    /* Of each byte, the letter of a table that its low half tells; 0 if it is above 127. */
    #define modpy_wide_picked(table, block) \
        ((modpy_wide_block) _mm256_shuffle_epi8((__m256i) (table), (__m256i) (block)))
    #endif

    /* Copies sixteen bytes, each '+' as *plus*. Gives the bits of the percent signs. */
    static inline uint32_t modpy_copy(const uint8_t *source, uint8_t *target, uint8_t plus) {
        modpy_block block = modpy_load(source);
        modpy_block changed = block ^ ((modpy_block) (block == modpy_each('+')) & modpy_each('+' ^ plus));
        memcpy(target, &changed, sizeof changed);
        return modpy_bits((modpy_block) (block == modpy_each('%')));
    }

    /* memcpy() of what is short as a rule: the call alone took as long as the copy. */
    static inline void modpy_copy_text(uint8_t *target, const uint8_t *source, Py_ssize_t size) {
        modpy_block first, second;
        uint64_t eight, last_eight;
        if (size > 512) {
            memcpy(target, source, (size_t) size);
        } else if (size >= 32) {
            const uint8_t *rest = source + size - 32;
            uint8_t *to = target + size - 32;
            for (; source < rest; source += 32, target += 32) {
                first = modpy_load(source);
                second = modpy_load(source + 16);
                memcpy(target, &first, 16);
                memcpy(target + 16, &second, 16);
            }
            first = modpy_load(rest);
            second = modpy_load(rest + 16);
            memcpy(to, &first, 16);
            memcpy(to + 16, &second, 16);
        } else if (size >= 16) {
            first = modpy_load(source);
            second = modpy_load(source + size - 16);
            memcpy(target, &first, 16);
            memcpy(target + size - 16, &second, 16);
        } else if (size >= 8) {
            memcpy(&eight, source, 8);
            memcpy(&last_eight, source + size - 8, 8);
            memcpy(target, &eight, 8);
            memcpy(target + size - 8, &last_eight, 8);
        } else {
            for (; size > 0; size--) *target++ = *source++;
        }
    }

    #define modpy_lowest(bits) __builtin_ctzll(bits)
    #define modpy_highest(bits) (63 - __builtin_clzll(bits))
    #endif
    """
    uint32_t copy_block "modpy_copy"(const uint8_t *source, uint8_t *target, uint8_t plus) noexcept nogil
    void copy_text "modpy_copy_text"(uint8_t *target, const uint8_t *source, Py_ssize_t size) noexcept nogil
    int lowest "modpy_lowest"(uint64_t bits) noexcept nogil  # of bits that are not 0
    int highest "modpy_highest"(uint64_t bits) noexcept nogil
