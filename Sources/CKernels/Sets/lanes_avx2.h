// For files compiled for AVX2 and FMA: vectors of 8 floats, 16 of them in registers.

#include <immintrin.h>

#define LANES 8
#include "lanes.h"

// 6 rows of 2 vectors: 12 sums, two vectors of the right side and one of the left fill the registers.
#define MOST_ROWS 6
#define EACH_HEIGHT(does) does(1) does(2) does(3) does(4) does(5) does(6)

typedef __m256i lane_mask;

INLINED lane_mask first_lanes(ptrdiff_t count) {
    const __m256i order = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count >= LANES ? LANES : (int)count), order);
}

/// Zeros where the mask is not set.
INLINED lanes load_masked(lane_mask mask, const void *place) {
    return (lanes)_mm256_maskload_ps(place, mask);
}

INLINED void store_masked(lane_mask mask, void *place, lanes numbers) {
    _mm256_maskstore_ps(place, mask, (__m256)numbers);
}

/// A bit for each lane that is not zero.
INLINED unsigned nonzero_lanes(lane_bits numbers) {
    __m256i zeros = _mm256_cmpeq_epi32((__m256i)numbers, _mm256_setzero_si256());
    return ~(unsigned)_mm256_movemask_ps((__m256)zeros) & 0xff;
}

/// The numbers at the places that `places` names, zero where it names none: -1.
INLINED lanes chosen(const float *numbers, lane_bits places) {
    __m256 those = _mm256_permutevar8x32_ps((__m256)load(numbers), (__m256i)places);
    return (lanes)((lane_bits)those & ~(places >> 31));
}
