#include "kernels.h"

#if defined(__aarch64__)

#include "lanes_neon.h"
#include "floats.h"

const dqn_kernels dqn_kernels_neon = FLOAT_KERNELS;

#endif
