#ifndef CKERNELS_WINOGRAD_TILES_H
#define CKERNELS_WINOGRAD_TILES_H

// The tiles of minimal filtering, F(m × m, r × r), and what turns them into n × n products and back:
// `L X Lᵀ` with small constant matrices L, for a vector of channels at a time.

#include "winograd_tiling.h"

enum { MOST_POINTS = 6, MOST_OUTPUTS = 4, MOST_TAPS = 3 };

/// F(m, r): m outputs of r taps by n = m + r - 1 multiplications, one for each point that the
/// polynomials are evaluated at, the last at infinity.
typedef struct {
    int outputs, taps, points;
    float input[MOST_POINTS][MOST_POINTS];   // Bᵀ
    float kernel[MOST_POINTS][MOST_TAPS];    // G
    float output[MOST_OUTPUTS][MOST_POINTS]; // Aᵀ
} filtering;

// The points are small, so that little is lost: with tiles of 4 × 4 the root of the mean squared error is
// 1.7 and 1.5 times that of direct sums in single precision, with the smaller ones 0.8 and 0.6 times.

/// Points 0, 1, -1.
static const filtering filtering_3_2 = {
    3, 2, 4,
    {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, 1, -1, 0}, {0, 1, 0, -1}},
    {{1, 0}, {1 / 2.f, 1 / 2.f}, {-1 / 2.f, 1 / 2.f}, {0, -1}},
    {{1, 1, 1, 0}, {0, 1, -1, 0}, {0, 1, 1, 1}},
};

/// Points 0, 1, -1.
static const filtering filtering_2_3 = {
    2, 3, 4,
    {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, 1, -1, 0}, {0, 1, 0, -1}},
    {{1, 0, 0}, {1 / 2.f, 1 / 2.f, 1 / 2.f}, {-1 / 2.f, 1 / 2.f, -1 / 2.f}, {0, 0, -1}},
    {{1, 1, 1, 0}, {0, 1, -1, 1}},
};

/// Points 0, 1, -1, 2.
static const filtering filtering_4_2 = {
    4, 2, 5,
    {{1, -1 / 2.f, -1, 1 / 2.f, 0},
     {0, 1, 1 / 2.f, -1 / 2.f, 0},
     {0, 1, -3 / 2.f, 1 / 2.f, 0},
     {0, 1, 0, -1, 0},
     {0, 1, -1 / 2.f, -1, 1 / 2.f}},
    {{1, 0}, {1, 1}, {-1 / 3.f, 1 / 3.f}, {-1 / 6.f, -1 / 3.f}, {0, 2}},
    {{1, 1, 1, 1, 0}, {0, 1, -1, 2, 0}, {0, 1, 1, 4, 0}, {0, 1, -1, 8, 1}},
};

/// The same tiles where factors are rounded to bfloat16: points 0, 1, -1/2, -2, with which the error is two
/// thirds of that with the others, 2.4 to 3.5 times that of direct sums.
static const filtering filtering_4_2_rounded = {
    4, 2, 5,
    {{1, 3 / 2.f, -3 / 2.f, -1, 0},
     {0, 1, 5 / 2.f, 1, 0},
     {0, -2, 1, 1, 0},
     {0, -1 / 2.f, -1 / 2.f, 1, 0},
     {0, -1, -3 / 2.f, 3 / 2.f, 1}},
    {{1, 0}, {2 / 9.f, 2 / 9.f}, {8 / 9.f, -4 / 9.f}, {-1 / 9.f, 2 / 9.f}, {0, 1}},
    {{1, 1, 1, 1, 0}, {0, 1, -1 / 2.f, -2, 0}, {0, 1, 1 / 4.f, 4, 0}, {0, 1, -1 / 8.f, -8, 1}},
};

/// Points 0, 1, -1, 1/2, -2.
static const filtering filtering_4_3 = {
    4, 3, 6,
    {{1 / 2.f, -3 / 4.f, -1, 3 / 4.f, 1 / 2.f, 0},
     {0, 1 / 2.f, -1 / 4.f, -5 / 4.f, -1 / 2.f, 0},
     {0, 1 / 2.f, -5 / 4.f, 1 / 4.f, 1 / 2.f, 0},
     {0, 1, 1 / 2.f, -1, -1 / 2.f, 0},
     {0, 1 / 2.f, -1, -1 / 2.f, 1, 0},
     {0, 1 / 2.f, -3 / 4.f, -1, 3 / 4.f, 1 / 2.f}},
    {{2, 0, 0},
     {-2 / 3.f, -2 / 3.f, -2 / 3.f},
     {-2 / 3.f, 2 / 3.f, -2 / 3.f},
     {32 / 15.f, 16 / 15.f, 8 / 15.f},
     {1 / 15.f, -2 / 15.f, 4 / 15.f},
     {0, 0, 2}},
    {{1, 1, 1, 1, 1, 0},
     {0, 1, -1, 1 / 2.f, -2, 0},
     {0, 1, 1, 1 / 4.f, 4, 0},
     {0, 1, -1, 1 / 8.f, -8, 1}},
};

/// Calls `body` with `f`, a constant, the filtering of a tiling.
#define WITH_FILTERING(t, body)                                                                    \
    if ((t)->taps == 2 && (t)->outputs == 3) {                                                     \
        const filtering *f = &filtering_3_2;                                                       \
        body;                                                                                      \
    } else if ((t)->taps == 2) {                                                                   \
        const filtering *f = PAIR == 2 ? &filtering_4_2_rounded : &filtering_4_2;                  \
        body;                                                                                      \
    } else if ((t)->outputs == 2) {                                                                \
        const filtering *f = &filtering_2_3;                                                       \
        body;                                                                                      \
    } else {                                                                                       \
        const filtering *f = &filtering_4_3;                                                       \
        body;                                                                                      \
    }

/// A small matrix L, of rows and columns so many floats apart.
typedef struct {
    const float *first;
    int rows, columns, row_step, column_step;
} matrix;

INLINED matrix to_points_of_input(const filtering *f) {
    return (matrix){&f->input[0][0], f->points, f->points, MOST_POINTS, 1};
}
INLINED matrix to_points_of_kernel(const filtering *f) {
    return (matrix){&f->kernel[0][0], f->points, f->taps, MOST_TAPS, 1};
}
INLINED matrix to_outputs(const filtering *f) {
    return (matrix){&f->output[0][0], f->outputs, f->points, MOST_POINTS, 1};
}
INLINED matrix transposed(matrix l) {
    return (matrix){l.first, l.columns, l.rows, l.column_step, l.row_step};
}

/// Row `row` of L times numbers `step` apart. Once the loops are unrolled zeros and ones cost
/// nothing.
INLINED lanes row_times(matrix l, int row, const lanes *numbers, int step) {
    lanes sum = 0;
    bool begun = false;
    UNROLLED for (int i = 0; i < l.columns; i++) {
        float factor = l.first[row * l.row_step + i * l.column_step];
        lanes number = numbers[i * step];
        if (factor == 0) continue;
        if (!begun) {
            sum = factor == 1 ? number : factor == -1 ? -number : factor * number;
        } else {
            sum = factor == 1 ? sum + number : factor == -1 ? sum - number : sum + factor * number;
        }
        begun = true;
    }
    return sum;
}

/// tile = L tile Lᵀ, in place: square before and after, without gaps.
INLINED void transform(matrix l, lanes *tile) {
    lanes half[MOST_POINTS * MOST_POINTS];
    UNROLLED for (int row = 0; row < l.rows; row++) {
        UNROLLED for (int column = 0; column < l.columns; column++) {
            half[row * l.columns + column] = row_times(l, row, tile + column, l.columns);
        }
    }
    UNROLLED for (int row = 0; row < l.rows; row++) {
        UNROLLED for (int column = 0; column < l.rows; column++) {
            tile[row * l.rows + column] = row_times(l, column, half + row * l.columns, 1);
        }
    }
}

/// Where the numbers of a square of `side` × `side` vectors lie in an image; beyond `rows` and
/// `columns` there are none.
typedef struct {
    int side;
    ptrdiff_t rows, columns, row_step, column_step;
} square;

INLINED bool is_whole(square s) { return s.rows >= s.side && s.columns >= s.side; }

INLINED ptrdiff_t place(square s, ptrdiff_t row, ptrdiff_t column) {
    return row * s.row_step + column * s.column_step;
}

/// Does something for each vector of a square that there is; for whole ones without asking.
#define EACH_PLACE(s, row, column, body)                                                           \
    if (is_whole(s)) {                                                                             \
        UNROLLED for (int row = 0; row < (s).side; row++) {                                        \
            UNROLLED for (int column = 0; column < (s).side; column++) body;                       \
        }                                                                                          \
    } else {                                                                                       \
        for (int row = 0; row < (s).side && row < (s).rows; row++) {                               \
            for (int column = 0; column < (s).side && column < (s).columns; column++) body;        \
        }                                                                                          \
    }

/// Reads a square, with zeros where there is nothing.
INLINED void read_square(square s, const float *image, lanes *tile) {
    if (!is_whole(s)) memset(tile, 0, (size_t)(s.side * s.side) * sizeof *tile);
    EACH_PLACE(s, row, column, tile[row * s.side + column] = load(image + place(s, row, column)))
}

INLINED void write_square(square s, const lanes *tile, float *image) {
    EACH_PLACE(
        s, row, column, store(image + place(s, row, column), tile[row * s.side + column])
    )
}

INLINED void add(float *place, lanes numbers) { store(place, load(place) + numbers); }

INLINED void add_square(square s, const lanes *tile, float *image) {
    EACH_PLACE(
        s, row, column, add(image + place(s, row, column), tile[row * s.side + column])
    )
}

/// The part of an image's tile that lies within the output, and `first`, the float it begins at.
INLINED square output_square(
    const filtering *f, dqn_convolution_sizes s, const winograd_tiling *t, ptrdiff_t tile,
    ptrdiff_t *first
) {
    ptrdiff_t row = tile / t->tile_columns * f->outputs, right = s.output_channels;
    ptrdiff_t column = tile % t->tile_columns * f->outputs, down = s.output_width * right;
    *first = row * down + column * right;
    return (square){f->outputs, s.output_height - row, s.output_width - column, down, right};
}

/// The squares of pixels that such a tile depends on.
INLINED square input_square(
    const filtering *f, dqn_convolution_sizes s, const winograd_tiling *t, ptrdiff_t tile,
    ptrdiff_t *first
) {
    ptrdiff_t row = tile / t->tile_columns * f->outputs, right = t->square_row;
    ptrdiff_t column = tile % t->tile_columns * f->outputs;
    ptrdiff_t down = s.stride * s.input_width * s.input_channels;
    *first = row * down + column * right;
    return (square){f->points, t->square_rows - row, t->square_columns - column, down, right};
}

/// The weights that one channel of a square of pixels meets.
INLINED square kernel_square(
    const filtering *f, dqn_convolution_sizes s, const winograd_tiling *t, ptrdiff_t channel,
    ptrdiff_t *first
) {
    ptrdiff_t row = s.kernel_size * s.input_channels * s.output_channels;
    ptrdiff_t within = channel % t->square_row * s.output_channels;
    *first = channel / t->square_row * row + within;
    return (square){f->taps, f->taps, f->taps, s.stride * row, t->square_row * s.output_channels};
}

static inline ptrdiff_t input_count(dqn_convolution_sizes s) {
    return s.input_height * s.input_width * s.input_channels;
}

static inline ptrdiff_t output_count(dqn_convolution_sizes s) {
    return s.output_height * s.output_width * s.output_channels;
}

#endif
