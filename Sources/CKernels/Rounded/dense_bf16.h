// Dense layers over a batch, of rounded numbers.
//
// The weights stay in single precision in memory, and a panel of them is rounded to bfloat16 as it is
// needed: for a batch of 32 that is one instruction for each ten of the product.

#include "../Direct/dense_blocks.h"
#include "bf16.h"

enum {
    PANEL = 32,
    // So many rows of a batch, outputs, and rows of weights are in the first cache at a time.
    ROWS_AT_ONCE = 64,
    OUTPUTS_AT_ONCE = 1024,
    WEIGHT_ROWS_AT_ONCE = 64,
    COUNT_AT_ONCE = 128,
};

static void dense_forward(
    dqn_dense_sizes sizes, const float *input, const float *weights, const float *bias,
    bool rectifies, ptrdiff_t first, ptrdiff_t end, float *output
) {
    _Alignas(64) uint16_t rows[ROWS_AT_ONCE * sum_length];
    _Alignas(64) uint16_t panel[PANEL * sum_length];
    ptrdiff_t blocks = dense_blocks(sizes);
    for (ptrdiff_t row = 0; row < sizes.count; row += ROWS_AT_ONCE) {
        ptrdiff_t height = smaller(ROWS_AT_ONCE, sizes.count - row);
        for (ptrdiff_t block = 0; block < blocks; block++) {
            ptrdiff_t begin = dense_block(sizes, block);
            ptrdiff_t length = dense_block(sizes, block + 1) - begin, width = even(length);
            for (ptrdiff_t i = 0; i < height; i++) {
                uint16_t *place = rows + i * width;
                round_to_bf16(input + (row + i) * sizes.inputs + begin, length, place);
                if (width > length) place[length] = 0;
            }
            for (ptrdiff_t column = first; column < end; column += PANEL) {
                ptrdiff_t columns = smaller(PANEL, end - column);
                pair_rows_to_bf16(
                    weights + begin * sizes.outputs + column, sizes.outputs, length, columns, panel
                );
                // The next panel comes from memory while this one is multiplied.
                const float *following = column + PANEL < end
                    ? weights + begin * sizes.outputs + column + PANEL
                    : weights + (begin + length) * sizes.outputs + first;
                product p = {
                    .rows = height,
                    .columns = columns,
                    .segments = 1,
                    .steps = width / 2,
                    .a = rows,
                    .a_row = width,
                    .a_step = 2,
                    .b = panel,
                    .b_step = 2 * columns,
                    .c = output + row * sizes.outputs + column - first,
                    .c_row = sizes.outputs,
                    .accumulates = block > 0,
                    .bias = block == blocks - 1 ? bias + column : NULL,
                    .rectifies = rectifies && block == blocks - 1,
                    // A float is two numbers; a tile of rows asks for half of the panel.
                    .upcoming = {
                        .address = (const uint16_t *)(const void *)following,
                        .tiles = 2,
                        .tile_stride = 2 * sizes.outputs * (width / 2),
                        .step_stride = 2 * sizes.outputs,
                    },
                };
                multiply(&p);
            }
        }
    }
}

/// Numbers of a gradient in pairs, of columns or of rows.
static ptrdiff_t pairs_length(dqn_dense_sizes sizes) {
    return even(sizes.count) * even(sizes.outputs);
}

/// Room for the pairs, and for as many numbers more on the way there.
static ptrdiff_t dense_prepared_count(dqn_dense_sizes sizes) { return pairs_length(sizes); }

static void dense_prepare(
    dqn_dense_sizes sizes, const float *output_gradient, float *prepared
) {
    uint16_t *columns = (uint16_t *)(void *)prepared, *scratch = columns + pairs_length(sizes);
    pair_columns_to_bf16(output_gradient, sizes.count, sizes.outputs, columns, scratch);
}

static ptrdiff_t dense_panels_count(dqn_dense_sizes sizes) { return pairs_length(sizes) / 2; }

/// The gradient's rows in pairs.
static void dense_lay_panels(
    dqn_dense_sizes sizes, const float *output_gradient, float *panels
) {
    uint16_t *pairs = (uint16_t *)(void *)panels;
    pair_rows_to_bf16(output_gradient, sizes.outputs, sizes.count, sizes.outputs, pairs);
}

static void dense_input_gradient(
    dqn_dense_sizes sizes, const float *prepared, const float *weights, const float *rectified_input,
    ptrdiff_t first, ptrdiff_t end, float *input_gradient, float *scratch
) {
    _Alignas(64) uint16_t panel[dqn_dense_rows * OUTPUTS_AT_ONCE];
    const uint16_t *gradient = (const uint16_t *)(const void *)prepared;
    for (ptrdiff_t row = first; row < end; row += dqn_dense_rows) {
        ptrdiff_t height = smaller(dqn_dense_rows, end - row);
        for (ptrdiff_t begin = 0; begin < sizes.outputs; begin += OUTPUTS_AT_ONCE) {
            ptrdiff_t length = smaller(OUTPUTS_AT_ONCE, sizes.outputs - begin);
            ptrdiff_t width = even(length);
            for (ptrdiff_t i = 0; i < height; i++) {
                uint16_t *place = panel + i * width;
                round_to_bf16(weights + (row + i) * sizes.outputs + begin, length, place);
                if (width > length) place[length] = 0;
            }
            const float *following = weights + (row + dqn_dense_rows) * sizes.outputs + begin;
            product p = {
                .rows = height,
                .columns = sizes.count,
                .segments = 1,
                .steps = width / 2,
                .a = panel,
                .a_row = width,
                .a_step = 2,
                .b = gradient + begin * sizes.count,
                .b_step = 2 * sizes.count,
                .c = scratch,
                .c_row = sizes.count,
                .accumulates = begin > 0,
                .upcoming = {
                    .address = (const uint16_t *)(const void *)following,
                    .tiles = 1,
                    .step_stride = 2 * 2 * dqn_dense_rows,
                },
            };
            multiply(&p);
        }
        dqn_transpose(
            scratch, sizes.count, height, sizes.count, input_gradient + row - first, sizes.inputs
        );
    }
}

static void dense_weight_gradient(
    dqn_dense_sizes sizes, const float *input, const float *panels, ptrdiff_t first, ptrdiff_t end,
    const float *upcoming, const float *others, float *weight_gradient
) {
    _Alignas(64) uint16_t pairs[WEIGHT_ROWS_AT_ONCE * COUNT_AT_ONCE];
    const uint16_t *gradient = (const uint16_t *)(const void *)panels;
    for (ptrdiff_t row = first; row < end; row += WEIGHT_ROWS_AT_ONCE) {
        ptrdiff_t height = smaller(WEIGHT_ROWS_AT_ONCE, end - row);
        for (ptrdiff_t begin = 0; begin < sizes.count; begin += COUNT_AT_ONCE) {
            ptrdiff_t count = smaller(COUNT_AT_ONCE, sizes.count - begin);
            pair_rows_to_bf16(
                input + begin * sizes.inputs + row, sizes.inputs, count, height, pairs
            );
            product p = {
                .rows = height,
                .columns = sizes.outputs,
                .segments = 1,
                .steps = even(count) / 2,
                .a = pairs,
                .a_row = 2,
                .a_step = 2 * height,
                .b = gradient + begin * sizes.outputs,
                .b_step = 2 * sizes.outputs,
                .c = weight_gradient + (row - first) * sizes.outputs,
                .c_row = sizes.outputs,
                .accumulates = begin > 0,
            };
            multiply(&p);
        }
    }
}

#define DENSE_BF16                                                                                 \
    {                                                                                              \
        dense_forward, dense_prepared_count, dense_prepare, dense_panels_count, dense_lay_panels,  \
        dense_input_gradient, dense_weight_gradient,                                               \
    }
