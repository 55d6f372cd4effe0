#ifndef CKERNELS_ELEMENTWISE_H
#define CKERNELS_ELEMENTWISE_H

#include <stddef.h>
#include <stdint.h>

// Plain loops, compiled for any CPU and again for those with wider vectors; all give the same bits.

/// image[pixel][channel] = planes[channel][pixel] · factor.
void dqn_interleave(
    const uint8_t *planes, ptrdiff_t channels, ptrdiff_t pixels, float factor, float *image
);

/// Adds the row of `width` numbers to each of `rows` rows.
void dqn_add_to_rows(const float *row, ptrdiff_t rows, ptrdiff_t width, float *matrix);

/// Adds each of `rows` rows to the row of `width` numbers.
void dqn_add_rows(const float *matrix, ptrdiff_t rows, ptrdiff_t width, float *sum);

/// product[row][i] = matrix[row][i] · factors[i].
void dqn_multiply_rows(
    const float *factors, const float *matrix, ptrdiff_t rows, ptrdiff_t width, float *product
);

/// Adds the product of two matrices, number by number, row by row to the row of `width` numbers.
void dqn_add_row_products(
    const float *matrix, const float *other, ptrdiff_t rows, ptrdiff_t width, float *sum
);

/// noisy[i] = means[i] + scales[i] · (factor · noise[i]).
void dqn_add_noise(
    const float *means, const float *scales, float factor, const float *noise, ptrdiff_t count,
    float *noisy
);

/// scale_gradient[i] = gradient[i] · (factor · noise[i]).
void dqn_noise_gradient(
    const float *gradient, float factor, const float *noise, ptrdiff_t count, float *scale_gradient
);

/// max(0, x), a NaN staying one.
void dqn_rectify(float *values, ptrdiff_t count);

/// Sets a gradient to zero wherever what the layer gave out is not above zero.
void dqn_mask_gradient(float *gradient, const float *rectified, ptrdiff_t count);

/// The sum of all squares, in double precision.
double dqn_sum_of_squares(const float *values, ptrdiff_t count);

/// Frees numbers of their mean and spread, in place, and gives out scales · these + shifts.
///
/// Returns 1 / √(variance + epsilon), which what is left was multiplied by.
float dqn_normalize(
    float *values, ptrdiff_t count, float epsilon, const float *scales, const float *shifts,
    int rectifies, float *outputs
);

/// The gradient of the numbers before `dqn_normalize`, from that of what it gave out.
void dqn_normalization_gradient(
    const float *gradient, const float *normalized, const float *scales, ptrdiff_t count,
    float spread, float *input_gradient
);

/// sums += factors · others, number by number.
void dqn_add_products(const float *factors, const float *others, ptrdiff_t count, float *sums);

/// target[column][row] = source[row][column], each matrix with rows so many floats apart.
void dqn_transpose(
    const float *source, ptrdiff_t source_row, ptrdiff_t rows, ptrdiff_t columns, float *target,
    ptrdiff_t target_row
);

#endif
