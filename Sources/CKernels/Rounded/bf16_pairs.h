#ifndef CKERNELS_BF16_PAIRS_H
#define CKERNELS_BF16_PAIRS_H

/// Lane n of `first` beside lane n of `second`, rounded.
INLINED __m512i pairs_to_bf16(lanes first, lanes second) {
    const __m512i order = _mm512_set_epi16(
        31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8, 23, 7, 22, 6, 21, 5, 20, 4,
        19, 3, 18, 2, 17, 1, 16, 0
    );
    return _mm512_permutexvar_epi16(
        order, (__m512i)_mm512_cvtne2ps_pbh((__m512)second, (__m512)first)
    );
}

#endif
