// Dense layers over a batch.

#include "dense_blocks.h"
#include "dense_single_row.h"
#include "elementwise.h"

// Columns whose weights are brought into the caches together.
enum { PANEL = 32 };

static void dense_forward(
    dqn_dense_sizes sizes, const float *input, const float *weights, const float *bias,
    bool rectifies, ptrdiff_t first, ptrdiff_t end, float *output
) {
    if (sizes.count == 1) {
        ptrdiff_t done = dense_forward_one(
            sizes, input, weights, bias, rectifies, first, end, output
        );
        output += done;
        first += done;
    }
    // So few steps at a time are more exact, and their part of the input stays in the first cache.
    ptrdiff_t blocks = dense_blocks(sizes);
    for (ptrdiff_t block = 0; block < blocks; block++) {
        ptrdiff_t begin = dense_block(sizes, block), next = dense_block(sizes, block + 1);
        for (ptrdiff_t column = first; column < end; column += PANEL) {
            ptrdiff_t following = column + PANEL;
            product p = {
                .rows = sizes.count,
                .columns = smaller(PANEL, end - column),
                .segments = 1,
                .steps = next - begin,
                .a = input + begin,
                .a_row = sizes.inputs,
                .a_step = 1,
                .b = weights + begin * sizes.outputs + column,
                .b_step = sizes.outputs,
                .c = output + column - first,
                .c_row = sizes.outputs,
                .accumulates = block > 0,
                .bias = block == blocks - 1 ? bias + column : NULL,
                .rectifies = rectifies && block == blocks - 1,
                .upcoming = {
                    .address = following < end ? weights + begin * sizes.outputs + following
                                               : weights + next * sizes.outputs + first,
                    .tiles = 1,
                    .step_stride = sizes.outputs,
                },
            };
            multiply(&p);
        }
    }
}

static ptrdiff_t dense_prepared_count(dqn_dense_sizes sizes) { return sizes.count * sizes.outputs; }

/// The gradient of the shape (outputs, count).
static void dense_prepare(
    dqn_dense_sizes sizes, const float *output_gradient, float *prepared
) {
    dqn_transpose(
        output_gradient, sizes.outputs, sizes.count, sizes.outputs, prepared, sizes.count
    );
}

static void dense_input_gradient(
    dqn_dense_sizes sizes, const float *prepared, const float *weights, ptrdiff_t first,
    ptrdiff_t end, float *input_gradient, float *scratch
) {
    for (ptrdiff_t row = first; row < end; row += dqn_dense_rows) {
        product p = {
            .rows = smaller(dqn_dense_rows, end - row),
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
            .upcoming = {
                .address = weights + (row + dqn_dense_rows) * sizes.outputs,
                .tiles = 1,
                .step_stride = dqn_dense_rows,
            },
        };
        multiply(&p);
        dqn_transpose(
            scratch, sizes.count, p.rows, sizes.count, input_gradient + row - first, sizes.inputs
        );
    }
}

static ptrdiff_t dense_panels_count(dqn_dense_sizes sizes) { return sizes.count * sizes.outputs; }

// Columns of a gradient that lie together, a tile's.
enum { GRADIENT_PANEL = 2 * LANES };

/// The gradient of the shape (outputs / GRADIENT_PANEL, count, GRADIENT_PANEL), the last panel narrower:
/// the rows of a wide one, a power of two apart, would not stay in the first cache together.
static void dense_lay_panels(
    dqn_dense_sizes sizes, ptrdiff_t first, ptrdiff_t rows, const float *output_gradient,
    float *panels
) {
    for (ptrdiff_t column = 0; column < sizes.outputs; column += GRADIENT_PANEL) {
        ptrdiff_t width = smaller(GRADIENT_PANEL, sizes.outputs - column);
        float *panel = panels + column * sizes.count + first * width;
        for (ptrdiff_t row = 0; row < rows; row++) {
            const float *from = output_gradient + row * sizes.outputs + column;
            for (ptrdiff_t i = 0; i < width; i++) panel[row * width + i] = from[i];
        }
    }
}

static void dense_weight_gradient(
    dqn_dense_sizes sizes, const float *input, const float *panels, ptrdiff_t first, ptrdiff_t end,
    const float *upcoming, const float *others, float *weight_gradient
) {
    // What is upcoming is asked for evenly: by each panel's product a share, of which each step a part.
    ptrdiff_t panel_count = (sizes.outputs + GRADIENT_PANEL - 1) / GRADIENT_PANEL;
    ptrdiff_t floats = (end - first) * sizes.outputs;
    ptrdiff_t share = (2 * floats + panel_count - 1) / panel_count;
    ptrdiff_t tiles = (end - first + MOST_ROWS - 1) / MOST_ROWS;
    ptrdiff_t stride = (share + tiles * sizes.count - 1) / (tiles * sizes.count);
    for (ptrdiff_t panel = 0; panel < panel_count; panel++) {
        ptrdiff_t column = panel * GRADIENT_PANEL, asked = panel * share;
        ptrdiff_t width = smaller(GRADIENT_PANEL, sizes.outputs - column);
        const float *soon = asked < floats ? upcoming : others;
        product p = {
            .rows = end - first,
            .columns = width,
            .segments = 1,
            .steps = sizes.count,
            .a = input + first,
            .a_row = 1,
            .a_step = sizes.inputs,
            .b = panels + column * sizes.count,
            .b_step = width,
            .c = weight_gradient + column,
            .c_row = sizes.outputs,
            .upcoming = {
                .address = soon ? soon + asked % floats : NULL,
                .tiles = soon ? tiles : 0,
                .tile_stride = stride * sizes.count,
                .step_stride = stride,
            },
        };
        multiply(&p);
    }
}

#define DENSE_FLOAT                                                                                \
    {                                                                                              \
        dense_forward, dense_prepared_count, dense_prepare, dense_panels_count, dense_lay_panels,  \
        dense_input_gradient, dense_weight_gradient,                                               \
    }
