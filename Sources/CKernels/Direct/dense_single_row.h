// A dense layer for one row of input, at the speed of memory.
//
// Half of what comes out of a rectified layer is zero, and the weights it would meet are not read. Where
// those are finite the result is that of the sum over all, to the bit.

#include "dense_blocks.h"

enum {
    // So many columns' sums are in registers at a time.
    COLUMNS_AT_ONCE = 8 * LANES < dqn_single_row_columns ? 8 * LANES : dqn_single_row_columns,
    VECTORS = COLUMNS_AT_ONCE / LANES,
    AHEAD = 6,
};

/// The places of all numbers that are not zero among `count` values, each increased by `offset`.
static int nonzero_places(const float *values, ptrdiff_t count, ptrdiff_t offset, int *places) {
    int found = 0;
    for (ptrdiff_t i = 0; i < count; i++) {
        places[found] = (int)(offset + i);
        // A NaN is no zero.
        found += values[i] != 0;
    }
    return found;
}

/// output (+)= the inputs at `count` places · weights, for `COLUMNS_AT_ONCE` columns; added if `adds`.
INLINED void add_places(
    const int *places, int count, ptrdiff_t weight_row, const float *input, const float *weights,
    bool adds, float *output
) {
    lanes sums[VECTORS];
    UNROLLED for (int v = 0; v < VECTORS; v++) sums[v] = 0;
    for (int i = 0; i < count; i++) {
        const float *row = weights + places[i] * weight_row;
        int later = i + AHEAD < count ? i + AHEAD : i;
        const float *ahead = weights + places[later] * weight_row;
        lanes value = input[places[i]];
        UNROLLED for (int v = 0; v < VECTORS; v++) {
            if (v * LANES % 16 == 0) __builtin_prefetch(ahead + v * LANES, 0, 3);
            sums[v] = multiply_add(value, load(row + v * LANES), sums[v]);
        }
    }
    UNROLLED for (int v = 0; v < VECTORS; v++) {
        float *place = output + v * LANES;
        store(place, adds ? sums[v] + load(place) : sums[v]);
    }
}

/// Computes as many columns from `first` on as whole groups of `dqn_single_row_columns` fit, and returns
/// how many.
static ptrdiff_t dense_forward_one(
    dqn_dense_sizes sizes, const float *input, const float *weights, const float *bias,
    bool rectifies, ptrdiff_t first, ptrdiff_t end, float *output
) {
    int places[sum_length];
    ptrdiff_t count = (end - first) / dqn_single_row_columns * dqn_single_row_columns;
    if (count <= 0) return 0;
    for (ptrdiff_t block = 0; block < dense_blocks(sizes); block++) {
        ptrdiff_t begin = dense_block(sizes, block), next = dense_block(sizes, block + 1);
        int found = nonzero_places(input + begin, next - begin, begin, places);
        for (ptrdiff_t column = 0; column < count; column += COLUMNS_AT_ONCE) {
            const float *from = weights + first + column;
            add_places(places, found, sizes.outputs, input, from, block > 0, output + column);
        }
    }
    for (ptrdiff_t column = 0; column < count; column += LANES) {
        lanes sum = load(output + column) + load(bias + first + column);
        store(output + column, rectifies ? rectified(sum) : sum);
    }
    return count;
}
