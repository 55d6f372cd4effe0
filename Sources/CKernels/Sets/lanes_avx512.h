// For files compiled for AVX-512: vectors of 16 floats, 32 of them in registers.

#include <immintrin.h>

#define LANES 16
#include "lanes.h"

// 8 rows of 2 vectors: 16 sums, for which a step has 10 loads. Taller tiles were no faster.
#define MOST_ROWS 8
#define EACH_HEIGHT(does) does(1) does(2) does(3) does(4) does(5) does(6) does(7) does(8)

typedef __mmask16 lane_mask;

INLINED lane_mask first_lanes(ptrdiff_t count) {
    return count >= LANES ? 0xffff : (lane_mask)((1u << count) - 1);
}

#if defined(DQN_PLAYS_AVX512)
#include "lanes_played.h"
#else

/// Zeros where the mask is not set.
INLINED lanes load_masked(lane_mask mask, const void *place) {
    return (lanes)_mm512_maskz_loadu_ps(mask, place);
}

INLINED void store_masked(lane_mask mask, void *place, lanes numbers) {
    _mm512_mask_storeu_ps(place, mask, (__m512)numbers);
}

/// A bit for each lane that is not zero.
INLINED unsigned nonzero_lanes(lane_bits numbers) {
    return _mm512_test_epi32_mask((__m512i)numbers, (__m512i)numbers);
}

/// The numbers at the places that `places` names, zero where it names none: -1.
INLINED lanes chosen(const float *numbers, lane_bits places) {
    __m512 those = _mm512_permutexvar_ps((__m512i)places, (__m512)load(numbers));
    return (lanes)((lane_bits)those & ~(places >> 31));
}

#endif
