#include "elementwise.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq"))), apply_to = function)
#endif

#include "winograd_tiles.h"

static ptrdiff_t kernel_row(dqn_convolution_sizes s) {
    return s.kernel_size * s.input_channels * s.output_channels;
}

/// The weights that one channel of a square of pixels meets.
INLINED square kernel_square(
    const filtering *f, dqn_convolution_sizes s, const winograd_tiling *t
) {
    ptrdiff_t right = t->square_row * s.output_channels;
    return (square){f->taps, f->taps, f->taps, s.stride * kernel_row(s), right};
}

INLINED void transform_weights(
    const filtering *f, dqn_convolution_sizes s, const winograd_tiling *t, const float *weights,
    float *transformed
) {
    square kernels = kernel_square(f, s, t);
    ptrdiff_t count = t->square_row * s.output_channels;
    for (ptrdiff_t row = 0; row < s.stride; row++) {
        const float *from = weights + row * kernel_row(s);
        for (ptrdiff_t i = 0; i < count; i += LANES) {
            lanes tile[MOST_POINTS * MOST_POINTS];
            read_square(kernels, from + i, tile);
            transform(to_points_of_kernel(f), tile);
            write_points(
                f->points, tile, transformed + row * count + i, t->channels * s.output_channels
            );
        }
    }
}

void dqn_winograd_transform_weights(
    dqn_convolution_sizes s, const float *weights, float *transformed
) {
    winograd_tiling t = winograd_tiling_of(s);
    WITH_FILTERING(&t, transform_weights(f, s, &t, weights, transformed))
}

void dqn_winograd_transpose_weights(
    dqn_convolution_sizes s, const float *transformed, float *transposed
) {
    winograd_tiling t = winograd_tiling_of(s);
    for (ptrdiff_t i = 0; i < t.products; i++) {
        ptrdiff_t place = i * t.channels * s.output_channels;
        dqn_transpose(
            transformed + place, s.output_channels, t.channels, s.output_channels, transposed + place,
            t.channels
        );
    }
}

INLINED void gather(
    const filtering *f, dqn_convolution_sizes s, const winograd_tiling *t, ptrdiff_t first,
    ptrdiff_t count, const float *sums, ptrdiff_t plane, float *weight_gradient
) {
    square kernels = kernel_square(f, s, t);
    for (ptrdiff_t channel = first; channel < first + count; channel++) {
        ptrdiff_t row = channel / t->square_row, within = channel % t->square_row;
        float *to = weight_gradient + row * kernel_row(s) + within * s.output_channels;
        const float *from = sums + (channel - first) * s.output_channels;
        for (ptrdiff_t i = 0; i < s.output_channels; i += LANES) {
            lanes tile[MOST_POINTS * MOST_POINTS];
            read_points(f->points, from + i, plane, tile);
            transform(transposed(to_points_of_kernel(f)), tile);
            write_square(kernels, tile, to + i);
        }
    }
}

void winograd_gather_weight_gradient(
    dqn_convolution_sizes s, const winograd_tiling *t, ptrdiff_t first, ptrdiff_t count,
    const float *sums, ptrdiff_t plane, float *weight_gradient
) {
    WITH_FILTERING(t, gather(f, s, t, first, count, sums, plane, weight_gradient))
}

#if defined(__x86_64__)
#pragma clang attribute pop
#endif
