#include "dense.h"
#include "elementwise.h"
#include "product.h"

enum { PANEL = 32 };

static ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

void dqn_dense_forward_avx512(
    dqn_dense_sizes sizes, const float *input, const float *weights, const float *bias,
    bool rectifies, ptrdiff_t first, ptrdiff_t end, float *output
) {
    if (sizes.count == 1) {
        ptrdiff_t done = dqn_dense_forward_one_avx512(
            sizes, input, weights, bias, rectifies, first, end, output
        );
        output += done;
        first += done;
    }
    // So few steps at a time are more exact, and their part of the input stays in the first cache.
    ptrdiff_t blocks = dqn_dense_blocks(sizes);
    for (ptrdiff_t block = 0; block < blocks; block++) {
        ptrdiff_t begin = dqn_dense_block(sizes, block), next = dqn_dense_block(sizes, block + 1);
        for (ptrdiff_t column = first; column < end; column += PANEL) {
            ptrdiff_t following = column + PANEL;
            dqn_product p = {
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
            dqn_multiply_avx512(&p);
        }
    }
}

void dqn_dense_input_gradient_avx512(
    dqn_dense_sizes sizes, const float *transposed_gradient, const float *weights, ptrdiff_t first,
    ptrdiff_t end, float *input_gradient, float *scratch
) {
    for (ptrdiff_t row = first; row < end; row += dqn_dense_rows) {
        dqn_product p = {
            .rows = smaller(dqn_dense_rows, end - row),
            .columns = sizes.count,
            .segments = 1,
            .steps = sizes.outputs,
            .a = weights + row * sizes.outputs,
            .a_row = sizes.outputs,
            .a_step = 1,
            .b = transposed_gradient,
            .b_step = sizes.count,
            .c = scratch,
            .c_row = sizes.count,
            .upcoming = {
                .address = weights + (row + dqn_dense_rows) * sizes.outputs,
                .tiles = 1,
                .step_stride = dqn_dense_rows,
            },
        };
        dqn_multiply_avx512(&p);
        dqn_transpose(
            scratch, sizes.count, p.rows, sizes.count, input_gradient + row - first, sizes.inputs
        );
    }
}

void dqn_dense_weight_gradient_avx512(
    dqn_dense_sizes sizes, const float *input, const float *output_gradient, ptrdiff_t first,
    ptrdiff_t end, float *weight_gradient
) {
    dqn_product p = {
        .rows = end - first,
        .columns = sizes.outputs,
        .segments = 1,
        .steps = sizes.count,
        .a = input + first,
        .a_row = 1,
        .a_step = sizes.inputs,
        .b = output_gradient,
        .b_step = sizes.outputs,
        .c = weight_gradient,
        .c_row = sizes.outputs,
    };
    dqn_multiply_avx512(&p);
}
