// How one kind of numbers is multiplied, for a file that includes this once and says before
//
//     NUMBER                          what `a` and `b` are made of,
//     PAIR                            how many of them a step takes: 32 bits of `a` for each row, and
//                                     of `b` for each column,
//     MULTIPLY_ADD(left, right, sum)  what a step does with one row and a vector of columns,
//
// and what the vectors' header defines.

enum { CACHE_LINE_BYTES = 64 };

INLINED lanes repeated(const NUMBER *step) {
    float number;
    memcpy(&number, step, sizeof number);
    return (lanes)number;
}

/// Computes `rows` × (`vectors` · LANES) elements of `c` in registers, from (`row`, `column`) on.
///
/// `rows`, `vectors`, `whole` (no column is missing) and `asks` (for `upcoming`) are constants
/// wherever this is inlined. A step has more multiply-adds than loads, which leaves the multipliers as
/// the one limit.
INLINED void tile(
    const product *p, const int rows, const int vectors, const bool whole, const bool asks,
    ptrdiff_t row, ptrdiff_t column, const NUMBER *upcoming
) {
    lanes sums[MOST_ROWS * 2];
    lane_mask masks[2];
    UNROLLED for (int v = 0; v < vectors; v++) masks[v] = first_lanes(p->columns - column - v * LANES);
    UNROLLED for (int i = 0; i < rows * vectors; i++) sums[i] = (lanes)0;
    const ptrdiff_t a_row = p->a_row, a_step = p->a_step, b_step = p->b_step;
    for (ptrdiff_t segment = 0; segment < p->segments; segment++) {
        const NUMBER *a = p->a + row * a_row + segment * p->a_segment;
        const NUMBER *b = p->b + column * PAIR + segment * p->b_segment;
        for (ptrdiff_t step = p->steps; step > 0; step--) {
            lanes right[2];
            UNROLLED for (int v = 0; v < vectors; v++) {
                const NUMBER *place = b + v * LANES * PAIR;
                right[v] = whole ? load(place) : load_masked(masks[v], place);
            }
            if (asks) {
                __builtin_prefetch(upcoming, 0, 2);
                __builtin_prefetch((const char *)upcoming + CACHE_LINE_BYTES, 0, 2);
                upcoming += p->upcoming.step_stride;
            }
            UNROLLED for (int r = 0; r < rows; r++) {
                lanes left = repeated(a + r * a_row);
                UNROLLED for (int v = 0; v < vectors; v++) {
                    lanes *sum = &sums[r * vectors + v];
                    *sum = MULTIPLY_ADD(left, right[v], *sum);
                }
            }
            a += a_step;
            b += b_step;
        }
    }
    UNROLLED for (int i = 0; i < rows * vectors; i++) {
        const int v = i % vectors;
        ptrdiff_t first = column + v * LANES;
        float *place = p->c + (row + i / vectors) * p->c_row + first;
        lanes sum = sums[i];
        if (p->accumulates) sum = sum + (whole ? load(place) : load_masked(masks[v], place));
        if (p->bias) {
            const float *bias = p->bias + first;
            sum = sum + (whole ? load(bias) : load_masked(masks[v], bias));
        }
        if (p->rectifies) sum = rectified(sum);
        if (whole) {
            store(place, sum);
        } else {
            store_masked(masks[v], place, sum);
        }
    }
}

typedef void tile_function(
    const product *p, ptrdiff_t row, ptrdiff_t column, const NUMBER *upcoming
);

#define TILE(name, rows, vectors, whole, asks)                                                     \
    static void name(                                                                              \
        const product *p, ptrdiff_t row, ptrdiff_t column, const NUMBER *upcoming                  \
    ) {                                                                                            \
        tile(p, rows, vectors, whole, asks, row, column, upcoming);                                \
    }
#define TILES(rows)                                                                                \
    TILE(narrow_##rows, rows, 1, false, false)                                                     \
    TILE(wide_##rows, rows, 2, false, false)                                                       \
    TILE(whole_##rows, rows, 2, true, false)                                                       \
    TILE(asking_##rows, rows, 2, true, true)
EACH_HEIGHT(TILES)

enum { NARROW, WIDE, WHOLE, ASKING };
#define SHAPES(rows) {narrow_##rows, wide_##rows, whole_##rows, asking_##rows},
static tile_function *const tiles[MOST_ROWS][4] = {EACH_HEIGHT(SHAPES)};

static void multiply(const product *p) {
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
            tiles[end - begin - 1][asks ? ASKING : shape](p, begin, column, upcoming);
            upcoming += p->upcoming.tile_stride;
            asking--;
        }
    }
}
