#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq"))), apply_to = function)
#endif

#include "winograd_tiles.h"

/// The part of a tile that begins at (`row`, `column`) and lies within the output.
INLINED square output_square(
    const filtering *f, dqn_convolution_sizes s, ptrdiff_t row, ptrdiff_t column
) {
    return (square){
        f->outputs, s.output_height - row, s.output_width - column,
        s.output_width * s.output_channels, s.output_channels,
    };
}

/// The squares that such a tile depends on.
INLINED square input_square(
    const filtering *f, dqn_convolution_sizes s, const winograd_tiling *t, ptrdiff_t row,
    ptrdiff_t column
) {
    return (square){
        f->points, t->square_rows - row, t->square_columns - column,
        s.stride * s.input_width * s.input_channels, t->square_row,
    };
}

INLINED void spread_input(
    const filtering *f, dqn_convolution_sizes s, const winograd_tiling *t, const float *input,
    float *numbers
) {
    ptrdiff_t input_row = s.input_width * s.input_channels;
    for (ptrdiff_t inner = 0; inner < s.stride; inner++) {
        for (ptrdiff_t number = 0; number < t->tiles; number++) {
            ptrdiff_t row = number / t->tile_columns * f->outputs;
            ptrdiff_t column = number % t->tile_columns * f->outputs;
            square where = input_square(f, s, t, row, column);
            const float *corner = input + row * where.row_step + column * where.column_step;
            for (ptrdiff_t i = 0; i < t->square_row; i += LANES) {
                lanes tile[MOST_POINTS * MOST_POINTS];
                read_square(where, corner + inner * input_row + i, tile);
                transform(to_points_of_input(f), tile);
                float *to = numbers + number * t->channels + inner * t->square_row + i;
                write_points(f->points, tile, to, t->input_plane);
            }
        }
    }
}

void winograd_spread_input(
    dqn_convolution_sizes s, const winograd_tiling *t, const float *input, float *numbers
) {
    WITH_FILTERING(t, spread_input(f, s, t, input, numbers))
}

INLINED void gather_output(
    const filtering *f, dqn_convolution_sizes s, const winograd_tiling *t, const float *numbers,
    const float *bias, bool rectifies, float *output
) {
    for (ptrdiff_t number = 0; number < t->tiles; number++) {
        ptrdiff_t row = number / t->tile_columns * f->outputs;
        ptrdiff_t column = number % t->tile_columns * f->outputs;
        square where = output_square(f, s, row, column);
        float *corner = output + row * where.row_step + column * where.column_step;
        for (ptrdiff_t i = 0; i < s.output_channels; i += LANES) {
            lanes tile[MOST_POINTS * MOST_POINTS];
            read_points(f->points, numbers + number * s.output_channels + i, t->output_plane, tile);
            transform(to_outputs(f), tile);
            lanes offset = *(const lanes *)(bias + i);
            UNROLLED for (int j = 0; j < f->outputs * f->outputs; j++) {
                tile[j] += offset;
                if (rectifies) tile[j] = rectified(tile[j]);
            }
            write_square(where, tile, corner + i);
        }
    }
}

void winograd_gather_output(
    dqn_convolution_sizes s, const winograd_tiling *t, const float *numbers, const float *bias,
    bool rectifies, float *output
) {
    WITH_FILTERING(t, gather_output(f, s, t, numbers, bias, rectifies, output))
}

INLINED void spread_output_gradient(
    const filtering *f, dqn_convolution_sizes s, const winograd_tiling *t, const float *gradient,
    float *numbers
) {
    for (ptrdiff_t number = 0; number < t->tiles; number++) {
        ptrdiff_t row = number / t->tile_columns * f->outputs;
        ptrdiff_t column = number % t->tile_columns * f->outputs;
        square where = output_square(f, s, row, column);
        const float *corner = gradient + row * where.row_step + column * where.column_step;
        for (ptrdiff_t i = 0; i < s.output_channels; i += LANES) {
            lanes tile[MOST_POINTS * MOST_POINTS];
            read_square(where, corner + i, tile);
            transform(transposed(to_outputs(f)), tile);
            float *to = numbers + number * s.output_channels + i;
            write_points(f->points, tile, to, t->output_plane);
        }
    }
}

void winograd_spread_output_gradient(
    dqn_convolution_sizes s, const winograd_tiling *t, const float *gradient, float *numbers
) {
    WITH_FILTERING(t, spread_output_gradient(f, s, t, gradient, numbers))
}

INLINED void gather_input_gradient(
    const filtering *f, dqn_convolution_sizes s, const winograd_tiling *t, const float *numbers,
    float *gradient
) {
    ptrdiff_t input_row = s.input_width * s.input_channels;
    memset(gradient, 0, (size_t)(s.input_height * input_row) * sizeof(float));
    for (ptrdiff_t number = 0; number < t->tiles; number++) {
        ptrdiff_t row = number / t->tile_columns * f->outputs;
        ptrdiff_t column = number % t->tile_columns * f->outputs;
        square where = input_square(f, s, t, row, column);
        float *corner = gradient + row * where.row_step + column * where.column_step;
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

void winograd_gather_input_gradient(
    dqn_convolution_sizes s, const winograd_tiling *t, const float *numbers, float *gradient
) {
    WITH_FILTERING(t, gather_input_gradient(f, s, t, numbers, gradient))
}

#if defined(__x86_64__)
#pragma clang attribute pop
#endif
