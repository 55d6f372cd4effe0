#include "peak.h"
#include "dispatch.h"

typedef float floats16 __attribute__((ext_vector_type(16)));

BODY multiply_adds_into_body(ptrdiff_t iterations, float *result) {
    floats16 a = 2, b = 3, c = 4, d = 5, e = 6, f = 7, g = 8, h = 9, i = 10, j = 11, k = 12, l = 13;
    const floats16 factor = 0.999f, term = 1e-3f;
    for (ptrdiff_t count = 0; count < iterations; count++) {
        a = a * factor + term, b = b * factor + term, c = c * factor + term;
        d = d * factor + term, e = e * factor + term, f = f * factor + term;
        g = g * factor + term, h = h * factor + term, i = i * factor + term;
        j = j * factor + term, k = k * factor + term, l = l * factor + term;
    }
    floats16 sum = a + b + c + d + e + f + g + h + i + j + k + l;
    *result = 0;
    for (int lane = 0; lane < 16; lane++) *result += sum[lane];
}
DISPATCHED(multiply_adds_into, (ptrdiff_t iterations, float *result), (iterations, result))

float dqn_multiply_adds(ptrdiff_t iterations) {
    float result;
    dqn_multiply_adds_into(iterations, &result);
    return result;
}
