// All kernels that multiply floats, for a file that includes the vectors of one kind of CPU before.

#include "../Products/float_product.h"
#include "../Products/peak.h"

#include "../Direct/dense_float.h"
#include "../Direct/direct_convolution.h"

#include "../Winograd/winograd_float.h"

#define FLOAT_KERNELS                                                                              \
    {                                                                                              \
        .convolution = DIRECT_CONVOLUTION, .dense = DENSE, .winograd = WINOGRAD, .peak = PEAK,     \
    }
