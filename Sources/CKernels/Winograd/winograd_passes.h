// The passes of minimal filtering with products of one kind of numbers, for a file that includes this
// once and says before
//
//     NUMBER, PAIR            what is multiplied, and how many of it a product's step takes,
//     PRODUCT, MULTIPLY       the structure that describes a product, and the function,
//     NAMED(name)             what the functions are called,
//     write_points            see "winograd_spread.h".
//
// Each pass spreads images, multiplies a matrix for each point, (tiles, input channels) by (input
// channels, output channels) or what the chain rule makes of that, and gathers what comes out.

#include "elementwise.h"
#include "product.h"
#include "winograd_spread.h"

static ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

static winograd_tiling tiling_of(dqn_convolution_sizes s) {
    return winograd_tiling_of(s, PAIR == 2);
}

DQN_WINOGRAD_TRANSFORM_WEIGHTS(NAMED(dqn_winograd_transform_weights)) {
    winograd_tiling t = tiling_of(sizes);
    NUMBER *numbers = (NUMBER *)(void *)transformed;
    WITH_FILTERING(&t, spread_weights(f, sizes, &t, true, weights, numbers))
}

DQN_WINOGRAD_TRANSPOSE_WEIGHTS(NAMED(dqn_winograd_transpose_weights)) {
    winograd_tiling t = tiling_of(sizes);
    NUMBER *numbers = (NUMBER *)(void *)scratch;
    WITH_FILTERING(&t, spread_weights(f, sizes, &t, false, weights, numbers))
    // A pair of numbers moves as one float.
    ptrdiff_t columns = sizes.output_channels / PAIR;
    for (ptrdiff_t i = 0; i < t.products; i++) {
        ptrdiff_t place = i * t.channels * columns;
        dqn_transpose(
            scratch + place, columns, t.channels, columns, transposed + place, t.channels
        );
    }
}

/// At each of the tiling's points c = a b, for matrices a of (`rows`, `inner`) and b of (`inner`,
/// `columns`), those of `a` and `c` so many numbers apart.
static void multiply_at_points(
    const winograd_tiling *t, ptrdiff_t rows, ptrdiff_t inner, ptrdiff_t columns, const NUMBER *a,
    ptrdiff_t a_plane, const NUMBER *b, float *c, ptrdiff_t c_plane
) {
    for (ptrdiff_t i = 0; i < t->products; i++) {
        PRODUCT p = {
            .rows = rows,
            .columns = columns,
            .segments = 1,
            .steps = inner / PAIR,
            .a = a + i * a_plane,
            .a_row = inner,
            .a_step = PAIR,
            .b = b + i * inner * columns,
            .b_step = PAIR * columns,
            .c = c + i * c_plane,
            .c_row = columns,
        };
        MULTIPLY(&p);
    }
}

DQN_WINOGRAD_CONVOLVE(NAMED(dqn_winograd_convolve)) {
    winograd_tiling t = tiling_of(sizes);
    NUMBER *inputs = (NUMBER *)(void *)scratch;
    float *outputs = scratch + t.products * t.input_plane;
    for (ptrdiff_t first = 0; first < images; first += t.images) {
        ptrdiff_t count = smaller(t.images, images - first);
        const float *from = input + first * input_count(sizes);
        WITH_FILTERING(&t, spread_input(f, sizes, &t, false, count, from, inputs))
        multiply_at_points(
            &t, count * t.tiles, t.channels, sizes.output_channels, inputs, t.input_plane,
            (const NUMBER *)(const void *)transformed, outputs, t.output_plane
        );
        float *to = output + first * output_count(sizes);
        winograd_gather_output(sizes, &t, count, outputs, bias, rectifies, to);
    }
}

DQN_WINOGRAD_WEIGHT_GRADIENT(NAMED(dqn_winograd_weight_gradient)) {
    winograd_tiling t = tiling_of(sizes);
    NUMBER *inputs = (NUMBER *)(void *)scratch;
    NUMBER *outputs = (NUMBER *)(void *)(scratch + t.products * t.input_plane);
    float *sums = scratch + t.products * (t.input_plane + t.output_plane);
    // Where all images are multiplied at once, a few channels' sums are gathered while in the cache.
    ptrdiff_t channels = images <= t.images ? LANES : t.channels;
    ptrdiff_t plane = channels * sizes.output_channels + LANES;
    for (ptrdiff_t first = 0; first < images; first += t.images) {
        ptrdiff_t count = smaller(t.images, images - first);
        const float *from = input + first * input_count(sizes);
        const float *gradient = output_gradient + first * output_count(sizes);
        WITH_FILTERING(&t, spread_input(f, sizes, &t, true, count, from, inputs))
        WITH_FILTERING(&t, spread_output_gradient(f, sizes, &t, true, count, gradient, outputs))
        for (ptrdiff_t channel = 0; channel < t.channels; channel += channels) {
            for (ptrdiff_t i = 0; i < t.products; i++) {
                PRODUCT p = {
                    .rows = channels,
                    .columns = sizes.output_channels,
                    .segments = 1,
                    .steps = (count * t.tiles + PAIR - 1) / PAIR,
                    .a = inputs + i * t.input_plane + PAIR * channel,
                    .a_row = PAIR,
                    .a_step = PAIR * t.channels,
                    .b = outputs + i * t.output_plane,
                    .b_step = PAIR * sizes.output_channels,
                    .c = sums + i * plane,
                    .c_row = sizes.output_channels,
                    .accumulates = first > 0,
                };
                MULTIPLY(&p);
            }
            if (first + count < images) continue;
            winograd_gather_weight_gradient(
                sizes, &t, channel, channels, sums, plane, weight_gradient
            );
        }
    }
}

DQN_WINOGRAD_INPUT_GRADIENT(NAMED(dqn_winograd_input_gradient)) {
    winograd_tiling t = tiling_of(sizes);
    float *inputs = scratch;
    NUMBER *outputs = (NUMBER *)(void *)(scratch + t.products * t.input_plane);
    for (ptrdiff_t first = 0; first < images; first += t.images) {
        ptrdiff_t count = smaller(t.images, images - first);
        const float *gradient = output_gradient + first * output_count(sizes);
        WITH_FILTERING(&t, spread_output_gradient(f, sizes, &t, false, count, gradient, outputs))
        multiply_at_points(
            &t, count * t.tiles, sizes.output_channels, t.channels, outputs, t.output_plane,
            (const NUMBER *)(const void *)transposed, inputs, t.input_plane
        );
        float *to = input_gradient + first * input_count(sizes);
        winograd_gather_input_gradient(sizes, &t, count, inputs, to);
    }
}
