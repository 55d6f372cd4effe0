// Dense layers over a batch, forward.
//
// More than half of what comes out of a rectified layer is zero, and a unit that is zero for one observation
// often is for those beside it: each tile takes the inputs that are not zero in all of its rows. Where the
// weights are finite the sums are those over all inputs, to the bit.

#include "dense_blocks.h"
#include "dense_single_row.h"

enum {
    // So many tiles' lists of inputs are made at a time.
    TILES_AT_ONCE = 16,
    LIST_LENGTH = sum_length + LIST_ROOM,
};

/// Lists for each tile's rows the inputs that are not zero in all of them, and in `all` those of all.
/// Returns whether they are so few that it is worth taking them alone.
static bool list_inputs(
    ptrdiff_t rows, ptrdiff_t inputs, const float *input, ptrdiff_t input_row, int *lists, int *all
) {
    lane_bits together[(sum_length + LANES - 1) / LANES] = {0};
    const row_parts parts = parts_of(rows);
    ptrdiff_t found = 0;
    for (ptrdiff_t part = 0; part < parts.parts; part++) {
        ptrdiff_t height = parts.height + (part < parts.taller);
        int *list = lists + part * LIST_LENGTH;
        list_columns(height, inputs, input, input_row, together, list);
        found += *list;
        input += height * input_row;
    }
    list_lanes(inputs, together, all);
    return 4 * found < 3 * inputs * parts.parts;
}

/// Copies from the weights of up to `TILE_COLUMNS` columns the rows that are listed, so that each tile
/// finds them in the first cache.
static void pack_panel(
    const int *list, const float *weights, ptrdiff_t weights_row, ptrdiff_t columns, float *panel
) {
    const lane_mask first = first_lanes(columns);
    const lane_mask second = first_lanes(columns > LANES ? columns - LANES : 0);
    const bool whole = columns >= TILE_COLUMNS;
    for (const int *place = list + 1, *end = place + *list; place < end; place++) {
        const float *from = weights + *place * weights_row;
        float *to = panel + *place * TILE_COLUMNS;
        store(to, load_columns(whole, first, from));
        store(to + LANES, load_columns(whole, second, from + LANES));
    }
}

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
        if (first == end) return;
    }
    _Alignas(CACHE_LINE_BYTES) float panel[TILE_COLUMNS * sum_length];
    int lists[TILES_AT_ONCE * LIST_LENGTH], all[LIST_LENGTH];
    const ptrdiff_t most_rows = TILES_AT_ONCE * MOST_ROWS;
    // So few inputs at a time are more exact, and fit their lists.
    const ptrdiff_t blocks = dense_blocks(sizes);
    for (ptrdiff_t row = 0; row < sizes.count; row += most_rows) {
        ptrdiff_t rows = smaller(most_rows, sizes.count - row);
        for (ptrdiff_t block = 0; block < blocks; block++) {
            ptrdiff_t begin = dense_block(sizes, block), next = dense_block(sizes, block + 1);
            const float *block_input = input + row * sizes.inputs + begin;
            bool chooses = list_inputs(
                rows, next - begin, block_input, sizes.inputs, lists, all
            );
            for (ptrdiff_t column = first; column < end; column += TILE_COLUMNS) {
                ptrdiff_t columns = smaller(TILE_COLUMNS, end - column);
                const float *block_weights = weights + begin * sizes.outputs + column;
                const float *following = column + TILE_COLUMNS < end
                    ? block_weights + TILE_COLUMNS
                    : weights + next * sizes.outputs + first;
                if (chooses) pack_panel(all, block_weights, sizes.outputs, columns, panel);
                product p = {
                    .rows = rows,
                    .columns = columns,
                    .segments = 1,
                    .steps = next - begin,
                    .a = block_input,
                    .a_row = sizes.inputs,
                    .a_step = 1,
                    .b = chooses ? panel : block_weights,
                    .b_step = chooses ? TILE_COLUMNS : sizes.outputs,
                    .c = output + row * sizes.outputs + column - first,
                    .c_row = sizes.outputs,
                    .accumulates = block > 0,
                    .bias = block == blocks - 1 ? bias + column : NULL,
                    .rectifies = rectifies && block == blocks - 1,
                    .taken_steps = chooses ? lists : NULL,
                    .taken_steps_stride = LIST_LENGTH,
                    .upcoming = {
                        .address = following,
                        .tiles = !chooses,
                        .step_stride = sizes.outputs,
                    },
                };
                multiply(&p);
            }
        }
    }
}
