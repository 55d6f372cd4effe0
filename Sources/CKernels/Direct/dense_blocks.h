// The inputs of a dense layer are summed in several blocks of about the same length: see `sum_length`.

#ifndef CKERNELS_DENSE_BLOCKS_H
#define CKERNELS_DENSE_BLOCKS_H

#include "../Products/product.h"
#include "dense.h"

static inline ptrdiff_t dense_blocks(dqn_dense_sizes sizes) {
    return (sizes.inputs + sum_length - 1) / sum_length;
}

/// The first input of a block; the number of inputs for the one after the last.
static inline ptrdiff_t dense_block(dqn_dense_sizes sizes, ptrdiff_t block) {
    return block * sizes.inputs / dense_blocks(sizes);
}

#endif
