#include "optimizers.h"
#include "dispatch.h"

// Fused multiply-adds would make the result depend on the CPU.
#pragma STDC FP_CONTRACT OFF

// Unlike the library's function this one sets no errno, and so is a vector instruction.
#define ROOT(x) __builtin_elementwise_sqrt(x)

BODY step_rmsprop_nature_body(
    dqn_rmsprop_nature rule, float gradient_scale, const float *gradient, ptrdiff_t count,
    float *restrict parameters, float *restrict mean_gradient, float *restrict mean_square
) {
    float keep = rule.gradient_momentum, take = 1 - keep;
    float keep_square = rule.squared_gradient_momentum, take_square = 1 - keep_square;
    for (ptrdiff_t i = 0; i < count; i++) {
        float slope = gradient[i] * gradient_scale;
        float mean = keep * mean_gradient[i] + take * slope;
        float square = keep_square * mean_square[i] + take_square * slope * slope;
        mean_gradient[i] = mean;
        mean_square[i] = square;
        float width = ROOT(square - mean * mean + rule.min_squared_gradient);
        parameters[i] -= rule.learning_rate * slope / width;
    }
}
DISPATCHED(
    step_rmsprop_nature,
    (dqn_rmsprop_nature rule, float gradient_scale, const float *gradient, ptrdiff_t count,
     float *parameters, float *mean_gradient, float *mean_square),
    (rule, gradient_scale, gradient, count, parameters, mean_gradient, mean_square)
)

BODY step_rmsprop_body(
    dqn_rmsprop rule, float gradient_scale, const float *gradient, ptrdiff_t count,
    float *restrict parameters, float *restrict mean_gradient, float *restrict mean_square,
    float *restrict velocity
) {
    float keep = rule.squared_gradient_decay, take = 1 - keep;
    for (ptrdiff_t i = 0; i < count; i++) {
        float slope = gradient[i] * gradient_scale;
        float mean = mean_gradient[i] + rule.mean_step * (slope - mean_gradient[i]);
        float square = keep * mean_square[i] + take * slope * slope;
        mean_gradient[i] = mean;
        mean_square[i] = square;
        float spread = square - mean * mean;
        // Rounding may leave less than nothing; a NaN stays one.
        float width = ROOT(spread <= 0 ? 0 : spread) + rule.epsilon;
        velocity[i] = rule.momentum * velocity[i] + slope / width;
        parameters[i] -= rule.learning_rate * velocity[i];
    }
}
DISPATCHED(
    step_rmsprop,
    (dqn_rmsprop rule, float gradient_scale, const float *gradient, ptrdiff_t count,
     float *parameters, float *mean_gradient, float *mean_square, float *velocity),
    (rule, gradient_scale, gradient, count, parameters, mean_gradient, mean_square, velocity)
)

BODY step_adam_body(
    dqn_adam rule, float gradient_scale, const float *gradient, ptrdiff_t count,
    float *restrict parameters, float *restrict mean_gradient, float *restrict mean_square
) {
    float keep = rule.first_moment_decay, take = 1 - keep;
    float keep_square = rule.second_moment_decay, take_square = 1 - keep_square;
    for (ptrdiff_t i = 0; i < count; i++) {
        float slope = gradient[i] * gradient_scale;
        float mean = keep * mean_gradient[i] + take * slope;
        float square = keep_square * mean_square[i] + take_square * slope * slope;
        mean_gradient[i] = mean;
        mean_square[i] = square;
        float step = rule.rate * mean / (ROOT(square) * rule.spread + rule.epsilon);
        parameters[i] = rule.kept * parameters[i] - step;
    }
}
DISPATCHED(
    step_adam,
    (dqn_adam rule, float gradient_scale, const float *gradient, ptrdiff_t count,
     float *parameters, float *mean_gradient, float *mean_square),
    (rule, gradient_scale, gradient, count, parameters, mean_gradient, mean_square)
)
