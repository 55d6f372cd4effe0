// The gradients of dense layers over a batch.
//
// A unit that rectified for all observations of a batch gets no gradient and gives none, and late in training
// two of three do. Products leave out the rows, columns and steps that would come to zero, to the same bits.

#include "elementwise.h"

enum {
    // So many rows' gradients of weights are computed together.
    WEIGHT_ROWS = 64,
    // From so many rows of weights on, columns that are not zero are worth being put together.
    PACKED_ROWS = 64,
};

/// What is laid out of the output's gradient for that of the input: its transpose, of the shape (outputs,
/// count), and the list of the outputs where it is not zero.
static ptrdiff_t dense_prepared_count(dqn_dense_sizes sizes) {
    return sizes.count * sizes.outputs + sizes.outputs + LIST_ROOM;
}

static void dense_prepare(
    dqn_dense_sizes sizes, const float *output_gradient, float *prepared
) {
    dqn_transpose(
        output_gradient, sizes.outputs, sizes.count, sizes.outputs, prepared, sizes.count
    );
    int *list = (int *)(void *)(prepared + sizes.count * sizes.outputs);
    list_columns(sizes.count, sizes.outputs, output_gradient, sizes.outputs, NULL, list);
}

static void dense_input_gradient(
    dqn_dense_sizes sizes, const float *prepared, const float *weights,
    const float *rectified_input, ptrdiff_t first, ptrdiff_t end, float *input_gradient,
    float *scratch
) {
    int taken[dqn_dense_rows + LIST_ROOM];
    for (ptrdiff_t row = first; row < end; row += dqn_dense_rows) {
        ptrdiff_t rows = smaller(dqn_dense_rows, end - row);
        if (rectified_input) {
            const float *passed = rectified_input + row;
            list_columns(sizes.count, rows, passed, sizes.inputs, NULL, taken);
            memset(scratch, 0, (size_t)(rows * sizes.count) * sizeof *scratch);
        }
        product p = {
            .rows = rectified_input ? *taken : rows,
            .columns = sizes.count,
            .segments = 1,
            .steps = sizes.outputs,
            .a = weights + row * sizes.outputs,
            .a_row = sizes.outputs,
            .a_step = 1,
            .b = prepared,
            .b_step = sizes.count,
            .c = scratch,
            .c_row = sizes.count,
            .taken_steps = (const int *)(const void *)(prepared + sizes.count * sizes.outputs),
            .taken_rows = rectified_input ? taken + 1 : NULL,
            .upcoming = {
                .address = weights + (row + dqn_dense_rows) * sizes.outputs,
                .tiles = 1,
                .step_stride = dqn_dense_rows,
            },
        };
        multiply(&p);
        dqn_transpose(
            scratch, sizes.count, rows, sizes.count, input_gradient + row - first, sizes.inputs
        );
    }
}

/// What is laid out of the output's gradient for the gradient of the weights, and how many numbers from the
/// beginning.
///
/// The columns that are not zero come first, in panels of the shape (count, TILE_COLUMNS), the last one
/// narrower: the rows of a wide one, a power of two apart, would not stay in the first cache together.
typedef struct {
    /// The list of the outputs that have a column: all, or what follows says where the columns belong.
    ptrdiff_t columns;
    /// For each output, how far its column is from the first of its vector's, or -1.
    ptrdiff_t places;
    /// For each vector of outputs, where its columns begin.
    ptrdiff_t begins;
    /// The list of all rows.
    ptrdiff_t rows;
    ptrdiff_t end;
} panel_layout;

static panel_layout panel_layout_of(dqn_dense_sizes sizes) {
    ptrdiff_t vectors = (sizes.outputs + LANES - 1) / LANES;
    panel_layout at = {.columns = sizes.count * sizes.outputs};
    at.places = at.columns + sizes.outputs + LIST_ROOM;
    at.begins = at.places + vectors * LANES;
    at.rows = at.begins + vectors;
    at.end = at.rows + 1 + sizes.count;
    return at;
}

static ptrdiff_t dense_panels_count(dqn_dense_sizes sizes) { return panel_layout_of(sizes).end; }

/// Says where each output's column is, for whole vectors of outputs.
static void place_columns(const int *columns, ptrdiff_t vectors, int *begins, int *places) {
    int found = 0;
    for (ptrdiff_t output = 0; output < vectors * LANES; output++) {
        if (output % LANES == 0) begins[output / LANES] = found;
        bool has = found < *columns && columns[1 + found] == output;
        places[output] = has ? found - begins[output / LANES] : -1;
        found += has;
    }
}

static void dense_lay_panels(
    dqn_dense_sizes sizes, const float *output_gradient, float *panels
) {
    const panel_layout at = panel_layout_of(sizes);
    int *numbers = (int *)(void *)panels, *columns = numbers + at.columns;
    list_columns(sizes.count, sizes.outputs, output_gradient, sizes.outputs, NULL, columns);
    // A vector's columns are read together, though fewer may be its own.
    bool packs = sizes.inputs >= PACKED_ROWS && 8 * *columns <= 7 * sizes.outputs
        && *columns + LANES <= sizes.outputs;
    if (!packs) list_all(sizes.outputs, columns);
    for (ptrdiff_t column = 0; column < *columns; column += TILE_COLUMNS) {
        ptrdiff_t width = smaller(TILE_COLUMNS, *columns - column);
        float *panel = panels + column * sizes.count;
        for (ptrdiff_t row = 0; row < sizes.count; row++) {
            const float *from = output_gradient + row * sizes.outputs;
            for (ptrdiff_t i = 0; i < width; i++) {
                panel[row * width + i] = from[columns[1 + column + i]];
            }
        }
    }
    place_columns(columns, at.rows - at.begins, numbers + at.begins, numbers + at.places);
    list_all(sizes.count, numbers + at.rows);
}

/// Moves the columns of a row, which lie together at its beginning, to their outputs.
static void spread_columns(ptrdiff_t outputs, const int *begins, const int *places, float *row) {
    // From the last vector on, so that none is written over before it is read.
    const ptrdiff_t whole = outputs / LANES;
    if (outputs % LANES) {
        lanes last = chosen(row + begins[whole], (lane_bits)load(places + whole * LANES));
        store_masked(first_lanes(outputs % LANES), row + whole * LANES, last);
    }
    for (ptrdiff_t vector = whole - 1; vector >= 0; vector--) {
        lane_bits those = (lane_bits)load(places + vector * LANES);
        store(row + vector * LANES, chosen(row + begins[vector], those));
    }
}

/// Asks during a panel's product for a share of what is read next, during each step for a part of that.
INLINED void ask_evenly(
    product *p, ptrdiff_t panel, ptrdiff_t panels, ptrdiff_t floats, const float *upcoming,
    const float *others
) {
    ptrdiff_t tiles = (p->rows + MOST_ROWS - 1) / MOST_ROWS;
    if (tiles == 0) return;
    ptrdiff_t share = (2 * floats + panels - 1) / panels, asked = panel * share;
    const float *soon = asked < floats ? upcoming : others;
    if (!soon) return;
    ptrdiff_t stride = (share + tiles * p->steps - 1) / (tiles * p->steps);
    p->upcoming.address = soon + asked % floats;
    p->upcoming.tiles = tiles;
    p->upcoming.tile_stride = stride * p->steps;
    p->upcoming.step_stride = stride;
}

/// The gradient of up to `WEIGHT_ROWS` rows of weights.
static void weight_rows_gradient(
    dqn_dense_sizes sizes, ptrdiff_t rows, const float *input, const float *panels,
    const float *upcoming, const float *others, float *weight_gradient
) {
    const panel_layout at = panel_layout_of(sizes);
    const int *numbers = (const int *)(const void *)panels, *columns = numbers + at.columns;
    const bool packed = *columns < sizes.outputs;
    int taken[WEIGHT_ROWS + LIST_ROOM];
    if (packed) list_columns(sizes.count, rows, input, sizes.inputs, NULL, taken);
    ptrdiff_t panel_count = (*columns + TILE_COLUMNS - 1) / TILE_COLUMNS;
    for (ptrdiff_t panel = 0; panel < panel_count; panel++) {
        ptrdiff_t column = panel * TILE_COLUMNS, width = smaller(TILE_COLUMNS, *columns - column);
        product p = {
            .rows = packed ? *taken : rows,
            .columns = width,
            .segments = 1,
            .steps = sizes.count,
            .a = input,
            .a_row = 1,
            .a_step = sizes.inputs,
            .b = panels + column * sizes.count,
            .b_step = width,
            .c = weight_gradient + column,
            .c_row = sizes.outputs,
            .taken_steps = packed ? numbers + at.rows : NULL,
            .taken_rows = taken + 1,
        };
        ask_evenly(&p, panel, panel_count, rows * sizes.outputs, upcoming, others);
        multiply(&p);
    }
    if (!packed) return;
    for (ptrdiff_t row = 0, found = 0; row < rows; row++) {
        float *gradient = weight_gradient + row * sizes.outputs;
        if (found < *taken && taken[1 + found] == row) {
            spread_columns(sizes.outputs, numbers + at.begins, numbers + at.places, gradient);
            found++;
        } else {
            memset(gradient, 0, (size_t)sizes.outputs * sizeof *gradient);
        }
    }
}

static void dense_weight_gradient(
    dqn_dense_sizes sizes, const float *input, const float *panels, ptrdiff_t first, ptrdiff_t end,
    const float *upcoming, const float *others, float *weight_gradient
) {
    for (ptrdiff_t row = first; row < end; row += WEIGHT_ROWS) {
        ptrdiff_t offset = (row - first) * sizes.outputs;
        weight_rows_gradient(
            sizes, smaller(WEIGHT_ROWS, end - row), input + row, panels,
            upcoming ? upcoming + offset : NULL, others ? others + offset : NULL,
            weight_gradient + offset
        );
    }
}
