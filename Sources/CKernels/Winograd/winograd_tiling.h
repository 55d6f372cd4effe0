#ifndef CKERNELS_WINOGRAD_TILING_H
#define CKERNELS_WINOGRAD_TILING_H

#include "winograd.h"

/// How a convolution is cut into tiles of `outputs` × `outputs`, for kernels of `taps` × `taps`.
typedef struct {
    int outputs, taps, points;
    /// n², how many products there are.
    ptrdiff_t products;
    ptrdiff_t tile_columns, tiles;
    /// Squares of stride × stride pixels that some kernel reaches, down and to the right.
    ptrdiff_t square_rows, square_columns;
    /// Numbers of such a square in one row of pixels, and in all.
    ptrdiff_t square_row, channels;
    /// Images whose tiles are multiplied at once, so many that their products stay in the L2 cache.
    ptrdiff_t images;
    /// From one product's inputs, or outputs, to the next's. A cache line beyond what is needed, or
    /// powers of two would make all products' numbers compete for the same lines of the cache.
    ptrdiff_t input_plane, output_plane;
} winograd_tiling;

/// The tiles with the fewest multiplications, or those for products of rounded numbers.
winograd_tiling winograd_tiling_of(dqn_convolution_sizes sizes, bool rounds);

// What products give out, floats `input_plane` or `output_plane` apart, turned into what is asked of
// `images` images.

/// Aᵀ numbers A + bias, max(0, ·) if `rectifies`.
void winograd_gather_output(
    dqn_convolution_sizes sizes, const winograd_tiling *t, ptrdiff_t images, const float *numbers,
    const float *bias, bool rectifies, float *output
);

/// B numbers Bᵀ, added up where tiles overlap.
void winograd_gather_input_gradient(
    dqn_convolution_sizes sizes, const winograd_tiling *t, ptrdiff_t images, const float *numbers,
    float *gradient
);

/// Gᵀ sums G: the gradient of the weights that `count` channels meet, from the `first` on.
void winograd_gather_weight_gradient(
    dqn_convolution_sizes sizes, const winograd_tiling *t, ptrdiff_t first, ptrdiff_t count,
    const float *sums, ptrdiff_t plane, float *weight_gradient
);

#endif
