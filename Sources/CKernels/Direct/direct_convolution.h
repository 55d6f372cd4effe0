// Convolutions by direct sums.
//
// A convolution needs no patches laid out: the places under one kernel row are contiguous in a
// channels-last image, and those of the output places beside each other a constant stride apart. So
// each row of places is a product with a segment for each kernel row.

static void convolve(
    dqn_convolution_sizes sizes, const float *input, const float *weights, const float *bias,
    bool rectifies, ptrdiff_t first_row, ptrdiff_t end_row, float *output
) {
    ptrdiff_t input_row = sizes.input_width * sizes.input_channels;
    ptrdiff_t output_row = sizes.output_width * sizes.output_channels;
    ptrdiff_t kernel_row = sizes.kernel_size * sizes.input_channels;
    // So many kernel rows at a time that no sum is much longer than sum_length.
    ptrdiff_t at_once = kernel_row < sum_length ? sum_length / kernel_row : 1;
    for (ptrdiff_t row = first_row; row < end_row; row++) {
        for (ptrdiff_t first = 0; first < sizes.kernel_size; first += at_once) {
            ptrdiff_t left = sizes.kernel_size - first;
            product p = {
                .rows = sizes.output_width,
                .columns = sizes.output_channels,
                .segments = left < at_once ? left : at_once,
                .steps = kernel_row,
                .a = input + (row * sizes.stride + first) * input_row,
                .a_row = sizes.stride * sizes.input_channels,
                .a_segment = input_row,
                .a_step = 1,
                .b = weights + first * kernel_row * sizes.output_channels,
                .b_segment = kernel_row * sizes.output_channels,
                .b_step = sizes.output_channels,
                .c = output + (row - first_row) * output_row,
                .c_row = sizes.output_channels,
                .accumulates = first > 0,
                .bias = left <= at_once ? bias : NULL,
                .rectifies = rectifies && left <= at_once,
            };
            multiply(&p);
        }
    }
}

static void convolution_weight_gradient(
    dqn_convolution_sizes sizes, const float *input, const float *output_gradient,
    bool accumulates, float *weight_gradient
) {
    ptrdiff_t input_row = sizes.input_width * sizes.input_channels;
    ptrdiff_t kernel_row = sizes.kernel_size * sizes.input_channels;
    for (ptrdiff_t row = 0; row < sizes.kernel_size; row++) {
        // A row for each number under this kernel row, a segment for each row of places.
        product p = {
            .rows = kernel_row,
            .columns = sizes.output_channels,
            .segments = sizes.output_height,
            .steps = sizes.output_width,
            .a = input + row * input_row,
            .a_row = 1,
            .a_segment = sizes.stride * input_row,
            .a_step = sizes.stride * sizes.input_channels,
            .b = output_gradient,
            .b_segment = sizes.output_width * sizes.output_channels,
            .b_step = sizes.output_channels,
            .c = weight_gradient + row * kernel_row * sizes.output_channels,
            .c_row = sizes.output_channels,
            .accumulates = accumulates,
        };
        multiply(&p);
    }
}

static void convolution_input_gradient(
    dqn_convolution_sizes sizes, const float *output_gradient, const float *transposed_weights,
    float *input_gradient
) {
    ptrdiff_t input_row = sizes.input_width * sizes.input_channels;
    ptrdiff_t output_row = sizes.output_width * sizes.output_channels;
    ptrdiff_t kernel = sizes.kernel_size, stride = sizes.stride;
    ptrdiff_t place = sizes.input_channels * sizes.output_channels;
    for (ptrdiff_t row = 0; row < sizes.input_height; row++) {
        // The rows of places whose kernels reach this row: those with 0 <= row - stride·i < kernel.
        ptrdiff_t first = row < kernel ? 0 : (row - kernel) / stride + 1;
        ptrdiff_t last = row / stride;
        if (last >= sizes.output_height) last = sizes.output_height - 1;
        float *gradient = input_gradient + row * input_row;
        memset(gradient, 0, (size_t)input_row * sizeof(float));
        // A kernel column at a time, because each reaches other pixels: no product with a zero.
        for (ptrdiff_t column = 0; column < kernel; column++) {
            product p = {
                .rows = sizes.output_width,
                .columns = sizes.input_channels,
                .segments = last - first + 1,
                .steps = sizes.output_channels,
                .a = output_gradient + first * output_row,
                .a_row = sizes.output_channels,
                .a_segment = output_row,
                .a_step = 1,
                .b = transposed_weights + ((row - first * stride) * kernel + column) * place,
                .b_segment = -stride * kernel * place,
                .b_step = sizes.input_channels,
                .c = gradient + column * sizes.input_channels,
                .c_row = stride * sizes.input_channels,
                .accumulates = true,
            };
            multiply(&p);
        }
    }
}

#define DIRECT_CONVOLUTION {convolve, convolution_weight_gradient, convolution_input_gradient}
