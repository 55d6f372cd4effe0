#ifndef CKERNELS_CPU_H
#define CKERNELS_CPU_H

#include <stdbool.h>

/// Whether the functions whose names end in `_avx512` may be called on this CPU.
bool dqn_cpu_has_avx512(void);

/// Whether those whose names end in `_avx512_bf16` may be called on this CPU.
bool dqn_cpu_has_avx512_bf16(void);

#endif
