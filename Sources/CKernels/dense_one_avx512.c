#include "dense.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,popcnt"))), apply_to = function)
#define UNROLLED _Pragma("clang loop unroll(full)")

enum { LANES = 16, WIDTH = dqn_single_row_columns, VECTORS = WIDTH / LANES, AHEAD = 6 };

/// The places of all numbers that are not zero among `count` values, each increased by `offset`.
static int nonzero_places(const float *values, ptrdiff_t count, ptrdiff_t offset, int *places) {
    const __m512i lanes =
        _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    int found = 0;
    for (ptrdiff_t i = 0; i < count; i += LANES) {
        __mmask16 within = count - i < LANES ? (__mmask16)((1u << (count - i)) - 1) : 0xffff;
        __m512 vector = _mm512_maskz_loadu_ps(within, values + i);
        // Unordered, so that a NaN is no zero.
        __mmask16 mask = _mm512_cmp_ps_mask(vector, _mm512_setzero_ps(), _CMP_NEQ_UQ);
        __m512i index = _mm512_add_epi32(lanes, _mm512_set1_epi32((int)(offset + i)));
        _mm512_storeu_si512(places + found, _mm512_maskz_compress_epi32(mask, index));
        found += __builtin_popcount(mask);
    }
    return found;
}

/// Computes `WIDTH` columns.
static void columns(
    dqn_dense_sizes sizes, const float *input, const float *weights, const float *bias,
    bool rectifies, float *output
) {
    int places[dqn_sum_length + LANES];
    __m512 totals[VECTORS], sums[VECTORS];
    for (ptrdiff_t block = 0; block < dqn_dense_blocks(sizes); block++) {
        ptrdiff_t begin = dqn_dense_block(sizes, block), end = dqn_dense_block(sizes, block + 1);
        int count = nonzero_places(input + begin, end - begin, begin, places);
        UNROLLED for (int v = 0; v < VECTORS; v++) sums[v] = _mm512_setzero_ps();
        for (int i = 0; i < count; i++) {
            const float *row = weights + places[i] * sizes.outputs;
            int later = i + AHEAD < count ? i + AHEAD : i;
            const float *ahead = weights + places[later] * sizes.outputs;
            __m512 value = _mm512_set1_ps(input[places[i]]);
            UNROLLED for (int v = 0; v < VECTORS; v++) {
                _mm_prefetch(ahead + v * LANES, _MM_HINT_T0);
                sums[v] = _mm512_fmadd_ps(value, _mm512_loadu_ps(row + v * LANES), sums[v]);
            }
        }
        UNROLLED for (int v = 0; v < VECTORS; v++) {
            totals[v] = block > 0 ? _mm512_add_ps(sums[v], totals[v]) : sums[v];
        }
    }
    UNROLLED for (int v = 0; v < VECTORS; v++) {
        __m512 sum = _mm512_add_ps(totals[v], _mm512_loadu_ps(bias + v * LANES));
        if (rectifies) sum = _mm512_max_ps(_mm512_setzero_ps(), sum);
        _mm512_storeu_ps(output + v * LANES, sum);
    }
}

ptrdiff_t dqn_dense_forward_one_avx512(
    dqn_dense_sizes sizes, const float *input, const float *weights, const float *bias,
    bool rectifies, ptrdiff_t first, ptrdiff_t end, float *output
) {
    ptrdiff_t done = 0;
    for (; end - first - done >= WIDTH; done += WIDTH) {
        const float *place = weights + first + done;
        columns(sizes, input, place, bias + first + done, rectifies, output + done);
    }
    return done;
}

#pragma clang attribute pop

#else

ptrdiff_t dqn_dense_forward_one_avx512(
    dqn_dense_sizes sizes, const float *input, const float *weights, const float *bias,
    bool rectifies, ptrdiff_t first, ptrdiff_t end, float *output
) { __builtin_trap(); }

#endif
