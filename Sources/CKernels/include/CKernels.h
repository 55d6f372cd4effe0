#ifndef CKERNELS_H
#define CKERNELS_H

#include "convolution.h"
#include "cpu.h"
#include "dense.h"
#include "elementwise.h"
#include "optimizers.h"
#include "peak.h"
#include "product.h"
#include "winograd.h"

#endif
