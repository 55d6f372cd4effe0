#ifndef CKERNELS_PEAK_H
#define CKERNELS_PEAK_H

#include <stddef.h>

/// What one call of `dqn_multiply_adds` computes for each iteration, additions and multiplications
/// counted apart.
enum { dqn_operations_per_iteration = 12 * 16 * 2 };

/// Multiplies and adds in registers alone, in as many independent sums as the CPU can fill: how
/// fast that goes is the limit of every product. Returns a number that depends on all of them.
float dqn_multiply_adds(ptrdiff_t iterations);

#endif
