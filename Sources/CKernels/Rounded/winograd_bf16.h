// Minimal filtering with products of what is rounded once it is transformed.

#include "../Winograd/winograd_tiles.h"
#include "bf16_pairs.h"

/// Rounds a tile's vectors; with those of another tile between their lanes, if there is one.
INLINED void write_points(
    int points, const lanes *first, const lanes *second, uint16_t *numbers, ptrdiff_t plane
) {
    UNROLLED for (int point = 0; point < points * points; point++) {
        uint16_t *place = numbers + point * plane;
        if (second) {
            _mm512_storeu_si512(place, pairs_to_bf16(first[point], second[point]));
        } else {
            __m256i rounded = (__m256i)_mm512_cvtneps_pbh((__m512)first[point]);
            _mm256_storeu_si256((__m256i *)(void *)place, rounded);
        }
    }
}

#include "../Winograd/winograd_passes.h"
