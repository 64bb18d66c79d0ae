"""Looking at sixteen bytes at once.

Law: C with GNU vectors, which gcc and clang turn into whatever the machine has; only taking the answer out of a vector
differs (a machine instruction on x86, a multiplication elsewhere).
"""

from libc.stdint cimport uint8_t, uint32_t

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
    #endif

    /* Copies sixteen bytes, each '+' as *plus*. Gives the bits of the percent signs. */
    static inline uint32_t modpy_copy(const uint8_t *source, uint8_t *target, uint8_t plus) {
        modpy_block block = modpy_load(source);
        modpy_block changed = block ^ ((modpy_block) (block == modpy_each('+')) & modpy_each('+' ^ plus));
        memcpy(target, &changed, sizeof changed);
        return modpy_bits((modpy_block) (block == modpy_each('%')));
    }

    #define modpy_lowest(bits) __builtin_ctz(bits)
    #define modpy_highest(bits) (31 - __builtin_clz(bits))
    #endif
    """
    uint32_t copy_block "modpy_copy"(const uint8_t *source, uint8_t *target, uint8_t plus) noexcept nogil
    int lowest "modpy_lowest"(uint32_t bits) noexcept nogil  # of bits that are not 0
    int highest "modpy_highest"(uint32_t bits) noexcept nogil
