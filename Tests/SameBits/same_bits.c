// Prints a fingerprint of what the kernels for one kind of CPU compute, over shapes and numbers drawn
// from a fixed seed: the same on every CPU.
//
// usage: same_bits neon|avx2|avx512

#include "kernels.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t seed = 88172645463325252u;
static uint64_t fingerprint = 0xcbf29ce484222325u;

/// One of 0 ..< `count`.
static ptrdiff_t draw(ptrdiff_t count) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (ptrdiff_t)((seed >> 33) % (uint64_t)count);
}

/// `count` numbers of -1 … 1, kept until the program ends.
static float *numbers(ptrdiff_t count) {
    float *drawn = malloc(((size_t)count + 1) * sizeof(float));
    for (ptrdiff_t i = 0; i < count; i++) drawn[i] = (float)(draw(20001) - 10000) / 10000;
    return drawn;
}

/// Room for `count` numbers, kept until the program ends.
static float *room(ptrdiff_t count) {
    float *numbers = malloc(((size_t)count + 1) * sizeof(float));
    for (ptrdiff_t i = 0; i < count; i++) numbers[i] = 7;
    return numbers;
}

/// Makes what is negative zero, and all numbers of some units, of which each row has `units`.
static void rectify(float *numbers, ptrdiff_t rows, ptrdiff_t units) {
    for (ptrdiff_t unit = 0; unit < units; unit++) {
        bool passes = draw(3) > 0;
        for (ptrdiff_t row = 0; row < rows; row++) {
            float *number = numbers + row * units + unit;
            if (!passes || *number < 0) *number = 0;
        }
    }
}

static void take_in(const float *results, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, results + i, sizeof bits);
        fingerprint = (fingerprint ^ bits) * 0x100000001b3u;
    }
}

static void convolve(const dqn_kernels *k, bool fits_filtering, bool rectifies) {
    ptrdiff_t stride = (ptrdiff_t)1 << draw(3), kernel = stride * (2 + draw(2));
    ptrdiff_t channels = 16 / stride * (1 + draw(3)), filters = 16 * (1 + draw(3));
    if (!fits_filtering) {
        stride = 1 + draw(4), kernel = 1 + draw(6), channels = 1 + draw(9), filters = 1 + draw(37);
    }
    ptrdiff_t height = kernel + draw(12), width = kernel + draw(12), images = 1 + draw(7);
    dqn_convolution_sizes s = {
        height, width, channels, (height - kernel) / stride + 1, (width - kernel) / stride + 1,
        filters, kernel, stride,
    };
    ptrdiff_t inputs = height * width * channels, weight_count = kernel * kernel * channels * filters;
    ptrdiff_t outputs = s.output_height * s.output_width * filters;
    float *input = numbers(images * inputs), *slope = numbers(images * outputs);
    float *weights = numbers(weight_count), *bias = numbers(filters);
    float *output = room(images * outputs), *weight_slope = numbers(weight_count);
    float *input_slope = room(images * inputs);
    if (rectifies) rectify(slope, images * s.output_height * s.output_width, filters);
    k->convolution.forward(s, input, weights, bias, rectifies, 0, s.output_height, output);
    take_in(output, outputs);
    k->convolution.weight_gradient(s, input, slope, rectifies, weight_slope);
    take_in(weight_slope, weight_count);
    k->convolution.input_gradient(s, slope, weights, input_slope);
    take_in(input_slope, inputs);
    if (!dqn_winograd_fits(s)) return;
    float *laid_out = room(dqn_winograd_weights(s, false));
    float *scratch = room(dqn_winograd_scratch(s));
    k->winograd.transform_weights(s, weights, laid_out);
    k->winograd.forward(s, images, input, laid_out, bias, rectifies, output, scratch);
    take_in(output, images * outputs);
    k->winograd.weight_gradient(s, images, input, slope, weight_slope, scratch);
    take_in(weight_slope, weight_count);
    k->winograd.transpose_weights(s, weights, laid_out, scratch);
    k->winograd.input_gradient(s, images, slope, laid_out, input_slope, scratch);
    take_in(input_slope, images * inputs);
}

static void join(const dqn_kernels *k, ptrdiff_t count, bool rectifies) {
    dqn_dense_sizes s = {count, 1 + draw(600), 1 + draw(300)};
    float *input = numbers(count * s.inputs), *weights = numbers(s.inputs * s.outputs);
    float *bias = numbers(s.outputs), *slope = numbers(count * s.outputs);
    float *output = room(count * s.outputs), *input_slope = room(count * s.inputs);
    float *weight_slope = room(s.inputs * s.outputs);
    float *prepared = room(k->dense.prepared_count(s)), *scratch = room(dqn_dense_scratch(s));
    float *panels = room(k->dense.panels_count(s));
    if (rectifies) {
        rectify(input, count, s.inputs);
        rectify(slope, count, s.outputs);
    }
    k->dense.forward(s, input, weights, bias, rectifies, 0, s.outputs, output);
    take_in(output, count * s.outputs);
    k->dense.prepare(s, slope, prepared);
    k->dense.input_gradient(
        s, prepared, weights, rectifies ? input : NULL, 0, s.inputs, input_slope, scratch
    );
    take_in(input_slope, count * s.inputs);
    k->dense.lay_panels(s, slope, panels);
    k->dense.weight_gradient(s, input, panels, 0, s.inputs, weights, NULL, weight_slope);
    take_in(weight_slope, s.inputs * s.outputs);
}

int main(int count, char **words) {
    const char *names[] = {"neon", "avx2", "avx512"};
    const dqn_instructions kinds[] = {dqn_neon, dqn_avx2, dqn_avx512};
    const dqn_kernels *kernels = NULL;
    for (int i = 0; i < 3; i++) {
        if (count == 2 && strcmp(words[1], names[i]) == 0) kernels = dqn_kernels_for(kinds[i]);
    }
    if (!kernels) {
        fprintf(stderr, "expected neon, avx2 or avx512, of which this CPU has not all\n");
        return 64;
    }
    for (int i = 0; i < 60; i++) {
        convolve(kernels, i % 3 > 0, i % 2 > 0);
        join(kernels, i % 5 > 0 ? 1 + draw(70) : 1, i % 2 > 0);
    }
    printf("%016llx %s\n", (unsigned long long)fingerprint, words[1]);
}
