#include "cpu.h"
#include "kernels.h"

#if defined(__x86_64__)

extern const dqn_kernels dqn_kernels_avx2, dqn_kernels_avx512, dqn_kernels_avx512_bf16;

// Compiled with DQN_PLAYS_AVX512, the kernels for AVX-512 do without its instructions, slowly, so that they
// can be tested on any CPU with AVX2: `make test-played`.
#if defined(DQN_PLAYS_AVX512)
static bool runs_avx512(void) { return has_avx2(); }
static bool runs_avx512_bf16(void) { return has_avx2(); }
#else
static bool runs_avx512(void) { return has_avx512(); }
static bool runs_avx512_bf16(void) { return has_avx512_bf16(); }
#endif

const dqn_kernels *dqn_kernels_for(dqn_instructions instructions) {
    switch (instructions) {
    case dqn_neon: return NULL;
    case dqn_avx2: return has_avx2() ? &dqn_kernels_avx2 : NULL;
    case dqn_avx512: return runs_avx512() ? &dqn_kernels_avx512 : NULL;
    case dqn_avx512_bf16: return runs_avx512_bf16() ? &dqn_kernels_avx512_bf16 : NULL;
    }
}

#elif defined(__aarch64__)

extern const dqn_kernels dqn_kernels_neon;

const dqn_kernels *dqn_kernels_for(dqn_instructions instructions) {
    return instructions == dqn_neon ? &dqn_kernels_neon : NULL;
}

#else

const dqn_kernels *dqn_kernels_for(dqn_instructions instructions) { return NULL; }

#endif
