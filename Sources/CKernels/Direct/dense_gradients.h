// The gradients of dense layers over a batch, for a file that says before how its kind of NUMBERs is laid out:
//
//     INPUTS_ROOM                                  how many numbers `factors_of_inputs` may lay out
//     transpose_gradient(sizes, gradient, target)  a gradient of the shape (count, outputs) as (steps that
//                                                  take all outputs, count)
//     lay_columns(count, columns, first, second, target)
//                                                  these columns of a row and of the next, which may be
//                                                  null, as one step takes them
//     factors_of_weights(sizes, rows, weights, room)
//     factors_of_inputs(sizes, rows, input, room)  what a product takes of rows of weights, those of a list,
//                                                  and of as many columns of inputs
//     dense_forward                                for the table of all, DENSE
//
// A unit that rectified for all observations of a batch gets no gradient and gives none, and late in training
// two of three do. Products leave out the rows, columns and steps that would come to zero, to the same bits.

#include "elementwise.h"
#include "gradient_panels.h"

enum {
    // So many rows' gradients of weights are computed together.
    WEIGHT_ROWS = 64,
    // So many numbers are as far as one float.
    FLOAT = sizeof(float) / sizeof(NUMBER),
};

/// Floats that `transpose_gradient` has room for.
static ptrdiff_t transpose_count(dqn_dense_sizes sizes) {
    return PAIR * steps_of(sizes.count) * PAIR * steps_of(sizes.outputs);
}

/// What is laid out of the output's gradient for that of the input: its transpose, and the list of the steps
/// where it is not zero.
static ptrdiff_t dense_prepared_count(dqn_dense_sizes sizes) {
    return transpose_count(sizes) + sizes.outputs + LIST_ROOM;
}

static void dense_prepare(
    dqn_dense_sizes sizes, const float *output_gradient, float *prepared
) {
    transpose_gradient(sizes, output_gradient, prepared);
    int *list = (int *)(void *)(prepared + transpose_count(sizes));
    list_columns(sizes.count, sizes.outputs, output_gradient, sizes.outputs, NULL, list);
    list_steps(list);
}

static void dense_input_gradient(
    dqn_dense_sizes sizes, const float *prepared, const float *weights,
    const float *rectified_input, ptrdiff_t first, ptrdiff_t end, float *input_gradient,
    float *scratch
) {
    int taken[dqn_dense_rows + LIST_ROOM];
    NUMBER *room = (NUMBER *)(void *)(scratch + dqn_dense_rows * sizes.count);
    for (ptrdiff_t row = first; row < end; row += dqn_dense_rows) {
        ptrdiff_t rows = smaller(dqn_dense_rows, end - row);
        list_all(rows, taken);
        if (rectified_input) {
            const float *passed = rectified_input + row;
            list_columns(sizes.count, rows, passed, sizes.inputs, NULL, taken);
            memset(scratch, 0, (size_t)(rows * sizes.count) * sizeof *scratch);
        }
        const float *following = weights + (row + dqn_dense_rows) * sizes.outputs;
        factors a = factors_of_weights(sizes, taken, weights + row * sizes.outputs, room);
        product p = {
            .rows = *taken,
            .columns = sizes.count,
            .segments = 1,
            .steps = steps_of(sizes.outputs),
            .a = a.numbers,
            .a_row = a.row,
            .a_step = a.step,
            .b = (const NUMBER *)(const void *)prepared,
            .b_step = PAIR * sizes.count,
            .c = scratch,
            .c_row = sizes.count,
            .taken_steps = (const int *)(const void *)(prepared + transpose_count(sizes)),
            .taken_rows = taken + 1,
            .upcoming = {
                .address = (const NUMBER *)(const void *)following,
                .tiles = 1,
                .step_stride = PAIR * dqn_dense_rows * FLOAT,
            },
        };
        multiply(&p);
        dqn_transpose(
            scratch, sizes.count, rows, sizes.count, input_gradient + row - first, sizes.inputs
        );
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
    ptrdiff_t stride = (share + tiles * p->steps - 1) / (tiles * p->steps) * FLOAT;
    p->upcoming.address = (const NUMBER *)(const void *)(soon + asked % floats);
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
    _Alignas(CACHE_LINE_BYTES) NUMBER room[INPUTS_ROOM];
    const factors a = factors_of_inputs(sizes, rows, input, room);
    const ptrdiff_t steps = steps_of(sizes.count);
    ptrdiff_t panel_count = (*columns + TILE_COLUMNS - 1) / TILE_COLUMNS;
    for (ptrdiff_t panel = 0; panel < panel_count; panel++) {
        ptrdiff_t column = panel * TILE_COLUMNS, width = smaller(TILE_COLUMNS, *columns - column);
        product p = {
            .rows = packed ? *taken : rows,
            .columns = width,
            .segments = 1,
            .steps = steps,
            .a = a.numbers,
            .a_row = a.row,
            .a_step = a.step,
            .b = (const NUMBER *)(const void *)(panels + column * steps),
            .b_step = PAIR * width,
            .c = weight_gradient + column,
            .c_row = sizes.outputs,
            .taken_steps = packed ? numbers + at.steps : NULL,
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

/// Fewer where a large batch needs more room.
static ptrdiff_t weight_rows_at_once(dqn_dense_sizes sizes) {
    return PAIR == 1 ? WEIGHT_ROWS : smaller(WEIGHT_ROWS, INPUTS_ROOM / (PAIR * steps_of(sizes.count)));
}

static void dense_weight_gradient(
    dqn_dense_sizes sizes, const float *input, const float *panels, ptrdiff_t first, ptrdiff_t end,
    const float *upcoming, const float *others, float *weight_gradient
) {
    const ptrdiff_t at_once = weight_rows_at_once(sizes);
    for (ptrdiff_t row = first; row < end; row += at_once) {
        ptrdiff_t offset = (row - first) * sizes.outputs;
        weight_rows_gradient(
            sizes, smaller(at_once, end - row), input + row, panels,
            upcoming ? upcoming + offset : NULL, others ? others + offset : NULL,
            weight_gradient + offset
        );
    }
}

#define DENSE                                                                                      \
    {                                                                                              \
        dense_forward, dense_prepared_count, dense_prepare, dense_panels_count, dense_lay_panels,  \
        dense_input_gradient, dense_weight_gradient,                                               \
    }
