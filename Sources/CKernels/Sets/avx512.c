#include "kernels.h"

#if defined(__x86_64__)
#if defined(DQN_PLAYS_AVX512)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function             \
)
#endif

#include "lanes_avx512.h"

#include "floats.h"

#pragma clang attribute pop

const dqn_kernels dqn_kernels_avx512 = FLOAT_KERNELS;

#endif
