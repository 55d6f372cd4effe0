#include "bf16.h"
#include "elementwise.h"

#if defined(__x86_64__)
#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512bw,avx512bf16"))), apply_to = function                    \
)

#include "bf16_pairs.h"

enum { LANES = 16 };

static inline __mmask16 first_lanes(ptrdiff_t count) {
    return count >= LANES ? 0xffff : (__mmask16)((1u << count) - 1);
}

void dqn_round_to_bf16(const float *numbers, ptrdiff_t count, uint16_t *target) {
    ptrdiff_t i = 0;
    for (; i + 2 * LANES <= count; i += 2 * LANES) {
        __m512 low = _mm512_loadu_ps(numbers + i), high = _mm512_loadu_ps(numbers + i + LANES);
        _mm512_storeu_si512(target + i, (__m512i)_mm512_cvtne2ps_pbh(high, low));
    }
    for (; i < count; i += LANES) {
        __mmask16 mask = first_lanes(count - i);
        __m512 low = _mm512_maskz_loadu_ps(mask, numbers + i);
        __m512i rounded = (__m512i)_mm512_cvtne2ps_pbh(_mm512_setzero_ps(), low);
        _mm512_mask_storeu_epi16(target + i, mask, rounded);
    }
}

/// target[2 · i] = first[i], target[2 · i + 1] = second[i], or 0 where `second` is null.
static void pair_to_bf16(
    const float *first, const float *second, ptrdiff_t count, uint16_t *target
) {
    const __m512 zeros = _mm512_setzero_ps();
    ptrdiff_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        __m512 other = second ? _mm512_loadu_ps(second + i) : zeros;
        _mm512_storeu_si512(target + 2 * i, pairs_to_bf16(_mm512_loadu_ps(first + i), other));
    }
    if (i < count) {
        __mmask16 mask = first_lanes(count - i);
        __m512 other = second ? _mm512_maskz_loadu_ps(mask, second + i) : zeros;
        __m512i last = pairs_to_bf16(_mm512_maskz_loadu_ps(mask, first + i), other);
        _mm512_mask_storeu_epi32(target + 2 * i, mask, last);
    }
}

#pragma clang attribute pop

#else

void dqn_round_to_bf16(const float *numbers, ptrdiff_t count, uint16_t *target) {
    __builtin_trap();
}

static void pair_to_bf16(
    const float *first, const float *second, ptrdiff_t count, uint16_t *target
) {
    __builtin_trap();
}

#endif

void dqn_pair_rows_to_bf16(
    const float *matrix, ptrdiff_t row_stride, ptrdiff_t rows, ptrdiff_t columns, uint16_t *target
) {
    for (ptrdiff_t row = 0; row < rows; row += 2) {
        const float *first = matrix + row * row_stride;
        const float *second = row + 1 < rows ? first + row_stride : NULL;
        pair_to_bf16(first, second, columns, target + row * columns);
    }
}

void dqn_pair_columns_to_bf16(
    const float *matrix, ptrdiff_t rows, ptrdiff_t columns, uint16_t *target, uint16_t *scratch
) {
    ptrdiff_t width = dqn_even(columns);
    for (ptrdiff_t row = 0; row < rows; row++) {
        dqn_round_to_bf16(matrix + row * columns, columns, scratch + row * width);
        if (width > columns) scratch[row * width + columns] = 0;
    }
    // A pair is moved like a number of its size.
    dqn_transpose(
        (const float *)(const void *)scratch, width / 2, rows, width / 2, (float *)(void *)target,
        rows
    );
}
