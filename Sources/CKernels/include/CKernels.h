#ifndef CKERNELS_H
#define CKERNELS_H

#include "distributions.h"
#include "elementwise.h"
#include "kernels.h"
#include "optimizers.h"
#include "pixels.h"

#endif
