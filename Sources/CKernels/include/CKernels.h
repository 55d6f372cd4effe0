#ifndef CKERNELS_H
#define CKERNELS_H

#include "elementwise.h"
#include "kernels.h"
#include "optimizers.h"

#endif
