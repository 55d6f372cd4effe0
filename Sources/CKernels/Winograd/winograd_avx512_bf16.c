#include "winograd.h"

#if defined(__x86_64__)
#include <stdint.h>

#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16"))), apply_to = function  \
)

#include "../bf16_pairs.h"
#include "winograd_tiles.h"

/// Rounds a tile's vectors; with those of another tile between their lanes, if there is one.
INLINED void write_points(
    int points, const lanes *first, const lanes *second, uint16_t *numbers, ptrdiff_t plane
) {
    UNROLLED for (int point = 0; point < points * points; point++) {
        uint16_t *place = numbers + point * plane;
        if (second) {
            __m512i pairs = pairs_to_bf16((__m512)first[point], (__m512)second[point]);
            _mm512_storeu_si512(place, pairs);
        } else {
            __m256i rounded = (__m256i)_mm512_cvtneps_pbh((__m512)first[point]);
            _mm256_storeu_si256((__m256i *)(void *)place, rounded);
        }
    }
}

#define NUMBER uint16_t
#define PAIR 2
#define PRODUCT dqn_product_bf16
#define MULTIPLY dqn_multiply_avx512_bf16
#define NAMED(name) name##_avx512_bf16
#include "winograd_passes.h"

#pragma clang attribute pop

#else

DQN_WINOGRAD_TRANSFORM_WEIGHTS(dqn_winograd_transform_weights_avx512_bf16) { __builtin_trap(); }
DQN_WINOGRAD_TRANSPOSE_WEIGHTS(dqn_winograd_transpose_weights_avx512_bf16) { __builtin_trap(); }
DQN_WINOGRAD_CONVOLVE(dqn_winograd_convolve_avx512_bf16) { __builtin_trap(); }
DQN_WINOGRAD_WEIGHT_GRADIENT(dqn_winograd_weight_gradient_avx512_bf16) { __builtin_trap(); }
DQN_WINOGRAD_INPUT_GRADIENT(dqn_winograd_input_gradient_avx512_bf16) { __builtin_trap(); }

#endif
