// Dense layers over a batch.

#include "dense_forward.h"
#include "dense_gradients.h"

#define DENSE_FLOAT                                                                                \
    {                                                                                              \
        dense_forward, dense_prepared_count, dense_prepare, dense_panels_count, dense_lay_panels,  \
        dense_input_gradient, dense_weight_gradient,                                               \
    }
