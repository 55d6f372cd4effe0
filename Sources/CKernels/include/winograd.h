#ifndef CKERNELS_WINOGRAD_H
#define CKERNELS_WINOGRAD_H

#include "convolution.h"

// Convolutions by minimal filtering (Winograd 1980; Lavin and Gray, "Fast Algorithms for
// Convolutional Neural Networks", 2016).
//
// A tile of m × m outputs of an r × r kernel depends on n × n inputs, n = m + r - 1, and a direct sum
// multiplies m²·r² times for each pair of channels. Transformed, it is n² products:
//
//     output = Aᵀ ((G kernel Gᵀ) ⊙ (Bᵀ input B)) A.
//
// A kernel of r·s × r·s with stride s is one of r × r with stride 1 over images whose pixels are
// squares of s × s pixels, with s² times the channels. Gradients are the same products transposed.
//
// Products are those of floats, or of what is rounded to bfloat16 once it is transformed, with sums in
// single precision.

/// So many images are multiplied at a time at the most.
enum { dqn_winograd_images = 4 };

/// Whether minimal filtering computes such a convolution; the functions need it to.
bool dqn_winograd_fits(dqn_convolution_sizes sizes);

/// Floats of transformed weights.
ptrdiff_t dqn_winograd_weights(dqn_convolution_sizes sizes, bool rounds);

/// Floats that each function needs beside its arguments.
ptrdiff_t dqn_winograd_scratch(dqn_convolution_sizes sizes);

typedef struct {
    /// G weights Gᵀ, shape (n², input channels of s × s pixels, output channels).
    void (*_Nonnull transform_weights)(
        dqn_convolution_sizes sizes, const float *weights, float *transformed
    );

    /// The same with the last two dimensions exchanged, as the gradient of the input is computed from.
    void (*_Nonnull transpose_weights)(
        dqn_convolution_sizes sizes, const float *weights, float *transposed, float *scratch
    );

    /// output = input ∗ weights + bias of `images` images, max(0, ·) if `rectifies`.
    void (*_Nonnull forward)(
        dqn_convolution_sizes sizes, ptrdiff_t images, const float *input,
        const float *transformed, const float *bias, bool rectifies, float *output, float *scratch
    );

    /// The images' part of the gradient of the weights, in place of what `weight_gradient` holds.
    void (*_Nonnull weight_gradient)(
        dqn_convolution_sizes sizes, ptrdiff_t images, const float *input,
        const float *output_gradient, float *weight_gradient, float *scratch
    );

    /// The gradient that reaches the images.
    void (*_Nonnull input_gradient)(
        dqn_convolution_sizes sizes, ptrdiff_t images, const float *output_gradient,
        const float *transposed, float *input_gradient, float *scratch
    );
} dqn_winograd_kernels;

#endif
