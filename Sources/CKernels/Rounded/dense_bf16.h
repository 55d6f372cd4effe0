// Dense layers over a batch, of rounded numbers.
//
// The weights stay in single precision in memory, and a panel of them is rounded to bfloat16 as it is
// needed: for a batch of 32 that is one instruction for each ten of the product.

#include "../Direct/dense_blocks.h"
#include "bf16.h"

enum {
    // So many rows of a batch are in the first cache at a time.
    ROWS_AT_ONCE = 64,
    INPUTS_ROOM = dqn_rounded_batch,
};

static void dense_forward(
    dqn_dense_sizes sizes, const float *input, const float *weights, const float *bias,
    bool rectifies, ptrdiff_t first, ptrdiff_t end, float *output
) {
    _Alignas(64) uint16_t rows[ROWS_AT_ONCE * sum_length];
    _Alignas(64) uint16_t panel[TILE_COLUMNS * sum_length];
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
            for (ptrdiff_t column = first; column < end; column += TILE_COLUMNS) {
                ptrdiff_t columns = smaller(TILE_COLUMNS, end - column);
                pair_rows_to_bf16(
                    weights + begin * sizes.outputs + column, sizes.outputs, length, columns, panel
                );
                // The next panel comes from memory while this one is multiplied.
                const float *following = column + TILE_COLUMNS < end
                    ? weights + begin * sizes.outputs + column + TILE_COLUMNS
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

/// `target` has room for the pairs, and for as many numbers more on the way there.
INLINED void transpose_gradient(dqn_dense_sizes sizes, const float *gradient, float *target) {
    uint16_t *pairs = (uint16_t *)(void *)target;
    uint16_t *rows = pairs + even(sizes.count) * even(sizes.outputs);
    pair_columns_to_bf16(gradient, sizes.count, sizes.outputs, pairs, rows);
}

INLINED void lay_columns(
    ptrdiff_t count, const int *columns, const float *first, const float *second, float *target
) {
    // No more than a tile has.
    float one[TILE_COLUMNS], other[TILE_COLUMNS];
    for (ptrdiff_t i = 0; i < count; i++) {
        one[i] = first[columns[i]];
        other[i] = second ? second[columns[i]] : 0;
    }
    pair_to_bf16(one, other, count, (uint16_t *)(void *)target);
}

INLINED factors factors_of_weights(
    dqn_dense_sizes sizes, const int *rows, const float *weights, uint16_t *room
) {
    ptrdiff_t width = even(sizes.outputs);
    for (ptrdiff_t i = 0; i < *rows; i++) {
        uint16_t *place = room + rows[1 + i] * width;
        round_to_bf16(weights + rows[1 + i] * sizes.outputs, sizes.outputs, place);
        if (width > sizes.outputs) place[sizes.outputs] = 0;
    }
    return (factors){.numbers = room, .row = width, .step = 2};
}

INLINED factors factors_of_inputs(
    dqn_dense_sizes sizes, ptrdiff_t rows, const float *input, uint16_t *room
) {
    pair_rows_to_bf16(input, sizes.inputs, sizes.count, rows, room);
    return (factors){.numbers = room, .row = 2, .step = 2 * rows};
}

#include "../Direct/dense_gradients.h"
