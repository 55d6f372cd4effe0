// What products give out, floats `plane`, `output_plane` or `input_plane` apart, turned into what is asked
// of some images.

#include "winograd_tiles.h"

/// Reads a tile's vector of each product, `plane` floats apart.
INLINED void read_points(int points, const float *numbers, ptrdiff_t plane, lanes *tile) {
    UNROLLED for (int i = 0; i < points * points; i++) {
        tile[i] = load(numbers + i * plane);
    }
}

/// Aᵀ numbers A + bias, max(0, ·) if `rectifies`.
INLINED void gather_output(
    const filtering *f, dqn_convolution_sizes s, const winograd_tiling *t, ptrdiff_t images,
    const float *numbers, const float *bias, bool rectifies, float *output
) {
    for (ptrdiff_t number = 0; number < images * t->tiles; number++) {
        ptrdiff_t first;
        square where = output_square(f, s, t, number % t->tiles, &first);
        float *corner = output + number / t->tiles * output_count(s) + first;
        for (ptrdiff_t i = 0; i < s.output_channels; i += LANES) {
            lanes tile[MOST_POINTS * MOST_POINTS];
            read_points(f->points, numbers + number * s.output_channels + i, t->output_plane, tile);
            transform(to_outputs(f), tile);
            lanes offset = load(bias + i);
            UNROLLED for (int j = 0; j < f->outputs * f->outputs; j++) {
                tile[j] += offset;
                if (rectifies) tile[j] = rectified(tile[j]);
            }
            write_square(where, tile, corner + i);
        }
    }
}

/// B numbers Bᵀ, added up where tiles overlap.
INLINED void gather_input_gradient(
    const filtering *f, dqn_convolution_sizes s, const winograd_tiling *t, ptrdiff_t images,
    const float *numbers, float *gradient
) {
    ptrdiff_t input_row = s.input_width * s.input_channels;
    memset(gradient, 0, (size_t)(images * input_count(s)) * sizeof(float));
    for (ptrdiff_t number = 0; number < images * t->tiles; number++) {
        ptrdiff_t first;
        square where = input_square(f, s, t, number % t->tiles, &first);
        float *corner = gradient + number / t->tiles * input_count(s) + first;
        for (ptrdiff_t inner = 0; inner < s.stride; inner++) {
            for (ptrdiff_t i = 0; i < t->square_row; i += LANES) {
                lanes tile[MOST_POINTS * MOST_POINTS];
                const float *from = numbers + number * t->channels + inner * t->square_row + i;
                read_points(f->points, from, t->input_plane, tile);
                transform(transposed(to_points_of_input(f)), tile);
                add_square(where, tile, corner + inner * input_row + i);
            }
        }
    }
}

/// Gᵀ sums G: the gradient of the weights that `count` channels meet, from the `first` on.
INLINED void gather_weight_gradient(
    const filtering *f, dqn_convolution_sizes s, const winograd_tiling *t, ptrdiff_t first_channel,
    ptrdiff_t count, const float *sums, ptrdiff_t plane, float *weight_gradient
) {
    for (ptrdiff_t channel = 0; channel < count; channel++) {
        ptrdiff_t first;
        square where = kernel_square(f, s, t, first_channel + channel, &first);
        for (ptrdiff_t i = 0; i < s.output_channels; i += LANES) {
            lanes tile[MOST_POINTS * MOST_POINTS];
            read_points(f->points, sums + channel * s.output_channels + i, plane, tile);
            transform(transposed(to_points_of_kernel(f)), tile);
            write_square(where, tile, weight_gradient + first + i);
        }
    }
}
