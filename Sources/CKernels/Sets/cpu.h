#ifndef CKERNELS_CPU_H
#define CKERNELS_CPU_H

#include <stdbool.h>

// What this CPU has, asked where a function comes in several forms.

#if defined(__x86_64__)

static inline bool has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static inline bool has_avx512(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

static inline bool has_avx512_bf16(void) {
    return has_avx512() && __builtin_cpu_supports("avx512bf16");
}

#endif

#endif
