#include "elementwise.h"
#include "dispatch.h"

#include <string.h>

// A product and a sum are rounded each, as everywhere else outside the matrix products.
#pragma STDC FP_CONTRACT OFF

typedef uint8_t bytes16 __attribute__((ext_vector_type(16)));
typedef float floats16 __attribute__((ext_vector_type(16), aligned(4)));
typedef float floats4 __attribute__((ext_vector_type(4), aligned(4)));

#define LOW(a, b)                                                                                  \
    __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH(a, b)                                                                                 \
    __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)

/// 16 pixels of four planes: the stack of four frames that nearly every network of pixels reads.
BODY interleave_four(const uint8_t *planes, ptrdiff_t pixels, float factor, float *image) {
    bytes16 plane[4];
    for (int i = 0; i < 4; i++) memcpy(&plane[i], planes + i * pixels, sizeof plane[i]);
    bytes16 low = LOW(plane[0], plane[2]), high = HIGH(plane[0], plane[2]);
    bytes16 other_low = LOW(plane[1], plane[3]), other_high = HIGH(plane[1], plane[3]);
    bytes16 quarters[4] = {
        LOW(low, other_low), HIGH(low, other_low), LOW(high, other_high), HIGH(high, other_high),
    };
    for (int i = 0; i < 4; i++) {
        *(floats16 *)(image + i * 16) = __builtin_convertvector(quarters[i], floats16) * factor;
    }
}

BODY interleave_body(
    const uint8_t *planes, ptrdiff_t channels, ptrdiff_t pixels, float factor, float *image
) {
    ptrdiff_t pixel = 0;
    if (channels == 4) {
        for (; pixel + 16 <= pixels; pixel += 16) {
            interleave_four(planes + pixel, pixels, factor, image + pixel * 4);
        }
    }
    for (ptrdiff_t channel = 0; channel < channels; channel++) {
        for (ptrdiff_t i = pixel; i < pixels; i++) {
            image[i * channels + channel] = (float)planes[channel * pixels + i] * factor;
        }
    }
}
DISPATCHED(
    interleave,
    (const uint8_t *planes, ptrdiff_t channels, ptrdiff_t pixels, float factor, float *image),
    (planes, channels, pixels, factor, image)
)

BODY add_to_rows_body(const float *row, ptrdiff_t rows, ptrdiff_t width, float *matrix) {
    for (ptrdiff_t i = 0; i < rows; i++) {
        for (ptrdiff_t j = 0; j < width; j++) matrix[i * width + j] += row[j];
    }
}
DISPATCHED(
    add_to_rows,
    (const float *row, ptrdiff_t rows, ptrdiff_t width, float *matrix), (row, rows, width, matrix)
)

BODY add_rows_body(const float *matrix, ptrdiff_t rows, ptrdiff_t width, float *sum) {
    for (ptrdiff_t i = 0; i < rows; i++) {
        for (ptrdiff_t j = 0; j < width; j++) sum[j] += matrix[i * width + j];
    }
}
DISPATCHED(
    add_rows,
    (const float *matrix, ptrdiff_t rows, ptrdiff_t width, float *sum), (matrix, rows, width, sum)
)

BODY multiply_rows_body(
    const float *factors, const float *matrix, ptrdiff_t rows, ptrdiff_t width, float *product
) {
    for (ptrdiff_t i = 0; i < rows; i++) {
        for (ptrdiff_t j = 0; j < width; j++) {
            product[i * width + j] = matrix[i * width + j] * factors[j];
        }
    }
}
DISPATCHED(
    multiply_rows,
    (const float *factors, const float *matrix, ptrdiff_t rows, ptrdiff_t width, float *product),
    (factors, matrix, rows, width, product)
)

BODY add_row_products_body(
    const float *matrix, const float *other, ptrdiff_t rows, ptrdiff_t width, float *sum
) {
    for (ptrdiff_t i = 0; i < rows; i++) {
        for (ptrdiff_t j = 0; j < width; j++) sum[j] += matrix[i * width + j] * other[i * width + j];
    }
}
DISPATCHED(
    add_row_products,
    (const float *matrix, const float *other, ptrdiff_t rows, ptrdiff_t width, float *sum),
    (matrix, other, rows, width, sum)
)

BODY add_noise_body(
    const float *means, const float *scales, float factor, const float *noise, ptrdiff_t count,
    float *noisy
) {
    for (ptrdiff_t i = 0; i < count; i++) noisy[i] = means[i] + scales[i] * (factor * noise[i]);
}
DISPATCHED(
    add_noise,
    (const float *means, const float *scales, float factor, const float *noise, ptrdiff_t count,
     float *noisy),
    (means, scales, factor, noise, count, noisy)
)

BODY noise_gradient_body(
    const float *gradient, float factor, const float *noise, ptrdiff_t count, float *scale_gradient
) {
    for (ptrdiff_t i = 0; i < count; i++) scale_gradient[i] = gradient[i] * (factor * noise[i]);
}
DISPATCHED(
    noise_gradient,
    (const float *gradient, float factor, const float *noise, ptrdiff_t count,
     float *scale_gradient),
    (gradient, factor, noise, count, scale_gradient)
)

BODY rectify_body(float *values, ptrdiff_t count) {
    // Not the larger of the two: a NaN must stay one, so that a broken run is seen.
    for (ptrdiff_t i = 0; i < count; i++) values[i] = values[i] < 0 ? 0 : values[i];
}
DISPATCHED(rectify, (float *values, ptrdiff_t count), (values, count))

BODY mask_gradient_body(float *gradient, const float *rectified, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) gradient[i] = rectified[i] > 0 ? gradient[i] : 0;
}
DISPATCHED(
    mask_gradient,
    (float *gradient, const float *rectified, ptrdiff_t count), (gradient, rectified, count)
)

BODY sum_squares_body(const float *values, ptrdiff_t count, double *sum) {
    // So many running sums that none waits for its last addition.
    enum { SUMS = 32 };
    double sums[SUMS] = {0};
    ptrdiff_t whole = count / SUMS * SUMS;
    for (ptrdiff_t i = 0; i < whole; i += SUMS) {
        for (int j = 0; j < SUMS; j++) sums[j] += (double)values[i + j] * values[i + j];
    }
    for (ptrdiff_t i = whole; i < count; i++) sums[i - whole] += (double)values[i] * values[i];
    *sum = 0;
    for (int j = 0; j < SUMS; j++) *sum += sums[j];
}
DISPATCHED(
    sum_squares, (const float *values, ptrdiff_t count, double *sum), (values, count, sum)
)

double dqn_sum_of_squares(const float *values, ptrdiff_t count) {
    double sum;
    dqn_sum_squares(values, count, &sum);
    return sum;
}

/// 4 × 4 numbers at a time in registers.
BODY transpose_four(
    const float *source, ptrdiff_t source_row, float *target, ptrdiff_t target_row
) {
    floats4 a = *(const floats4 *)source, b = *(const floats4 *)(source + source_row);
    floats4 c = *(const floats4 *)(source + 2 * source_row);
    floats4 d = *(const floats4 *)(source + 3 * source_row);
    floats4 ac_low = __builtin_shufflevector(a, c, 0, 4, 1, 5);
    floats4 ac_high = __builtin_shufflevector(a, c, 2, 6, 3, 7);
    floats4 bd_low = __builtin_shufflevector(b, d, 0, 4, 1, 5);
    floats4 bd_high = __builtin_shufflevector(b, d, 2, 6, 3, 7);
    *(floats4 *)target = __builtin_shufflevector(ac_low, bd_low, 0, 4, 1, 5);
    *(floats4 *)(target + target_row) = __builtin_shufflevector(ac_low, bd_low, 2, 6, 3, 7);
    *(floats4 *)(target + 2 * target_row) = __builtin_shufflevector(ac_high, bd_high, 0, 4, 1, 5);
    *(floats4 *)(target + 3 * target_row) = __builtin_shufflevector(ac_high, bd_high, 2, 6, 3, 7);
}

void dqn_transpose(
    const float *source, ptrdiff_t source_row, ptrdiff_t rows, ptrdiff_t columns, float *target,
    ptrdiff_t target_row
) {
    ptrdiff_t whole_rows = rows & ~3, whole_columns = columns & ~3;
    // A cache line of 16 rows at a time: a column of lines, a power of two apart, would not stay in
    // the cache until the next column wants the rest of them.
    for (ptrdiff_t top = 0; top < whole_rows; top += 16) {
        ptrdiff_t bottom = top + 16 < whole_rows ? top + 16 : whole_rows;
        for (ptrdiff_t j = 0; j < whole_columns; j += 4) {
            for (ptrdiff_t i = top; i < bottom; i += 4) {
                transpose_four(
                    source + i * source_row + j, source_row, target + j * target_row + i,
                    target_row
                );
            }
        }
    }
    for (ptrdiff_t i = 0; i < rows; i++) {
        for (ptrdiff_t j = i < whole_rows ? whole_columns : 0; j < columns; j++) {
            target[j * target_row + i] = source[i * source_row + j];
        }
    }
}
