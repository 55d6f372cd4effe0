// What `lanes_avx512.h` and `lanes_avx512_bf16.h` take their instructions for, without: kernels for those CPUs
// can be tested on others. See `sets.c`.

// Vectors of 16 are passed to functions that are all inlined.
#pragma clang diagnostic ignored "-Wpsabi"

typedef uint16_t rounded_lanes __attribute__((ext_vector_type(LANES)));
typedef rounded_lanes rounded_lanes_anywhere __attribute__((aligned(2), may_alias));

INLINED lanes load_masked(lane_mask mask, const void *place) {
    const float *from = place;
    lanes numbers = 0;
    for (int i = 0; i < LANES; i++) {
        if (mask >> i & 1) numbers[i] = from[i];
    }
    return numbers;
}

INLINED void store_masked(lane_mask mask, void *place, lanes numbers) {
    float *to = place;
    for (int i = 0; i < LANES; i++) {
        if (mask >> i & 1) to[i] = numbers[i];
    }
}

INLINED unsigned nonzero_lanes(lane_bits numbers) {
    unsigned found = 0;
    for (int i = 0; i < LANES; i++) found |= (unsigned)(numbers[i] != 0) << i;
    return found;
}

INLINED lanes chosen(const float *numbers, lane_bits places) {
    lanes those;
    for (int i = 0; i < LANES; i++) those[i] = places[i] < 0 ? 0 : numbers[places[i]];
    return those;
}

/// Each lane rounded: its lower half is zero.
INLINED lane_bits rounded(lanes numbers) {
    const lane_bits bits = (lane_bits)numbers, sign = bits & (int)0x80000000;
    const lane_bits nearest = bits + 0x7fff + (bits >> 16 & 1);
    const lane_bits subnormal = (bits & 0x7f800000) == 0, is_nan = numbers != numbers;
    const lane_bits number = (nearest & ~subnormal & ~is_nan) | (sign & subnormal);
    return (number | ((bits | 0x400000) & is_nan)) & (int)0xffff0000;
}

INLINED rounded_lanes halves(lanes numbers) {
    return __builtin_convertvector(rounded(numbers) >> 16, rounded_lanes);
}

INLINED lanes rounded_pairs(lanes first, lanes second) {
    return (lanes)((rounded(first) >> 16 & 0xffff) | rounded(second));
}

INLINED void store_rounded(uint16_t *place, lanes numbers) {
    *(rounded_lanes_anywhere *)(void *)place = halves(numbers);
}

INLINED void store_rounded_masked(lane_mask mask, uint16_t *place, lanes numbers) {
    rounded_lanes those = halves(numbers);
    for (int i = 0; i < LANES; i++) {
        if (mask >> i & 1) place[i] = those[i];
    }
}

INLINED lanes add_pair_products(lanes left, lanes right, lanes sum) {
    const lane_bits a = (lane_bits)left, b = (lane_bits)right;
    const lane_bits upper = (int)0xffff0000;
    sum = multiply_add((lanes)(a & upper), (lanes)(b & upper), sum);
    return multiply_add((lanes)(a << 16), (lanes)(b << 16), sum);
}
