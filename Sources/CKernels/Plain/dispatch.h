#include "../Sets/cpu.h"

#if defined(__x86_64__)
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#define AVX2 __attribute__((target("avx2")))

/// Defines `dqn_name` from `name_body`, compiled for any CPU, for AVX2 and for AVX-512.
#define DISPATCHED(name, parameters, arguments)                                                    \
    AVX512 static void name##_avx512 parameters { name##_body arguments; }                         \
    AVX2 static void name##_avx2 parameters { name##_body arguments; }                             \
    static void name##_any parameters { name##_body arguments; }                                   \
    void dqn_##name parameters {                                                                   \
        (has_avx512() ? name##_avx512 : has_avx2() ? name##_avx2 : name##_any) arguments;          \
    }

#else

#define DISPATCHED(name, parameters, arguments)                                                    \
    void dqn_##name parameters { name##_body arguments; }

#endif

/// A body is inlined into each of its forms, and compiled for that form's CPU.
#define BODY static inline __attribute__((always_inline)) void
