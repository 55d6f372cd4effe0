#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq"))), apply_to = function)
#endif

#define NUMBER float
#define PAIR 1
#define PRODUCT dqn_product
#define MULTIPLY dqn_multiply_avx512
#define NAMED(name) name##_avx512
#define write_points(points, first, second, numbers, plane)                                        \
    UNROLLED for (int point = 0; point < (points) * (points); point++) {                           \
        *(lanes *)((numbers) + point * (plane)) = (first)[point];                                  \
    }
#include "winograd_passes.h"

#if defined(__x86_64__)
#pragma clang attribute pop
#endif
