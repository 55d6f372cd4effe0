#ifndef CKERNELS_PRODUCT_H
#define CKERNELS_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>

/// Cache lines that will be wanted soon, asked for while a product is computed: a line a step, at
/// `address + tile · tile_stride + step · step_stride` during the first `tiles` tiles of rows.
typedef struct {
    const float *address;
    ptrdiff_t tiles, tile_stride, step_stride;
} dqn_upcoming_lines;

/// A product of two matrices that may lie in memory with gaps, as the places under a convolution's
/// kernel do:
///
///     c[row][column] = Σ over segment and step of
///         a[row · a_row + segment · a_segment + step · a_step]
///         · b[segment · b_segment + step · b_step + column]
///
/// The sum is taken in that order, from zero, one fused multiply-add after the other: an element of
/// `c` is the same to the bit however many rows and columns are computed with it.
typedef struct {
    ptrdiff_t rows, columns, segments, steps;
    const float *a;
    ptrdiff_t a_row, a_segment, a_step;
    const float *b;
    ptrdiff_t b_segment, b_step;
    float *c;
    ptrdiff_t c_row;
    /// Whether the sum is added to what `c` holds. Long sums are more exact when they are made of
    /// several shorter ones.
    bool accumulates;
    /// Added to every row at the end, `columns` floats; or null.
    const float *bias;
    /// Whether what is negative at the end becomes zero.
    bool rectifies;
    dqn_upcoming_lines upcoming;
} dqn_product;

void dqn_multiply_avx512(const dqn_product *p);

/// About as many terms are summed at a time where an output has many more.
enum { dqn_sum_length = 256 };

#endif
