#include "pixels.h"
#include "dispatch.h"
#include "elementwise.h"

// A product and a sum are rounded each, as everywhere else outside the matrix products.
#pragma STDC FP_CONTRACT OFF

BODY luminance_body(const uint8_t *rgb, ptrdiff_t pixels, uint8_t *gray) {
    for (ptrdiff_t i = 0; i < pixels; i++) {
        uint32_t weighted = 9798u * rgb[3 * i] + 19235u * rgb[3 * i + 1] + 3735u * rgb[3 * i + 2];
        gray[i] = (uint8_t)((weighted + (1 << 14)) >> 15);
    }
}
DISPATCHED(
    luminance, (const uint8_t *rgb, ptrdiff_t pixels, uint8_t *gray), (rgb, pixels, gray)
)

BODY luminance_of_maximum_body(
    const uint8_t *newest, const uint8_t *previous, ptrdiff_t pixels, uint8_t *gray
) {
    // So much at a time that its maxima stay in the first cache.
    enum { BLOCK = 512 };
    uint8_t larger[3 * BLOCK];
    for (ptrdiff_t first = 0; first < pixels; first += BLOCK) {
        ptrdiff_t count = pixels - first < BLOCK ? pixels - first : BLOCK;
        const uint8_t *a = newest + 3 * first, *b = previous + 3 * first;
        for (ptrdiff_t i = 0; i < 3 * count; i++) larger[i] = a[i] > b[i] ? a[i] : b[i];
        luminance_body(larger, count, gray + first);
    }
}
DISPATCHED(
    luminance_of_maximum,
    (const uint8_t *newest, const uint8_t *previous, ptrdiff_t pixels, uint8_t *gray),
    (newest, previous, pixels, gray)
)

enum { ROWS = 8 };

typedef float floats8 __attribute__((ext_vector_type(ROWS), aligned(4)));
typedef uint32_t bits8 __attribute__((ext_vector_type(ROWS)));

/// The old rows under a new one, each times its weight, summed: `width` sums.
BODY add_old_rows(
    const uint8_t *gray, ptrdiff_t width, dqn_overlaps rows, ptrdiff_t row, float *sums
) {
    for (ptrdiff_t i = 0; i < width; i++) sums[i] = 0;
    for (ptrdiff_t tap = 0; tap < rows.taps; tap++) {
        float weight = rows.weights[row * rows.taps + tap];
        if (weight == 0) continue;
        const uint8_t *old = gray + (rows.starts[row] + tap) * width;
        for (ptrdiff_t i = 0; i < width; i++) sums[i] += weight * (float)old[i];
    }
}

/// As many new rows as a vector has lanes at a time, each column of them at once.
BODY resize_body(
    const uint8_t *gray, ptrdiff_t width, dqn_overlaps rows, dqn_overlaps columns, float area,
    float *scratch, uint8_t *result
) {
    float *sums = scratch, *turned = scratch + ROWS * width;
    // What weights of 0 beyond the last column meet.
    for (ptrdiff_t i = 0; i < ROWS * columns.taps; i++) turned[ROWS * width + i] = 0;
    for (ptrdiff_t first = 0; first < rows.count; first += ROWS) {
        ptrdiff_t count = rows.count - first < ROWS ? rows.count - first : ROWS;
        for (ptrdiff_t i = 0; i < count; i++) {
            add_old_rows(gray, width, rows, first + i, sums + i * width);
        }
        dqn_transpose(sums, width, count, width, turned, ROWS);
        for (ptrdiff_t column = 0; column < columns.count; column++) {
            floats8 sum = 0;
            for (ptrdiff_t tap = 0; tap < columns.taps; tap++) {
                const float *old = turned + (columns.starts[column] + tap) * ROWS;
                sum += columns.weights[column * columns.taps + tap] * *(const floats8 *)old;
            }
            // Where floats lie one apart an addition rounds to the nearest, halves to even, and the
            // lowest bits are the whole number.
            bits8 rounded = (bits8)(sum / area + 0x1.8p23f);
            uint8_t *place = result + first * columns.count + column;
            for (ptrdiff_t i = 0; i < count; i++) {
                place[i * columns.count] = (uint8_t)rounded[i];
            }
        }
    }
}
DISPATCHED(
    resize,
    (const uint8_t *gray, ptrdiff_t width, dqn_overlaps rows, dqn_overlaps columns, float area,
     float *scratch, uint8_t *result),
    (gray, width, rows, columns, area, scratch, result)
)

ptrdiff_t dqn_resize_scratch_count(ptrdiff_t width, dqn_overlaps columns) {
    return ROWS * (2 * width + columns.taps);
}
