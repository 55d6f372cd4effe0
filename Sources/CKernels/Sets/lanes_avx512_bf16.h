// For files compiled for AVX512-BF16: 16 floats, or 32 numbers rounded to bfloat16, which is to the nearest,
// ties to even; subnormal ones become zero.

#include "lanes_avx512.h"

#if !defined(DQN_PLAYS_AVX512)

/// Lane n of `first` beside lane n of `second`, rounded.
INLINED lanes rounded_pairs(lanes first, lanes second) {
    const __m512i order = _mm512_set_epi16(
        31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4,
        19, 3, 18, 2, 17, 1, 16, 0
    );
    return (lanes)_mm512_permutexvar_epi16(
        order, (__m512i)_mm512_cvtne2ps_pbh((__m512)second, (__m512)first)
    );
}

INLINED void store_rounded(uint16_t *place, lanes numbers) {
    _mm256_storeu_si256((__m256i *)(void *)place, (__m256i)_mm512_cvtneps_pbh((__m512)numbers));
}

INLINED void store_rounded_masked(lane_mask mask, uint16_t *place, lanes numbers) {
    _mm256_mask_storeu_epi16(place, mask, (__m256i)_mm512_cvtneps_pbh((__m512)numbers));
}

/// sum + the products of the pairs in the lanes of `left` and `right`, one after the other.
INLINED lanes add_pair_products(lanes left, lanes right, lanes sum) {
    return (lanes)_mm512_dpbf16_ps((__m512)sum, (__m512bh)left, (__m512bh)right);
}

#endif
