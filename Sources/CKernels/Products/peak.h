// How fast this CPU multiplies and adds.

enum { INDEPENDENT_SUMS = 12 };

static float multiply_adds(ptrdiff_t iterations) {
    lanes sums[INDEPENDENT_SUMS];
    const lanes factor = 0.999f, term = 1e-3f;
    UNROLLED for (int i = 0; i < INDEPENDENT_SUMS; i++) sums[i] = (lanes)(float)i;
    for (ptrdiff_t count = 0; count < iterations; count++) {
        UNROLLED for (int i = 0; i < INDEPENDENT_SUMS; i++) {
            sums[i] = multiply_add(sums[i], factor, term);
        }
    }
    float total = 0;
    for (int i = 0; i < INDEPENDENT_SUMS; i++) {
        for (int lane = 0; lane < LANES; lane++) total += sums[i][lane];
    }
    return total;
}

#define PEAK {multiply_adds, INDEPENDENT_SUMS * LANES * 2}
