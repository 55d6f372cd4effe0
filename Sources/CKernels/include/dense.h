#ifndef CKERNELS_DENSE_H
#define CKERNELS_DENSE_H

#include <stdbool.h>
#include <stddef.h>

#include "nullability.h"

/// The sizes of a dense layer over a batch: `count` rows of `inputs` numbers become `count` rows of
/// `outputs` numbers. Weights have the shape (inputs, outputs).
typedef struct {
    ptrdiff_t count, inputs, outputs;
} dqn_dense_sizes;

typedef struct {
    /// Columns `first` ..< `end` of output = input · weights + bias, max(0, ·) if `rectifies`.
    ///
    /// `output` points to the first of these columns in the first row.
    void (*_Nonnull forward)(
        dqn_dense_sizes sizes, const float *input, const float *weights, const float *bias,
        bool rectifies, ptrdiff_t first, ptrdiff_t end, float *output
    );

    /// Floats that `prepare` fills.
    ptrdiff_t (*_Nonnull prepared_count)(dqn_dense_sizes sizes);

    /// Lays the output's gradient out as the gradients are computed from.
    void (*_Nonnull prepare)(dqn_dense_sizes sizes, const float *output_gradient, float *prepared);

    /// Columns `first` ..< `end` of the gradient that reaches the input.
    ///
    /// `scratch` has room for `dqn_dense_rows` · count floats.
    void (*_Nonnull input_gradient)(
        dqn_dense_sizes sizes, const float *prepared, const float *weights, ptrdiff_t first,
        ptrdiff_t end, float *input_gradient, float *scratch
    );

    /// Rows `first` ..< `end` of the gradient of the weights, written to `weight_gradient` from its
    /// beginning.
    ///
    /// `gradient` is the output's: as it is where floats are multiplied, prepared where rounded
    /// numbers are.
    void (*_Nonnull weight_gradient)(
        dqn_dense_sizes sizes, const float *input, const float *gradient, ptrdiff_t first,
        ptrdiff_t end, float *weight_gradient
    );
} dqn_dense_kernels;

/// Rows of the weights whose products with a gradient are computed at a time.
enum { dqn_dense_rows = 16 };

/// Columns of a single row that are computed together, at the speed of memory.
enum { dqn_single_row_columns = 128 };

#endif
