#ifndef CKERNELS_BF16_H
#define CKERNELS_BF16_H

#include <stddef.h>
#include <stdint.h>

// Numbers in single precision laid out as the products of bfloat16 read them: rounded to the
// nearest, ties to even; subnormal ones become zero.

/// The next multiple of two.
static inline ptrdiff_t dqn_even(ptrdiff_t count) { return (count + 1) & ~(ptrdiff_t)1; }

/// target[i] = numbers[i].
void dqn_round_to_bf16(const float *numbers, ptrdiff_t count, uint16_t *target);

/// The rows of a matrix in pairs: target[row / 2][column] = (matrix[row][column],
/// matrix[row + 1][column]), a zero where a last row has no other.
void dqn_pair_rows_to_bf16(
    const float *matrix, ptrdiff_t row_stride, ptrdiff_t rows, ptrdiff_t columns, uint16_t *target
);

/// The columns of a matrix in pairs: target[column / 2][row] = (matrix[row][column],
/// matrix[row][column + 1]), a zero where a last column has no other.
///
/// `scratch` has room for rows · dqn_even(columns) numbers.
void dqn_pair_columns_to_bf16(
    const float *matrix, ptrdiff_t rows, ptrdiff_t columns, uint16_t *target, uint16_t *scratch
);

#endif
