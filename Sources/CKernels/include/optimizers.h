#ifndef CKERNELS_OPTIMIZERS_H
#define CKERNELS_OPTIMIZERS_H

#include <stddef.h>

// One step of each rule over `count` parameters. Every operation is rounded by itself and every
// root and quotient is exact to the last bit, so that all CPUs step alike. The rules themselves are
// described beside their constants, in NeuralNetworks.

typedef struct {
    float learning_rate, gradient_momentum, squared_gradient_momentum, min_squared_gradient;
} dqn_rmsprop_nature;

void dqn_step_rmsprop_nature(
    dqn_rmsprop_nature rule, float gradient_scale, const float *gradient, ptrdiff_t count,
    float *parameters, float *mean_gradient, float *mean_square
);

/// `mean_step` is the share of a new gradient in the running mean: 0 where that stays zero because
/// the squared gradient is not centred.
typedef struct {
    float learning_rate, squared_gradient_decay, mean_step, epsilon, momentum;
} dqn_rmsprop;

void dqn_step_rmsprop(
    dqn_rmsprop rule, float gradient_scale, const float *gradient, ptrdiff_t count,
    float *parameters, float *mean_gradient, float *mean_square, float *velocity
);

/// `rate` and `spread` are the learning rate and the factor of √v, both freed of the moments' bias;
/// `kept` is what weight decay leaves of a parameter before its step, 1 where there is none.
typedef struct {
    float rate, spread, first_moment_decay, second_moment_decay, epsilon, kept;
} dqn_adam;

void dqn_step_adam(
    dqn_adam rule, float gradient_scale, const float *gradient, ptrdiff_t count, float *parameters,
    float *mean_gradient, float *mean_square
);

#endif
