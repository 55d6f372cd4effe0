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
