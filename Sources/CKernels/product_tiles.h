// The product of one kind of numbers, for a file that includes this once and says before
//
//     NUMBER                          what `a` and `b` are made of,
//     PRODUCT, MULTIPLY               the structure that describes a product, and the function,
//     MULTIPLY_ADD(left, right, sum)  what a step does with one row and 16 columns.
//
// A step reads 32 bits of `a` for each row, and of `b` for each column.

#include <immintrin.h>
#include <string.h>

#define UNROLLED _Pragma("clang loop unroll(full)")

enum { LANES = 16, MOST_ROWS = 8, NUMBERS_A_LANE = sizeof(float) / sizeof(NUMBER) };

static inline __attribute__((always_inline)) __m512 repeated(const NUMBER *lane) {
    float number;
    memcpy(&number, lane, sizeof number);
    return _mm512_set1_ps(number);
}

/// Computes `rows` × (`vectors` · 16) elements of `c` in registers, from (`row`, `column`) on.
///
/// `rows`, `vectors`, `whole` (no column is missing) and `asks` (for `upcoming`) are constants
/// wherever this is inlined. At 8 × 2 each step has 16 multiply-adds for 10 loads, which leaves the
/// multipliers as the one limit; taller tiles were no faster.
static inline __attribute__((always_inline)) void tile(
    const PRODUCT *p, const int rows, const int vectors, const bool whole, const bool asks,
    ptrdiff_t row, ptrdiff_t column, const NUMBER *upcoming
) {
    __m512 sums[MOST_ROWS * 2];
    __mmask16 masks[2];
    float *c = p->c + row * p->c_row + column;
    UNROLLED for (int v = 0; v < vectors; v++) {
        ptrdiff_t left = p->columns - column - v * LANES;
        masks[v] = whole || left >= LANES ? 0xffff : (__mmask16)((1u << left) - 1);
    }
    UNROLLED for (int i = 0; i < rows * vectors; i++) sums[i] = _mm512_setzero_ps();
    const ptrdiff_t a_row = p->a_row, a_step = p->a_step, b_step = p->b_step;
    for (ptrdiff_t segment = 0; segment < p->segments; segment++) {
        const NUMBER *a = p->a + row * a_row + segment * p->a_segment;
        const NUMBER *b = p->b + column * NUMBERS_A_LANE + segment * p->b_segment;
        for (ptrdiff_t step = p->steps; step > 0; step--) {
            __m512 right[2];
            UNROLLED for (int v = 0; v < vectors; v++) {
                right[v] = _mm512_maskz_loadu_ps(masks[v], b + v * LANES * NUMBERS_A_LANE);
            }
            if (asks) {
                _mm_prefetch(upcoming, _MM_HINT_T1);
                _mm_prefetch(upcoming + LANES * NUMBERS_A_LANE, _MM_HINT_T1);
                upcoming += p->upcoming.step_stride;
            }
            UNROLLED for (int r = 0; r < rows; r++) {
                __m512 left = repeated(a + r * a_row);
                UNROLLED for (int v = 0; v < vectors; v++) {
                    __m512 *sum = &sums[r * vectors + v];
                    *sum = MULTIPLY_ADD(left, right[v], *sum);
                }
            }
            a += a_step;
            b += b_step;
        }
    }
    UNROLLED for (int i = 0; i < rows * vectors; i++) {
        __mmask16 mask = masks[i % vectors];
        float *place = c + i / vectors * p->c_row + i % vectors * LANES;
        __m512 sum = sums[i];
        if (p->accumulates) sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(mask, place));
        if (p->bias) {
            const float *bias = p->bias + column + i % vectors * LANES;
            sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(mask, bias));
        }
        if (p->rectifies) {
            // In this order a NaN stays one.
            sum = _mm512_max_ps(_mm512_setzero_ps(), sum);
        }
        _mm512_mask_storeu_ps(place, mask, sum);
    }
}

typedef void tile_function(
    const PRODUCT *p, ptrdiff_t row, ptrdiff_t column, const NUMBER *upcoming
);

#define TILE(name, rows, vectors, whole, asks)                                                     \
    static void name(                                                                              \
        const PRODUCT *p, ptrdiff_t row, ptrdiff_t column, const NUMBER *upcoming                  \
    ) {                                                                                            \
        tile(p, rows, vectors, whole, asks, row, column, upcoming);                                \
    }
#define TILES(rows)                                                                                \
    TILE(narrow_##rows, rows, 1, false, false)                                                     \
    TILE(wide_##rows, rows, 2, false, false)                                                       \
    TILE(whole_##rows, rows, 2, true, false)                                                       \
    TILE(asking_##rows, rows, 2, true, true)
TILES(1) TILES(2) TILES(3) TILES(4) TILES(5) TILES(6) TILES(7) TILES(8)

#define EACH(name)                                                                                 \
    { name##_1, name##_2, name##_3, name##_4, name##_5, name##_6, name##_7, name##_8 }
enum { NARROW, WIDE, WHOLE, ASKING };
static tile_function *const tiles[][MOST_ROWS] = {
    [NARROW] = EACH(narrow), [WIDE] = EACH(wide), [WHOLE] = EACH(whole), [ASKING] = EACH(asking),
};

void MULTIPLY(const PRODUCT *p) {
    ptrdiff_t count = (p->rows + MOST_ROWS - 1) / MOST_ROWS;
    const NUMBER *upcoming = p->upcoming.address;
    ptrdiff_t asking = p->upcoming.tiles;
    for (ptrdiff_t column = 0; column < p->columns; column += 2 * LANES) {
        ptrdiff_t left = p->columns - column;
        int shape = left >= 2 * LANES ? WHOLE : left > LANES ? WIDE : NARROW;
        for (ptrdiff_t part = 0; part < count; part++) {
            // Parts of about the same height: 7 + 7 + 6 rows, rather than 8 + 8 + 4.
            ptrdiff_t begin = part * p->rows / count, end = (part + 1) * p->rows / count;
            bool asks = shape == WHOLE && asking > 0;
            tiles[asks ? ASKING : shape][end - begin - 1](p, begin, column, upcoming);
            upcoming += p->upcoming.tile_stride;
            asking--;
        }
    }
}
