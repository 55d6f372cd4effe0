// Dense layers over a batch, of floats, which products take from where they are.

#include "dense_forward.h"
#include "elementwise.h"

enum { INPUTS_ROOM = 1 };

INLINED void transpose_gradient(
    dqn_dense_sizes sizes, const float *gradient, float *target
) {
    dqn_transpose(gradient, sizes.outputs, sizes.count, sizes.outputs, target, sizes.count);
}

INLINED void lay_columns(
    ptrdiff_t count, const int *columns, const float *first, const float *second, float *target
) {
    for (ptrdiff_t i = 0; i < count; i++) target[i] = first[columns[i]];
}

INLINED factors factors_of_weights(
    dqn_dense_sizes sizes, const int *rows, const float *weights, float *room
) {
    return (factors){.numbers = weights, .row = sizes.outputs, .step = 1};
}

INLINED factors factors_of_inputs(
    dqn_dense_sizes sizes, ptrdiff_t rows, const float *input, float *room
) {
    return (factors){.numbers = input, .row = 1, .step = sizes.inputs};
}

#include "dense_gradients.h"
