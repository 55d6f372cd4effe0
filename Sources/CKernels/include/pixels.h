#ifndef CKERNELS_PIXELS_H
#define CKERNELS_PIXELS_H

#include <stddef.h>
#include <stdint.h>

// Plain loops over bytes, compiled for any CPU and again for those with wider vectors; all give the same
// bits.

/// Gray levels of `pixels` colours of three bytes: (9798 · red + 19235 · green + 3735 · blue + 2¹⁴) >> 15.
void dqn_luminance(const uint8_t *rgb, ptrdiff_t pixels, uint8_t *gray);

/// The gray levels of the larger of two pictures' bytes.
void dqn_luminance_of_maximum(
    const uint8_t *newest, const uint8_t *previous, ptrdiff_t pixels, uint8_t *gray
);

/// How each of `count` new parts of a line lies over the old ones: the first it covers, and the weights of
/// `taps` from there on, of the shape (count, taps). A weight of 0 may be that of a part beyond the last.
typedef struct {
    ptrdiff_t count, taps;
    const ptrdiff_t *starts;
    const float *weights;
} dqn_overlaps;

/// Shrinks or enlarges a gray picture of `width` columns: each new pixel is the weighted sum of those it
/// covers over `area`, rounded to the nearest level, halves to the even one.
///
/// `scratch` has room for `dqn_resize_scratch_count` floats.
void dqn_resize(
    const uint8_t *gray, ptrdiff_t width, dqn_overlaps rows, dqn_overlaps columns, float area,
    float *scratch, uint8_t *result
);

ptrdiff_t dqn_resize_scratch_count(ptrdiff_t width, dqn_overlaps columns);

#endif
