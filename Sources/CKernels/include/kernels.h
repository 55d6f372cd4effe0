#ifndef CKERNELS_KERNELS_H
#define CKERNELS_KERNELS_H

#include "convolution.h"
#include "dense.h"
#include "peak.h"
#include "winograd.h"

/// What a kind of CPU computes many floats at once with.
typedef enum {
    /// 4 floats; every aarch64.
    dqn_neon,
    /// 8 floats, with FMA.
    dqn_avx2,
    /// 16 floats.
    dqn_avx512,
    /// 16 floats, and products of numbers rounded to bfloat16.
    dqn_avx512_bf16,
} dqn_instructions;

/// The kernels compiled for one kind of CPU.
///
/// All that multiply floats do so in the same order and with fused multiply-adds, and give the same
/// bits, whatever their vectors' width.
typedef struct {
    /// Of floats; not there where products are those of rounded numbers.
    dqn_convolution_kernels convolution;
    dqn_dense_kernels dense;
    dqn_winograd_kernels winograd;
    dqn_peak_kernels peak;
} dqn_kernels;

/// Those for `instructions`; null where this CPU has not got them.
const dqn_kernels *_Nullable dqn_kernels_for(dqn_instructions instructions);

#endif
