// The product of floats.

#include "product.h"

typedef DQN_PRODUCT_OF(float) product;

#define NUMBER float
#define PAIR 1
#define MULTIPLY_ADD multiply_add
#include "product_tiles.h"
