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

    /// Lays the output's gradient out as `input_gradient` reads it.
    void (*_Nonnull prepare)(dqn_dense_sizes sizes, const float *output_gradient, float *prepared);

    /// Floats that `lay_panels` fills.
    ptrdiff_t (*_Nonnull panels_count)(dqn_dense_sizes sizes);

    /// Lays the output's gradient out as `weight_gradient` reads it.
    void (*_Nonnull lay_panels)(
        dqn_dense_sizes sizes, const float *output_gradient, float *panels
    );

    /// Columns `first` ..< `end` of the gradient that reaches the input.
    ///
    /// Where `rectified_input`, unless null, is zero in all rows of a column, its gradient, which the
    /// rectifier would not let through, may be zero instead.
    ///
    /// `scratch` has room for `dqn_dense_scratch` floats.
    void (*_Nonnull input_gradient)(
        dqn_dense_sizes sizes, const float *prepared, const float *weights,
        const float *_Nullable rectified_input, ptrdiff_t first, ptrdiff_t end,
        float *input_gradient, float *scratch
    );

    /// Rows `first` ..< `end` of the gradient of the weights, written to `weight_gradient` from its
    /// beginning.
    ///
    /// `panels` is the output's gradient as `lay_panels` laid it out. `upcoming` and `others`, unless
    /// null, are as many floats each, which are read next: they are asked for meanwhile.
    void (*_Nonnull weight_gradient)(
        dqn_dense_sizes sizes, const float *input, const float *panels, ptrdiff_t first,
        ptrdiff_t end, const float *upcoming, const float *others, float *weight_gradient
    );
} dqn_dense_kernels;

/// Rows of the weights whose products with a gradient are computed at a time.
enum { dqn_dense_rows = 16 };

/// Floats that `input_gradient` needs beside its arguments.
static inline ptrdiff_t dqn_dense_scratch(dqn_dense_sizes sizes) {
    return dqn_dense_rows * (sizes.count + sizes.outputs);
}

/// The most rows of a batch whose gradients are computed of rounded numbers.
enum { dqn_rounded_batch = 1 << 15 };

/// Columns of a single row that are computed together, at the speed of memory.
enum { dqn_single_row_columns = 128 };

#endif
