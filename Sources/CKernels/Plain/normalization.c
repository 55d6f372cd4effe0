#include "elementwise.h"
#include "dispatch.h"

#include <math.h>

// Fused multiply-adds would make the result depend on the CPU.
#pragma STDC FP_CONTRACT OFF

// So many running sums that none waits for its last addition, added up in order.
enum { SUMS = 32 };

static inline __attribute__((always_inline)) double total(const double *sums) {
    double sum = 0;
    for (int j = 0; j < SUMS; j++) sum += sums[j];
    return sum;
}

BODY normalize_values_body(
    float *restrict values, ptrdiff_t count, float epsilon, const float *restrict scales,
    const float *restrict shifts, int rectifies, float *restrict outputs, float *spread
) {
    double sums[SUMS] = {0}, squares[SUMS] = {0};
    ptrdiff_t whole = count / SUMS * SUMS;
    for (ptrdiff_t i = 0; i < whole; i += SUMS) {
        for (int j = 0; j < SUMS; j++) sums[j] += values[i + j];
    }
    for (ptrdiff_t i = whole; i < count; i++) sums[i - whole] += values[i];
    double mean = total(sums) / (double)count;
    for (ptrdiff_t i = 0; i < whole; i += SUMS) {
        for (int j = 0; j < SUMS; j++) {
            double distance = values[i + j] - mean;
            squares[j] += distance * distance;
        }
    }
    for (ptrdiff_t i = whole; i < count; i++) {
        double distance = values[i] - mean;
        squares[i - whole] += distance * distance;
    }
    double variance = total(squares) / (double)count;
    float factor = (float)(1 / sqrt(variance + epsilon)), center = (float)mean;
    for (ptrdiff_t i = 0; i < count; i++) {
        float normalized = (values[i] - center) * factor;
        values[i] = normalized;
        float output = normalized * scales[i] + shifts[i];
        // A NaN stays one.
        outputs[i] = rectifies && output < 0 ? 0 : output;
    }
    *spread = factor;
}
DISPATCHED(
    normalize_values,
    (float *values, ptrdiff_t count, float epsilon, const float *scales, const float *shifts,
     int rectifies, float *outputs, float *spread),
    (values, count, epsilon, scales, shifts, rectifies, outputs, spread)
)

float dqn_normalize(
    float *values, ptrdiff_t count, float epsilon, const float *scales, const float *shifts,
    int rectifies, float *outputs
) {
    float spread;
    dqn_normalize_values(
        values, count, epsilon, scales, shifts, rectifies, outputs, &spread
    );
    return spread;
}

// With g the gradient of the normalized numbers n: (g - mean g - n · mean (g n)) · spread.
BODY normalization_gradient_body(
    const float *restrict gradient, const float *restrict normalized, const float *restrict scales,
    ptrdiff_t count, float spread, float *restrict input_gradient
) {
    double sums[SUMS] = {0}, products[SUMS] = {0};
    ptrdiff_t whole = count / SUMS * SUMS;
    for (ptrdiff_t i = 0; i < whole; i += SUMS) {
        for (int j = 0; j < SUMS; j++) {
            double slope = (double)gradient[i + j] * scales[i + j];
            sums[j] += slope;
            products[j] += slope * normalized[i + j];
        }
    }
    for (ptrdiff_t i = whole; i < count; i++) {
        double slope = (double)gradient[i] * scales[i];
        sums[i - whole] += slope;
        products[i - whole] += slope * normalized[i];
    }
    float mean = (float)(total(sums) / (double)count);
    float product = (float)(total(products) / (double)count);
    for (ptrdiff_t i = 0; i < count; i++) {
        float slope = gradient[i] * scales[i];
        input_gradient[i] = (slope - mean - normalized[i] * product) * spread;
    }
}
DISPATCHED(
    normalization_gradient,
    (const float *gradient, const float *normalized, const float *scales, ptrdiff_t count,
     float spread, float *input_gradient),
    (gradient, normalized, scales, count, spread, input_gradient)
)

BODY add_products_body(
    const float *restrict factors, const float *restrict others, ptrdiff_t count,
    float *restrict sums
) {
    for (ptrdiff_t i = 0; i < count; i++) sums[i] += factors[i] * others[i];
}
DISPATCHED(
    add_products, (const float *factors, const float *others, ptrdiff_t count, float *sums),
    (factors, others, count, sums)
)
