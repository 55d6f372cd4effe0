// The vectors that kernels compute with, for a file that says before how many floats they have: LANES.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define UNROLLED _Pragma("clang loop unroll(full)")
#define INLINED static inline __attribute__((always_inline))

typedef float lanes __attribute__((ext_vector_type(LANES)));
typedef int lane_bits __attribute__((ext_vector_type(LANES)));
typedef lanes lanes_anywhere __attribute__((aligned(4), may_alias));

INLINED lanes load(const void *place) { return *(const lanes_anywhere *)place; }

INLINED void store(void *place, lanes numbers) { *(lanes_anywhere *)place = numbers; }

INLINED lanes multiply_add(lanes left, lanes right, lanes sum) {
    return __builtin_elementwise_fma(left, right, sum);
}

/// max(0, ·), a NaN staying one.
INLINED lanes rectified(lanes numbers) {
    return (lanes)((lane_bits)numbers & ~(lane_bits)(numbers < 0));
}
