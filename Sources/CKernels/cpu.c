#include "cpu.h"

#if defined(__x86_64__)

bool dqn_cpu_has_avx512(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

bool dqn_cpu_has_avx512_bf16(void) {
    return dqn_cpu_has_avx512() && __builtin_cpu_supports("avx512bf16");
}

#else

bool dqn_cpu_has_avx512(void) { return false; }

bool dqn_cpu_has_avx512_bf16(void) { return false; }

#endif
