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

/// The tiles with the fewest multiplications.
winograd_tiling winograd_tiling_of(dqn_convolution_sizes sizes);

/// From one product's sums of the gradients of `channels` channels' weights to the next's.
static inline ptrdiff_t winograd_sums_plane(dqn_convolution_sizes sizes, ptrdiff_t channels) {
    return channels * sizes.output_channels + 16;
}

#endif
