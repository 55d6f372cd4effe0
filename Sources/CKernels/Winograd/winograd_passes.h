// The passes of minimal filtering with one kind of product, for a file that defines `write_points`
// before: see "winograd_spread.h".
//
// Each pass spreads images, multiplies a matrix for each point, (tiles, input channels) by (input
// channels, output channels) or what the chain rule makes of that, and gathers what comes out.

#include "elementwise.h"
#include "winograd_gather.h"
#include "winograd_spread.h"

static void winograd_transform_weights(
    dqn_convolution_sizes sizes, const float *weights, float *transformed
) {
    winograd_tiling t = winograd_tiling_of(sizes);
    NUMBER *numbers = (NUMBER *)(void *)transformed;
    WITH_FILTERING(&t, spread_weights(f, sizes, &t, true, weights, numbers))
}

static void winograd_transpose_weights(
    dqn_convolution_sizes sizes, const float *weights, float *transposed, float *scratch
) {
    winograd_tiling t = winograd_tiling_of(sizes);
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
/// `columns`), those of `a` and `c` so many numbers apart. `taken`: see `taken_steps` of a product.
static void multiply_at_points(
    const winograd_tiling *t, ptrdiff_t rows, ptrdiff_t inner, ptrdiff_t columns, const NUMBER *a,
    ptrdiff_t a_plane, const int *taken, const NUMBER *b, float *c, ptrdiff_t c_plane
) {
    for (ptrdiff_t i = 0; i < t->products; i++) {
        product p = {
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
            .taken_steps = taken,
        };
        multiply(&p);
    }
}

static void winograd_convolve(
    dqn_convolution_sizes sizes, ptrdiff_t images, const float *input, const float *transformed,
    const float *bias, bool rectifies, float *output, float *scratch
) {
    winograd_tiling t = winograd_tiling_of(sizes);
    NUMBER *inputs = (NUMBER *)(void *)scratch;
    float *outputs = scratch + t.products * t.input_plane;
    for (ptrdiff_t first = 0; first < images; first += t.images) {
        ptrdiff_t count = smaller(t.images, images - first);
        const float *from = input + first * input_count(sizes);
        WITH_FILTERING(&t, spread_input(f, sizes, &t, false, count, from, inputs))
        multiply_at_points(
            &t, count * t.tiles, t.channels, sizes.output_channels, inputs, t.input_plane, NULL,
            (const NUMBER *)(const void *)transformed, outputs, t.output_plane
        );
        float *to = output + first * output_count(sizes);
        WITH_FILTERING(
            &t, gather_output(f, sizes, &t, count, outputs, bias, rectifies, to)
        )
    }
}

static void winograd_weight_gradient(
    dqn_convolution_sizes sizes, ptrdiff_t images, const float *input,
    const float *output_gradient, float *weight_gradient, float *scratch
) {
    winograd_tiling t = winograd_tiling_of(sizes);
    NUMBER *inputs = (NUMBER *)(void *)scratch;
    NUMBER *outputs = (NUMBER *)(void *)(scratch + t.products * t.input_plane);
    float *sums = scratch + t.products * (t.input_plane + t.output_plane);
    // Where all images are multiplied at once, a few channels' sums are gathered while in the cache.
    enum { GATHERED_CHANNELS = 16 };
    ptrdiff_t channels = images <= t.images ? GATHERED_CHANNELS : t.channels;
    ptrdiff_t plane = winograd_sums_plane(sizes, channels);
    for (ptrdiff_t first = 0; first < images; first += t.images) {
        ptrdiff_t count = smaller(t.images, images - first);
        const float *from = input + first * input_count(sizes);
        const float *gradient = output_gradient + first * output_count(sizes);
        WITH_FILTERING(&t, spread_input(f, sizes, &t, true, count, from, inputs))
        WITH_FILTERING(&t, spread_output_gradient(f, sizes, &t, true, count, gradient, outputs))
        for (ptrdiff_t channel = 0; channel < t.channels; channel += channels) {
            for (ptrdiff_t i = 0; i < t.products; i++) {
                product p = {
                    .rows = channels,
                    .columns = sizes.output_channels,
                    .segments = 1,
                    .steps = steps_of(count * t.tiles),
                    .a = inputs + i * t.input_plane + PAIR * channel,
                    .a_row = PAIR,
                    .a_step = PAIR * t.channels,
                    .b = outputs + i * t.output_plane,
                    .b_step = PAIR * sizes.output_channels,
                    .c = sums + i * plane,
                    .c_row = sizes.output_channels,
                    .accumulates = first > 0,
                };
                multiply(&p);
            }
            if (first + count < images) continue;
            WITH_FILTERING(
                &t,
                gather_weight_gradient(
                    f, sizes, &t, channel, channels, sums, plane, weight_gradient
                )
            )
        }
    }
}

static void winograd_input_gradient(
    dqn_convolution_sizes sizes, ptrdiff_t images, const float *output_gradient,
    const float *transposed, float *input_gradient, float *scratch
) {
    winograd_tiling t = winograd_tiling_of(sizes);
    float *inputs = scratch;
    NUMBER *outputs = (NUMBER *)(void *)(scratch + t.products * t.input_plane);
    // A filter that nothing passed lets no gradient through, at any point.
    enum { MOST_LISTED = 1024 };
    int taken[MOST_LISTED + LIST_ROOM];
    bool lists = sizes.output_channels <= MOST_LISTED;
    for (ptrdiff_t first = 0; first < images; first += t.images) {
        ptrdiff_t count = smaller(t.images, images - first);
        const float *gradient = output_gradient + first * output_count(sizes);
        if (lists) {
            list_columns(
                count * sizes.output_height * sizes.output_width, sizes.output_channels, gradient,
                sizes.output_channels, NULL, taken
            );
            list_steps(taken);
        }
        WITH_FILTERING(&t, spread_output_gradient(f, sizes, &t, false, count, gradient, outputs))
        multiply_at_points(
            &t, count * t.tiles, sizes.output_channels, t.channels, outputs, t.output_plane,
            lists ? taken : NULL, (const NUMBER *)(const void *)transposed, inputs, t.input_plane
        );
        float *to = input_gradient + first * input_count(sizes);
        WITH_FILTERING(&t, gather_input_gradient(f, sizes, &t, count, inputs, to))
    }
}

#define WINOGRAD                                                                                   \
    {                                                                                              \
        winograd_transform_weights, winograd_transpose_weights, winograd_convolve,                 \
        winograd_weight_gradient, winograd_input_gradient,                                         \
    }
