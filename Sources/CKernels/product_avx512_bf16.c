#include "product.h"

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx512f,avx512bf16"))), apply_to = function)

#define NUMBER uint16_t
#define PRODUCT dqn_product_bf16
#define MULTIPLY dqn_multiply_avx512_bf16
#define MULTIPLY_ADD(left, right, sum)                                                             \
    _mm512_dpbf16_ps(sum, (__m512bh)(left), (__m512bh)(right))
#include "product_tiles.h"

#pragma clang attribute pop

#else

void dqn_multiply_avx512_bf16(const dqn_product_bf16 *p) { __builtin_trap(); }

#endif
