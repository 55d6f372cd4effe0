#ifndef CKERNELS_PRODUCT_H
#define CKERNELS_PRODUCT_H

#include <stdbool.h>
#include <stddef.h>

/// A product of two matrices that may lie in memory with gaps, as the places under a convolution's
/// kernel do:
///
///     c[row][column] = Σ over segment and step of
///         a[row · a_row + segment · a_segment + step · a_step]
///         · b[segment · b_segment + step · b_step + column]
///
/// The sum is taken in that order, from zero, one fused multiply-add after the other: an element of
/// `c` is the same to the bit however many rows and columns are computed with it, and on every CPU.
///
/// `accumulates`: whether the sum is added to what `c` holds. Long sums are more exact when they are
/// made of several shorter ones. `bias`: added to every row at the end, `columns` floats; or null.
/// `rectifies`: whether what is negative at the end becomes zero.
///
/// `taken_steps`, unless null: the only steps that are taken, for a product of one segment. A list for
/// each part of the rows, `taken_steps_stride` apart, or the same for all if that is 0: how many steps,
/// and then which, in order. Where all others' terms are zero the sums are the same to the bit. With it
/// goes `taken_rows`, unless null: which rows the `rows` that are computed are, of `a` and of `c`.
///
/// `upcoming` are cache lines that will be wanted soon, asked for while the product is computed: two
/// beside each other a step, at `address + tile · tile_stride + step · step_stride` during the first
/// `tiles` tiles of rows.
#define DQN_PRODUCT_OF(number)                                                                     \
    struct {                                                                                       \
        ptrdiff_t rows, columns, segments, steps;                                                  \
        const number *a;                                                                           \
        ptrdiff_t a_row, a_segment, a_step;                                                        \
        const number *b;                                                                           \
        ptrdiff_t b_segment, b_step;                                                               \
        float *c;                                                                                  \
        ptrdiff_t c_row;                                                                           \
        bool accumulates;                                                                          \
        const float *bias;                                                                         \
        bool rectifies;                                                                            \
        const int *taken_steps, *taken_rows;                                                       \
        ptrdiff_t taken_steps_stride;                                                              \
        struct {                                                                                   \
            const number *address;                                                                 \
            ptrdiff_t tiles, tile_stride, step_stride;                                             \
        } upcoming;                                                                                \
    }

static inline ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

/// About as many terms are summed at a time where an output has many more.
enum { sum_length = 256 };

#endif
