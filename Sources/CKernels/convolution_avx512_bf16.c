#include "bf16.h"
#include "convolution.h"
#include "product.h"

#include <string.h>

// As in convolution_avx512.c: each row of places is a product with a segment for each kernel row.
// What goes in is rounded to bfloat16 first, an image at a time, so that it stays in the cache. Where
// a sum over a row has an odd number of terms, the last is paired with one that lies behind it and
// meets a zero on the other side.

static ptrdiff_t input_row(dqn_convolution_sizes sizes) {
    return sizes.input_width * sizes.input_channels;
}

/// Numbers under a kernel row, with one more where they are odd.
static ptrdiff_t kernel_row(dqn_convolution_sizes sizes) {
    return dqn_even(sizes.kernel_size * sizes.input_channels);
}

ptrdiff_t dqn_convolution_scratch_bf16(dqn_convolution_sizes sizes) {
    ptrdiff_t input = sizes.input_height * input_row(sizes);
    ptrdiff_t row_pairs = dqn_even(sizes.output_width) * sizes.output_channels;
    ptrdiff_t output = sizes.output_height * row_pairs;
    ptrdiff_t place = dqn_even(sizes.output_channels) * sizes.input_channels;
    ptrdiff_t forward = input + 1, weights = 2 * input + 32 + output, backward = output + 1;
    ptrdiff_t most = forward > weights ? forward : weights;
    if (backward > most) most = backward;
    if (place > most) most = place;
    return dqn_even(most) / 2;
}

ptrdiff_t dqn_convolution_kernels_bf16(dqn_convolution_sizes sizes) {
    return sizes.kernel_size * kernel_row(sizes) * sizes.output_channels / 2;
}

void dqn_pair_convolution_kernels_bf16(
    dqn_convolution_sizes sizes, const float *weights, float *kernels
) {
    ptrdiff_t numbers = sizes.kernel_size * sizes.input_channels;
    for (ptrdiff_t row = 0; row < sizes.kernel_size; row++) {
        dqn_pair_rows_to_bf16(
            weights + row * numbers * sizes.output_channels, sizes.output_channels, numbers,
            sizes.output_channels,
            (uint16_t *)(void *)kernels + row * kernel_row(sizes) * sizes.output_channels
        );
    }
}

void dqn_convolve_avx512_bf16(
    dqn_convolution_sizes sizes, const float *input, const float *kernels, const float *bias,
    bool rectifies, ptrdiff_t first_row, ptrdiff_t end_row, float *output, float *scratch
) {
    ptrdiff_t row_length = input_row(sizes), steps = kernel_row(sizes) / 2;
    ptrdiff_t kernel_length = steps * 2 * sizes.output_channels;
    ptrdiff_t image_start = first_row * sizes.stride * row_length;
    ptrdiff_t image_end =
        ((end_row - 1) * sizes.stride + sizes.kernel_size) * row_length;
    uint16_t *image = (uint16_t *)(void *)scratch;
    dqn_round_to_bf16(input + image_start, image_end - image_start, image);
    image[image_end - image_start] = 0;
    for (ptrdiff_t row = first_row; row < end_row; row++) {
        dqn_product_bf16 p = {
            .rows = sizes.output_width,
            .columns = sizes.output_channels,
            .segments = sizes.kernel_size,
            .steps = steps,
            .a = image + (row - first_row) * sizes.stride * row_length,
            .a_row = sizes.stride * sizes.input_channels,
            .a_segment = row_length,
            .a_step = 2,
            .b = (const uint16_t *)(const void *)kernels,
            .b_segment = kernel_length,
            .b_step = 2 * sizes.output_channels,
            .c = output + (row - first_row) * sizes.output_width * sizes.output_channels,
            .c_row = sizes.output_channels,
            .bias = bias,
            .rectifies = rectifies,
        };
        dqn_multiply_avx512_bf16(&p);
    }
}

void dqn_convolution_weight_gradient_avx512_bf16(
    dqn_convolution_sizes sizes, const float *input, const float *output_gradient,
    bool accumulates, float *weight_gradient, float *scratch
) {
    ptrdiff_t row_length = input_row(sizes), numbers = sizes.kernel_size * sizes.input_channels;
    ptrdiff_t count = sizes.input_height * row_length;
    // A number beside the one under the same place of the kernel one output to the right.
    ptrdiff_t right = sizes.stride * sizes.input_channels;
    if (right > count) right = count;
    uint16_t *image = (uint16_t *)(void *)scratch;
    dqn_pair_to_bf16(input, input + right, count - right, image);
    dqn_pair_to_bf16(input + count - right, NULL, right, image + 2 * (count - right));
    // At a whole cache line.
    uint16_t *gradient = image + (2 * count + 31) / 32 * 32;
    ptrdiff_t output_row = sizes.output_width * sizes.output_channels;
    ptrdiff_t gradient_row = dqn_even(sizes.output_width) * sizes.output_channels;
    for (ptrdiff_t row = 0; row < sizes.output_height; row++) {
        dqn_pair_rows_to_bf16(
            output_gradient + row * output_row, sizes.output_channels, sizes.output_width,
            sizes.output_channels, gradient + row * gradient_row
        );
    }
    for (ptrdiff_t row = 0; row < sizes.kernel_size; row++) {
        dqn_product_bf16 p = {
            .rows = numbers,
            .columns = sizes.output_channels,
            .segments = sizes.output_height,
            .steps = dqn_even(sizes.output_width) / 2,
            .a = image + 2 * row * row_length,
            .a_row = 2,
            .a_segment = 2 * sizes.stride * row_length,
            .a_step = 4 * sizes.stride * sizes.input_channels,
            .b = gradient,
            .b_segment = gradient_row,
            .b_step = 2 * sizes.output_channels,
            .c = weight_gradient + row * numbers * sizes.output_channels,
            .c_row = sizes.output_channels,
            .accumulates = accumulates,
        };
        dqn_multiply_avx512_bf16(&p);
    }
}

/// Numbers of a kernel's place among the weights that the gradient of the input is computed from.
static ptrdiff_t place_length(dqn_convolution_sizes sizes) {
    return dqn_even(sizes.output_channels) * sizes.input_channels;
}

ptrdiff_t dqn_convolution_prepared_bf16(dqn_convolution_sizes sizes) {
    return sizes.kernel_size * sizes.kernel_size * place_length(sizes) / 2;
}

void dqn_pair_convolution_weights_bf16(
    dqn_convolution_sizes sizes, const float *weights, float *prepared, float *scratch
) {
    for (ptrdiff_t place = 0; place < sizes.kernel_size * sizes.kernel_size; place++) {
        dqn_pair_columns_to_bf16(
            weights + place * sizes.input_channels * sizes.output_channels, sizes.input_channels,
            sizes.output_channels, (uint16_t *)(void *)prepared + place * place_length(sizes),
            (uint16_t *)(void *)scratch
        );
    }
}

void dqn_convolution_input_gradient_avx512_bf16(
    dqn_convolution_sizes sizes, const float *output_gradient, const float *prepared,
    float *input_gradient, float *scratch
) {
    ptrdiff_t row_length = input_row(sizes), place = place_length(sizes);
    ptrdiff_t output_row = sizes.output_width * sizes.output_channels;
    ptrdiff_t kernel = sizes.kernel_size, stride = sizes.stride;
    const uint16_t *weights = (const uint16_t *)(const void *)prepared;
    uint16_t *gradient = (uint16_t *)(void *)scratch;
    dqn_round_to_bf16(output_gradient, sizes.output_height * output_row, gradient);
    gradient[sizes.output_height * output_row] = 0;
    for (ptrdiff_t row = 0; row < sizes.input_height; row++) {
        // The rows of places whose kernels reach this row: those with 0 <= row - stride·i < kernel.
        ptrdiff_t first = row < kernel ? 0 : (row - kernel) / stride + 1;
        ptrdiff_t last = row / stride;
        if (last >= sizes.output_height) last = sizes.output_height - 1;
        memset(input_gradient + row * row_length, 0, (size_t)row_length * sizeof(float));
        // A kernel column at a time, because each reaches other pixels: no product with a zero.
        for (ptrdiff_t column = 0; column < kernel; column++) {
            dqn_product_bf16 p = {
                .rows = sizes.output_width,
                .columns = sizes.input_channels,
                .segments = last - first + 1,
                .steps = dqn_even(sizes.output_channels) / 2,
                .a = gradient + first * output_row,
                .a_row = sizes.output_channels,
                .a_segment = output_row,
                .a_step = 2,
                .b = weights + ((row - first * stride) * kernel + column) * place,
                .b_segment = -stride * kernel * place,
                .b_step = 2 * sizes.input_channels,
                .c = input_gradient + row * row_length + column * sizes.input_channels,
                .c_row = stride * sizes.input_channels,
                .accumulates = true,
            };
            dqn_multiply_avx512_bf16(&p);
        }
    }
}
