#include "winograd_tiling.h"

enum { VECTOR = 16, CACHED_FLOATS = 1 << 17 };

static ptrdiff_t divided_up(ptrdiff_t count, ptrdiff_t size) { return (count + size - 1) / size; }

static winograd_tiling tiling(dqn_convolution_sizes s, int outputs) {
    int taps = (int)(s.kernel_size / s.stride);
    winograd_tiling t = {.outputs = outputs, .taps = taps, .points = outputs + taps - 1};
    t.products = t.points * t.points;
    t.tile_columns = divided_up(s.output_width, outputs);
    t.tiles = divided_up(s.output_height, outputs) * t.tile_columns;
    t.square_rows = s.output_height + taps - 1;
    t.square_columns = s.output_width + taps - 1;
    t.square_row = s.stride * s.input_channels;
    t.channels = s.stride * t.square_row;
    t.images = CACHED_FLOATS / (t.products * t.tiles * (t.channels + s.output_channels));
    if (t.images < 1) t.images = 1;
    if (t.images > dqn_winograd_images) t.images = dqn_winograd_images;
    // An even number of tiles, because those to be rounded may go in pairs.
    ptrdiff_t tiles = (t.images * t.tiles + 1) / 2 * 2;
    t.input_plane = tiles * t.channels + 2 * VECTOR;
    t.output_plane = tiles * s.output_channels + 2 * VECTOR;
    return t;
}

winograd_tiling winograd_tiling_of(dqn_convolution_sizes s) {
    winograd_tiling small = tiling(s, s.kernel_size == 3 * s.stride ? 2 : 3);
    winograd_tiling large = tiling(s, 4);
    return small.tiles * small.products <= large.tiles * large.products ? small : large;
}

bool dqn_winograd_fits(dqn_convolution_sizes s) {
    return (s.kernel_size == 2 * s.stride || s.kernel_size == 3 * s.stride)
        && s.stride * s.input_channels % VECTOR == 0 && s.output_channels % VECTOR == 0;
}

ptrdiff_t dqn_winograd_weights(dqn_convolution_sizes s, bool rounds) {
    winograd_tiling t = winograd_tiling_of(s);
    return t.products * t.channels * s.output_channels / (rounds ? 2 : 1);
}

ptrdiff_t dqn_winograd_scratch(dqn_convolution_sizes s) {
    winograd_tiling t = winograd_tiling_of(s);
    ptrdiff_t sums = winograd_sums_plane(s, t.channels);
    return t.products * (t.input_plane + t.output_plane + sums);
}
