#include "distributions.h"
#include "dispatch.h"

#include <stdint.h>
#include <string.h>

// A product and a sum are rounded each, as everywhere else outside the matrix products.
#pragma STDC FP_CONTRACT OFF

/// Sums of so many numbers each are added up side by side.
#define SUMS 16

/// eˣ for x of at most 0, within two units in the last place: 2ⁿ · eʳ with |r| of at most ln 2 / 2, whose
/// power series ends with r⁷. A NaN stays one.
static inline __attribute__((always_inline)) float exponential(float x) {
    x = x < -87.0f ? -87.0f : x;
    const float shift = 12582912.0f;  // 1.5 · 2²³: adding it rounds to a whole number.
    float shifted = x * 1.44269504f + shift;
    float n = shifted - shift;
    float r = x - n * 0.693359375f;
    r = r - n * -2.12194440e-4f;
    float sum = 1.9841270e-4f;
    sum = sum * r + 1.3888889e-3f;
    sum = sum * r + 8.3333333e-3f;
    sum = sum * r + 4.1666667e-2f;
    sum = sum * r + 1.6666667e-1f;
    sum = sum * r + 0.5f;
    sum = sum * r + 1.0f;
    sum = sum * r + 1.0f;
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 127u) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return sum * power;
}

static inline __attribute__((always_inline)) float total(const float *sums) {
    float sum = 0;
    for (int i = 0; i < SUMS; i++) sum += sums[i];
    return sum;
}

BODY exponentials_body(
    const float *logits, ptrdiff_t rows, ptrdiff_t width, float *exponentials, float *sums
) {
    for (ptrdiff_t row = 0; row < rows; row++) {
        const float *x = logits + row * width;
        float *y = exponentials + row * width;
        float largest = x[0];
        for (ptrdiff_t i = 1; i < width; i++) largest = x[i] > largest ? x[i] : largest;
        for (ptrdiff_t i = 0; i < width; i++) y[i] = exponential(x[i] - largest);
        float parts[SUMS] = {0};
        ptrdiff_t i = 0;
        for (; i + SUMS <= width; i += SUMS) {
            for (int j = 0; j < SUMS; j++) parts[j] += y[i + j];
        }
        for (int j = 0; i < width; i++, j++) parts[j] += y[i];
        sums[row] = total(parts);
    }
}
DISPATCHED(
    exponentials,
    (const float *logits, ptrdiff_t rows, ptrdiff_t width, float *exponentials, float *sums),
    (logits, rows, width, exponentials, sums)
)

BODY row_products_body(
    const float *matrix, ptrdiff_t rows, ptrdiff_t width, const float *weights, float *sums
) {
    for (ptrdiff_t row = 0; row < rows; row++) {
        const float *x = matrix + row * width;
        float parts[SUMS] = {0};
        ptrdiff_t i = 0;
        for (; i + SUMS <= width; i += SUMS) {
            for (int j = 0; j < SUMS; j++) parts[j] += x[i + j] * weights[i + j];
        }
        for (int j = 0; i < width; i++, j++) parts[j] += x[i] * weights[i];
        sums[row] = total(parts);
    }
}
DISPATCHED(
    row_products,
    (const float *matrix, ptrdiff_t rows, ptrdiff_t width, const float *weights, float *sums),
    (matrix, rows, width, weights, sums)
)

/// Quantiles whose sums are kept in registers while all targets go by.
#define BLOCK 32

/// The sums of `count` quantiles, of which BLOCK lie in memory.
static inline __attribute__((always_inline)) void quantile_block(
    const float *quantiles, const float *fractions, const float *targets, ptrdiff_t target_count,
    float threshold, float *losses, float *slopes
) {
    float loss[BLOCK] = {0}, slope[BLOCK] = {0};
    for (ptrdiff_t j = 0; j < target_count; j++) {
        for (int i = 0; i < BLOCK; i++) {
            float u = targets[j] - quantiles[i];
            float weight = u < 0 ? 1 - fractions[i] : fractions[i];
            float bent = u > threshold ? threshold : u < -threshold ? -threshold : u;
            // u²/2 within the threshold, threshold · (|u| − threshold / 2) beyond.
            loss[i] += weight * (bent * (u - bent * 0.5f));
            slope[i] -= weight * bent;
        }
    }
    memcpy(losses, loss, sizeof loss);
    memcpy(slopes, slope, sizeof slope);
}

/// The same without a bend: |u|, whose slope is 1 on either side.
static inline __attribute__((always_inline)) void absolute_quantile_block(
    const float *quantiles, const float *fractions, const float *targets, ptrdiff_t target_count,
    float *losses, float *slopes
) {
    float loss[BLOCK] = {0}, slope[BLOCK] = {0};
    for (ptrdiff_t j = 0; j < target_count; j++) {
        for (int i = 0; i < BLOCK; i++) {
            float u = targets[j] - quantiles[i];
            float weight = u < 0 ? fractions[i] - 1 : u > 0 ? fractions[i] : u * 0;
            loss[i] += weight * u;
            slope[i] -= weight;
        }
    }
    memcpy(losses, loss, sizeof loss);
    memcpy(slopes, slope, sizeof slope);
}

BODY quantile_losses_body(
    const float *quantiles, const float *fractions, ptrdiff_t count, const float *targets,
    ptrdiff_t target_count, float threshold, float *losses, float *slopes
) {
    for (ptrdiff_t first = 0; first < count; first += BLOCK) {
        ptrdiff_t rest = count - first < BLOCK ? count - first : BLOCK;
        size_t size = (size_t)rest * sizeof(float);
        float values[BLOCK] = {0}, taus[BLOCK] = {0}, loss[BLOCK], slope[BLOCK];
        memcpy(values, quantiles + first, size);
        memcpy(taus, fractions + first, size);
        if (threshold > 0) {
            quantile_block(values, taus, targets, target_count, threshold, loss, slope);
        } else {
            absolute_quantile_block(values, taus, targets, target_count, loss, slope);
        }
        memcpy(losses + first, loss, size);
        memcpy(slopes + first, slope, size);
    }
}
DISPATCHED(
    quantile_losses,
    (const float *quantiles, const float *fractions, ptrdiff_t count, const float *targets,
     ptrdiff_t target_count, float threshold, float *losses, float *slopes),
    (quantiles, fractions, count, targets, target_count, threshold, losses, slopes)
)
