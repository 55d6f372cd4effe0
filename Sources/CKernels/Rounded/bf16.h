// Numbers in single precision laid out as the products of bfloat16 read them.

#include "elementwise.h"

/// The next multiple of two.
static inline ptrdiff_t even(ptrdiff_t count) { return (count + 1) & ~(ptrdiff_t)1; }

/// target[i] = numbers[i].
static void round_to_bf16(const float *numbers, ptrdiff_t count, uint16_t *target) {
    ptrdiff_t i = 0;
    for (; i + LANES <= count; i += LANES) store_rounded(target + i, load(numbers + i));
    if (i < count) {
        lane_mask mask = first_lanes(count - i);
        store_rounded_masked(mask, target + i, load_masked(mask, numbers + i));
    }
}

/// target[2 · i] = first[i], target[2 · i + 1] = second[i], or 0 where `second` is null.
static void pair_to_bf16(
    const float *first, const float *second, ptrdiff_t count, uint16_t *target
) {
    const lanes zeros = 0;
    ptrdiff_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        lanes other = second ? load(second + i) : zeros;
        store(target + 2 * i, rounded_pairs(load(first + i), other));
    }
    if (i < count) {
        lane_mask mask = first_lanes(count - i);
        lanes other = second ? load_masked(mask, second + i) : zeros;
        store_masked(mask, target + 2 * i, rounded_pairs(load_masked(mask, first + i), other));
    }
}

/// The rows of a matrix in pairs: target[row / 2][column] = (matrix[row][column],
/// matrix[row + 1][column]), a zero where a last row has no other.
static void pair_rows_to_bf16(
    const float *matrix, ptrdiff_t row_stride, ptrdiff_t rows, ptrdiff_t columns, uint16_t *target
) {
    for (ptrdiff_t row = 0; row < rows; row += 2) {
        const float *first = matrix + row * row_stride;
        const float *second = row + 1 < rows ? first + row_stride : NULL;
        pair_to_bf16(first, second, columns, target + row * columns);
    }
}

/// The columns of a matrix in pairs: target[column / 2][row] = (matrix[row][column],
/// matrix[row][column + 1]), a zero where a last column has no other.
///
/// `scratch` has room for rows · even(columns) numbers.
static void pair_columns_to_bf16(
    const float *matrix, ptrdiff_t rows, ptrdiff_t columns, uint16_t *target, uint16_t *scratch
) {
    ptrdiff_t width = even(columns);
    for (ptrdiff_t row = 0; row < rows; row++) {
        round_to_bf16(matrix + row * columns, columns, scratch + row * width);
        if (width > columns) scratch[row * width + columns] = 0;
    }
    // A pair is moved like a number of its size.
    dqn_transpose(
        (const float *)(const void *)scratch, width / 2, rows, width / 2, (float *)(void *)target,
        rows
    );
}
