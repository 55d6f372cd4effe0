#ifndef CKERNELS_PEAK_H
#define CKERNELS_PEAK_H

#include <stddef.h>

#include "nullability.h"

typedef struct {
    /// Multiplies and adds in registers alone, in as many independent sums as the CPU can fill: how
    /// fast that goes is the limit of every product. Returns a number that depends on all of them.
    float (*_Nonnull multiply_adds)(ptrdiff_t iterations);
    /// What one iteration computes, additions and multiplications counted apart.
    ptrdiff_t operations_per_iteration;
} dqn_peak_kernels;

#endif
