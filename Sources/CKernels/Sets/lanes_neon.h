// For aarch64: vectors of 4 floats, 32 of them in registers.

#define LANES 4
#include "lanes.h"

// 12 rows of 2 vectors: 24 sums.
#define MOST_ROWS 12
#define EACH_HEIGHT(does)                                                                          \
    does(1) does(2) does(3) does(4) does(5) does(6)                                                \
    does(7) does(8) does(9) does(10) does(11) does(12)

/// How many lanes are meant, the first ones.
typedef int lane_mask;

INLINED lane_mask first_lanes(ptrdiff_t count) { return count >= LANES ? LANES : (int)count; }

/// Zeros where the mask is not set.
INLINED lanes load_masked(lane_mask mask, const void *place) {
    if (mask == LANES) return load(place);
    lanes numbers = {0};
    for (int lane = 0; lane < mask; lane++) numbers[lane] = ((const float *)place)[lane];
    return numbers;
}

INLINED void store_masked(lane_mask mask, void *place, lanes numbers) {
    for (int lane = 0; lane < mask; lane++) ((float *)place)[lane] = numbers[lane];
}

/// A bit for each lane that is not zero.
INLINED unsigned nonzero_lanes(lane_bits numbers) {
    const lane_bits bits = {1, 2, 4, 8};
    return (unsigned)__builtin_reduce_or((numbers != 0) & bits);
}

/// The numbers at the places that `places` names, zero where it names none: -1.
INLINED lanes chosen(const float *numbers, lane_bits places) {
    lanes those = {0};
    for (int lane = 0; lane < LANES; lane++) {
        if (places[lane] >= 0) those[lane] = numbers[places[lane]];
    }
    return those;
}
