// What is multiplied, made of weights, images and gradients, as one kind of NUMBERs of which a product's
// step takes PAIR: for a file that defines before
//
//     write_points(points, first, second, numbers, plane)
//
// to write a tile's vector for each product, `plane` NUMBERs apart; PAIR being 2 and `second` not
// null, lane by lane between those of another tile.

#include "winograd_tiles.h"

/// Numbers that are summed over lie beside each other, in the order of a matrix's rows (`pairs` being
/// false) or columns.
INLINED void spread_weights(
    const filtering *f, dqn_convolution_sizes s, const winograd_tiling *t, const bool pairs,
    const float *weights, NUMBER *numbers
) {
    const int at_once = pairs ? PAIR : 1;
    for (ptrdiff_t channel = 0; channel < t->channels; channel += at_once) {
        for (ptrdiff_t i = 0; i < s.output_channels; i += LANES) {
            lanes tiles[2][MOST_POINTS * MOST_POINTS];
            UNROLLED for (int k = 0; k < at_once; k++) {
                ptrdiff_t first;
                square where = kernel_square(f, s, t, channel + k, &first);
                read_square(where, weights + first + i, tiles[k]);
                transform(to_points_of_kernel(f), tiles[k]);
            }
            write_points(
                f->points, tiles[0], at_once == 2 ? tiles[1] : NULL,
                numbers + channel * s.output_channels + i * at_once,
                t->channels * s.output_channels
            );
        }
    }
}

INLINED void spread_input(
    const filtering *f, dqn_convolution_sizes s, const winograd_tiling *t, const bool pairs,
    ptrdiff_t images, const float *input, NUMBER *numbers
) {
    const int at_once = pairs ? PAIR : 1;
    ptrdiff_t input_row = s.input_width * s.input_channels;
    for (ptrdiff_t inner = 0; inner < s.stride; inner++) {
        for (ptrdiff_t number = 0; number < images * t->tiles; number += at_once) {
            for (ptrdiff_t i = 0; i < t->square_row; i += LANES) {
                ptrdiff_t channel = inner * t->square_row + i;
                lanes tiles[2][MOST_POINTS * MOST_POINTS];
                UNROLLED for (int k = 0; k < at_once; k++) {
                    ptrdiff_t first, image = (number + k) / t->tiles;
                    square where = input_square(f, s, t, (number + k) % t->tiles, &first);
                    if (image == images) where.rows = 0;
                    const float *corner = input + image * input_count(s) + first;
                    read_square(where, corner + inner * input_row + i, tiles[k]);
                    transform(to_points_of_input(f), tiles[k]);
                }
                write_points(
                    f->points, tiles[0], at_once == 2 ? tiles[1] : NULL,
                    numbers + number * t->channels + channel * at_once, t->input_plane
                );
            }
        }
    }
}

INLINED void spread_output_gradient(
    const filtering *f, dqn_convolution_sizes s, const winograd_tiling *t, const bool pairs,
    ptrdiff_t images, const float *gradient, NUMBER *numbers
) {
    const int at_once = pairs ? PAIR : 1;
    for (ptrdiff_t number = 0; number < images * t->tiles; number += at_once) {
        for (ptrdiff_t i = 0; i < s.output_channels; i += LANES) {
            lanes tiles[2][MOST_POINTS * MOST_POINTS];
            UNROLLED for (int k = 0; k < at_once; k++) {
                ptrdiff_t first, image = (number + k) / t->tiles;
                square where = output_square(f, s, t, (number + k) % t->tiles, &first);
                if (image == images) where.rows = 0;
                read_square(where, gradient + image * output_count(s) + first + i, tiles[k]);
                transform(transposed(to_outputs(f)), tiles[k]);
            }
            write_points(
                f->points, tiles[0], at_once == 2 ? tiles[1] : NULL,
                numbers + number * s.output_channels + i * at_once, t->output_plane
            );
        }
    }
}
