#ifndef CKERNELS_CONVOLUTION_H
#define CKERNELS_CONVOLUTION_H

#include <stdbool.h>
#include <stddef.h>

#include "nullability.h"

/// The sizes of a convolution with square kernels over channels-last images, the zeros around the
/// input counted in.
typedef struct {
    ptrdiff_t input_height, input_width, input_channels;
    ptrdiff_t output_height, output_width, output_channels;
    ptrdiff_t kernel_size, stride;
} dqn_convolution_sizes;

typedef struct {
    /// Rows `first_row` ..< `end_row` of output = input ∗ weights + bias, max(0, ·) if `rectifies`.
    ///
    /// `output` points to the first of these rows. Weights have the shape (kernel row, kernel column,
    /// input channel, output channel).
    void (*_Nonnull forward)(
        dqn_convolution_sizes sizes, const float *input, const float *weights, const float *bias,
        bool rectifies, ptrdiff_t first_row, ptrdiff_t end_row, float *output
    );

    /// One image's part of the gradient of the weights, added to what `weight_gradient` holds if
    /// `accumulates`.
    void (*_Nonnull weight_gradient)(
        dqn_convolution_sizes sizes, const float *input, const float *output_gradient,
        bool accumulates, float *weight_gradient
    );

    /// The gradient that reaches one image, from weights of the shape (kernel row, kernel column,
    /// output channel, input channel).
    void (*_Nonnull input_gradient)(
        dqn_convolution_sizes sizes, const float *output_gradient, const float *transposed_weights,
        float *input_gradient
    );
} dqn_convolution_kernels;

/// Weights with the last two dimensions exchanged, as the gradient of the input is computed from.
void dqn_transpose_convolution_weights(
    dqn_convolution_sizes sizes, const float *weights, float *transposed
);

#endif
