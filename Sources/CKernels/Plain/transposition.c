#include "convolution.h"
#include "elementwise.h"

void dqn_transpose_convolution_weights(
    dqn_convolution_sizes sizes, const float *weights, float *transposed
) {
    ptrdiff_t count = sizes.input_channels * sizes.output_channels;
    for (ptrdiff_t place = 0; place < sizes.kernel_size * sizes.kernel_size; place++) {
        dqn_transpose(
            weights + place * count, sizes.output_channels, sizes.input_channels,
            sizes.output_channels, transposed + place * count, sizes.input_channels
        );
    }
}
