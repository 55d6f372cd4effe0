// Minimal filtering with products of what is rounded once it is transformed.

#include "../Winograd/winograd_tiles.h"

/// Rounds a tile's vectors; with those of another tile between their lanes, if there is one.
INLINED void write_points(
    int points, const lanes *first, const lanes *second, uint16_t *numbers, ptrdiff_t plane
) {
    UNROLLED for (int point = 0; point < points * points; point++) {
        uint16_t *place = numbers + point * plane;
        if (second) {
            store(place, rounded_pairs(first[point], second[point]));
        } else {
            store_rounded(place, first[point]);
        }
    }
}

#include "../Winograd/winograd_passes.h"
