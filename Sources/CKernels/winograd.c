#include "product.h"
#include "winograd_tiling.h"

// Each pass spreads images, multiplies a matrix for each point, (tiles, input channels) by (input
// channels, output channels) or what the chain rule makes of that, and gathers what comes out.

enum { VECTOR = 16 };

static ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

static ptrdiff_t input_count(dqn_convolution_sizes s) {
    return s.input_height * s.input_width * s.input_channels;
}

static ptrdiff_t output_count(dqn_convolution_sizes s) {
    return s.output_height * s.output_width * s.output_channels;
}

void dqn_winograd_convolve(
    dqn_convolution_sizes s, ptrdiff_t images, const float *input, const float *transformed,
    const float *bias, bool rectifies, float *output, float *scratch
) {
    winograd_tiling t = winograd_tiling_of(s);
    float *inputs = scratch, *outputs = inputs + t.products * t.input_plane;
    for (ptrdiff_t first = 0; first < images; first += t.images) {
        ptrdiff_t count = smaller(t.images, images - first);
        for (ptrdiff_t i = 0; i < count; i++) {
            const float *from = input + (first + i) * input_count(s);
            float *to = inputs + i * t.tiles * t.channels;
            winograd_spread_input(s, &t, from, to);
        }
        for (ptrdiff_t i = 0; i < t.products; i++) {
            dqn_product p = {
                .rows = count * t.tiles,
                .columns = s.output_channels,
                .segments = 1,
                .steps = t.channels,
                .a = inputs + i * t.input_plane,
                .a_row = t.channels,
                .a_step = 1,
                .b = transformed + i * t.channels * s.output_channels,
                .b_step = s.output_channels,
                .c = outputs + i * t.output_plane,
                .c_row = s.output_channels,
            };
            dqn_multiply_avx512(&p);
        }
        for (ptrdiff_t i = 0; i < count; i++) {
            const float *from = outputs + i * t.tiles * s.output_channels;
            float *to = output + (first + i) * output_count(s);
            winograd_gather_output(s, &t, from, bias, rectifies, to);
        }
    }
}

static void spread_output_gradients(
    dqn_convolution_sizes s, const winograd_tiling *t, ptrdiff_t count, const float *gradients,
    float *outputs
) {
    for (ptrdiff_t i = 0; i < count; i++) {
        const float *from = gradients + i * output_count(s);
        float *to = outputs + i * t->tiles * s.output_channels;
        winograd_spread_output_gradient(s, t, from, to);
    }
}

void dqn_winograd_weight_gradient(
    dqn_convolution_sizes s, ptrdiff_t images, const float *input, const float *output_gradient,
    float *weight_gradient, float *scratch
) {
    winograd_tiling t = winograd_tiling_of(s);
    float *inputs = scratch, *outputs = inputs + t.products * t.input_plane;
    float *sums = outputs + t.products * t.output_plane;
    // Where all images are multiplied at once, a few channels' sums are gathered while in the cache.
    ptrdiff_t channels = images <= t.images ? VECTOR : t.channels;
    ptrdiff_t plane = channels * s.output_channels + VECTOR;
    for (ptrdiff_t first = 0; first < images; first += t.images) {
        ptrdiff_t count = smaller(t.images, images - first);
        for (ptrdiff_t i = 0; i < count; i++) {
            const float *from = input + (first + i) * input_count(s);
            float *to = inputs + i * t.tiles * t.channels;
            winograd_spread_input(s, &t, from, to);
        }
        spread_output_gradients(s, &t, count, output_gradient + first * output_count(s), outputs);
        for (ptrdiff_t channel = 0; channel < t.channels; channel += channels) {
            for (ptrdiff_t i = 0; i < t.products; i++) {
                dqn_product p = {
                    .rows = channels,
                    .columns = s.output_channels,
                    .segments = 1,
                    .steps = count * t.tiles,
                    .a = inputs + i * t.input_plane + channel,
                    .a_row = 1,
                    .a_step = t.channels,
                    .b = outputs + i * t.output_plane,
                    .b_step = s.output_channels,
                    .c = sums + i * plane,
                    .c_row = s.output_channels,
                    .accumulates = first > 0,
                };
                dqn_multiply_avx512(&p);
            }
            if (first + count < images) continue;
            winograd_gather_weight_gradient(
                s, &t, channel, channels, sums, plane, weight_gradient
            );
        }
    }
}

void dqn_winograd_input_gradient(
    dqn_convolution_sizes s, ptrdiff_t images, const float *output_gradient,
    const float *transposed, float *input_gradient, float *scratch
) {
    winograd_tiling t = winograd_tiling_of(s);
    float *inputs = scratch, *outputs = inputs + t.products * t.input_plane;
    for (ptrdiff_t first = 0; first < images; first += t.images) {
        ptrdiff_t count = smaller(t.images, images - first);
        spread_output_gradients(s, &t, count, output_gradient + first * output_count(s), outputs);
        for (ptrdiff_t i = 0; i < t.products; i++) {
            dqn_product p = {
                .rows = count * t.tiles,
                .columns = t.channels,
                .segments = 1,
                .steps = s.output_channels,
                .a = outputs + i * t.output_plane,
                .a_row = s.output_channels,
                .a_step = 1,
                .b = transposed + i * t.channels * s.output_channels,
                .b_step = t.channels,
                .c = inputs + i * t.input_plane,
                .c_row = t.channels,
            };
            dqn_multiply_avx512(&p);
        }
        for (ptrdiff_t i = 0; i < count; i++) {
            const float *from = inputs + i * t.tiles * t.channels;
            float *to = input_gradient + (first + i) * input_count(s);
            winograd_gather_input_gradient(s, &t, from, to);
        }
    }
}
