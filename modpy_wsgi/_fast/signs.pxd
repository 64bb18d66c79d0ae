"""Finding the signs that matter in a form's text: separators, '=', '%' and '+'."""

from libc.stdint cimport uint8_t, uint32_t

from modpy_wsgi._fast.block cimport BLOCK  # and with it modpy_block

cdef enum:
    SIGNS = 32  # bytes that next_signs() tells of

cdef extern from *:
    """
    #ifndef MODPY_SIGNS
    #define MODPY_SIGNS

    /* The signs that matter in a form's text: those that end a name or a field, and those that are to be decoded.

       next_signs() gives where the next 32 bytes with an end begin, at *at* or after it in steps of 32, or *size*;
       the bits of the ends and of the escapes in them; and where the last escape before them was, if any was passed. It
       is made twice, for registers of 16 and of 32 bytes: it is most of what there is to do besides making names and
       values. */
    #define MODPY_NEXT_SIGNS(name, attribute, block_of, bits_of) \
        attribute static inline Py_ssize_t name( \
            const uint8_t *data, Py_ssize_t at, Py_ssize_t size, uint8_t one, uint8_t other, \
            uint32_t *ends, uint32_t *escapes, Py_ssize_t *passed \
        ) { \
            const block_of none = {0}; \
            const block_of first = one - none, second = other - none, equals = '=' - none; \
            const block_of percent = '%' - none, plus = '+' - none; \
            uint8_t last[32] = {0}; \
            uint32_t inside = 0xFFFFFFFF; \
            for (; at < size; at += 32) { \
                const uint8_t *place = data + at; \
                uint32_t step; \
                if (size - at < 32) { \
                    place = memcpy(last, place, (size_t) (size - at)); \
                    inside = (1u << (size - at)) - 1;  /* a separator can be NUL */ \
                } \
                *ends = *escapes = 0; \
                for (step = 0; step < 32; step += sizeof none) { \
                    block_of block; \
                    memcpy(&block, place + step, sizeof block); \
                    *ends |= bits_of((block_of) ((block == first) | (block == second) | (block == equals))) << step; \
                    *escapes |= bits_of((block_of) ((block == percent) | (block == plus))) << step; \
                } \
                *ends &= inside; \
                *escapes &= inside; \
                if (*ends) return at; \
                if (*escapes) *passed = at + 31 - __builtin_clz(*escapes); \
            } \
            return size; \
        }

    MODPY_NEXT_SIGNS(modpy_next_signs_16, , modpy_block, modpy_bits)
    #ifdef MODPY_WIDE
    MODPY_NEXT_SIGNS(modpy_next_signs_32, __attribute__((target("avx2"))), modpy_wide_block, modpy_wide_bits)
    #define modpy_next_signs(...) \
        (__builtin_cpu_supports("avx2") ? modpy_next_signs_32(__VA_ARGS__) : modpy_next_signs_16(__VA_ARGS__))
    #else
    #define modpy_next_signs modpy_next_signs_16
    #endif
    #endif
    """
    Py_ssize_t next_signs "modpy_next_signs"(
        const uint8_t *data, Py_ssize_t at, Py_ssize_t size, uint8_t one, uint8_t other,
        uint32_t *ends, uint32_t *escapes, Py_ssize_t *passed
    ) noexcept nogil
