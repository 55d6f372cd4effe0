#ifndef CKERNELS_DENSE_H
#define CKERNELS_DENSE_H

#include <stdbool.h>
#include <stddef.h>

#include "product.h"

/// The sizes of a dense layer over a batch: `count` rows of `inputs` numbers become `count` rows of
/// `outputs` numbers. Weights have the shape (inputs, outputs).
typedef struct {
    ptrdiff_t count, inputs, outputs;
} dqn_dense_sizes;

/// The inputs are summed in so many blocks of about the same length.
static inline ptrdiff_t dqn_dense_blocks(dqn_dense_sizes sizes) {
    return (sizes.inputs + dqn_sum_length - 1) / dqn_sum_length;
}

/// The first input of a block; the number of inputs for the one after the last.
static inline ptrdiff_t dqn_dense_block(dqn_dense_sizes sizes, ptrdiff_t block) {
    return block * sizes.inputs / dqn_dense_blocks(sizes);
}

/// Columns `first` ..< `end` of output = input · weights + bias, max(0, ·) if `rectifies`.
///
/// `output` points to the first of these columns in the first row.
void dqn_dense_forward_avx512(
    dqn_dense_sizes sizes, const float *input, const float *weights, const float *bias,
    bool rectifies, ptrdiff_t first, ptrdiff_t end, float *output
);

/// The same for one row of input, at the speed of memory, as far as `dqn_single_row_columns` fit:
/// returns how many columns are done.
///
/// Half of what comes out of a rectified layer is zero, and the weights it would meet are not read.
/// Where those are finite the result is that of the sum over all, to the bit.
enum { dqn_single_row_columns = 128 };

ptrdiff_t dqn_dense_forward_one_avx512(
    dqn_dense_sizes sizes, const float *input, const float *weights, const float *bias,
    bool rectifies, ptrdiff_t first, ptrdiff_t end, float *output
);

/// Columns `first` ..< `end` of the gradient that reaches the input.
///
/// `transposed_gradient` is the output's gradient, shape (outputs, count); `scratch` has room for
/// `dense_rows` · count floats.
void dqn_dense_input_gradient_avx512(
    dqn_dense_sizes sizes, const float *transposed_gradient, const float *weights, ptrdiff_t first,
    ptrdiff_t end, float *input_gradient, float *scratch
);

/// Rows `first` ..< `end` of the gradient of the weights, written to `weight_gradient` from its
/// beginning.
void dqn_dense_weight_gradient_avx512(
    dqn_dense_sizes sizes, const float *input, const float *output_gradient, ptrdiff_t first,
    ptrdiff_t end, float *weight_gradient
);

enum { dqn_dense_rows = 16 };

// The same in bfloat16, sums in single precision.

void dqn_dense_forward_avx512_bf16(
    dqn_dense_sizes sizes, const float *input, const float *weights, const float *bias,
    bool rectifies, ptrdiff_t first, ptrdiff_t end, float *output
);

/// Floats that `dqn_dense_prepare_bf16` fills.
ptrdiff_t dqn_dense_prepared_bf16(dqn_dense_sizes sizes);

/// Lays the output's gradient out as both gradients are computed from.
void dqn_dense_prepare_bf16(
    dqn_dense_sizes sizes, const float *output_gradient, float *prepared
);

/// `scratch` has room for `dense_rows` · count floats.
void dqn_dense_input_gradient_avx512_bf16(
    dqn_dense_sizes sizes, const float *prepared, const float *weights, ptrdiff_t first,
    ptrdiff_t end, float *input_gradient, float *scratch
);

void dqn_dense_weight_gradient_avx512_bf16(
    dqn_dense_sizes sizes, const float *input, const float *prepared, ptrdiff_t first,
    ptrdiff_t end, float *weight_gradient
);

#endif
