#include "kernels.h"

#if defined(__x86_64__)
#if defined(DQN_PLAYS_AVX512)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16"))), apply_to = function  \
)
#endif

#include "lanes_avx512_bf16.h"

#include "../Products/bf16_product.h"
#include "../Products/peak.h"

#include "../Rounded/dense_bf16.h"
#include "../Rounded/winograd_bf16.h"

#pragma clang attribute pop

const dqn_kernels dqn_kernels_avx512_bf16 = {
    .dense = DENSE,
    .winograd = WINOGRAD,
    .peak = PEAK,
};

#endif
