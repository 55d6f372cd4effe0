#include "kernels.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#include "lanes_avx2.h"
#include "floats.h"

#pragma clang attribute pop

const dqn_kernels dqn_kernels_avx2 = FLOAT_KERNELS;

#endif
