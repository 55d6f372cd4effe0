#include "product.h"

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)

#define NUMBER float
#define PRODUCT dqn_product
#define MULTIPLY dqn_multiply_avx512
#define MULTIPLY_ADD _mm512_fmadd_ps
#include "product_tiles.h"

#pragma clang attribute pop

#else

void dqn_multiply_avx512(const dqn_product *p) { __builtin_trap(); }

#endif
