// The product of bfloat16, which lie in pairs: a step adds the products of two numbers of `a` beside each
// other and two of `b`, where columns are pairs,
//
//     a[…] · b[… + 2 · column] + a[… + 1] · b[… + 2 · column + 1],
//
// in single precision.

#include "product.h"

typedef DQN_PRODUCT_OF(uint16_t) product;

#define NUMBER uint16_t
#define PAIR 2
#define MULTIPLY_ADD add_pair_products
#include "product_tiles.h"
