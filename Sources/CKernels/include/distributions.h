#ifndef CKERNELS_DISTRIBUTIONS_H
#define CKERNELS_DISTRIBUTIONS_H

#include <stddef.h>

// Plain loops, compiled for any CPU and again for those with wider vectors; all give the same bits.

/// Each of `rows` rows of `width` numbers becomes exp(x − max x), and gets the sum of these.
void dqn_exponentials(
    const float *logits, ptrdiff_t rows, ptrdiff_t width, float *exponentials, float *sums
);

/// The product of each row with one row of weights, summed.
void dqn_row_products(
    const float *matrix, ptrdiff_t rows, ptrdiff_t width, const float *weights, float *sums
);

/// The quantile regression loss of `count` quantiles against `targets`, each pair by itself: gives every
/// quantile its sum over the targets, and that of the slope.
void dqn_quantile_losses(
    const float *quantiles, const float *fractions, ptrdiff_t count, const float *targets,
    ptrdiff_t target_count, float threshold, float *losses, float *slopes
);

#endif
