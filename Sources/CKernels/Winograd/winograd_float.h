// Minimal filtering with products of floats.

#include "winograd_tiles.h"

/// `second` is of no meaning: a step of the product takes one number.
INLINED void write_points(
    int points, const lanes *first, const lanes *second, float *numbers, ptrdiff_t plane
) {
    UNROLLED for (int point = 0; point < points * points; point++) {
        store(numbers + point * plane, first[point]);
    }
}

#include "winograd_passes.h"
