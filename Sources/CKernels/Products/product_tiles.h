// How one kind of numbers is multiplied, for a file that includes this once and says before
//
//     NUMBER                          what `a` and `b` are made of,
//     PAIR                            how many of them a step takes: 32 bits of `a` for each row, and
//                                     of `b` for each column,
//     MULTIPLY_ADD(left, right, sum)  what a step does with one row and a vector of columns,
//
// and what the vectors' header defines.

#include "nonzero.h"

enum {
    CACHE_LINE_BYTES = 64,
    GROUP = 3,
    GROUPS = (MOST_ROWS + GROUP - 1) / GROUP,
    STEPS_AT_ONCE = 4,
    TILE_COLUMNS = 2 * LANES,
};

/// How many steps take so many terms.
INLINED ptrdiff_t steps_of(ptrdiff_t terms) { return (terms + PAIR - 1) / PAIR; }

/// What a product takes as `a`: the first number, and how far it is to the next row and step.
typedef struct {
    const NUMBER *numbers;
    ptrdiff_t row, step;
} factors;

INLINED lanes repeated(const NUMBER *step) {
    float number;
    memcpy(&number, step, sizeof number);
    return (lanes)number;
}

/// The same pointer, of which the compiler does not know how far from others it is: it would compute
/// each address from the one before, one after the other.
INLINED const NUMBER *apart(const NUMBER *pointer) {
    __asm__("" : "+r"(pointer));
    return pointer;
}

/// A vector of columns, of which some are missing unless it is whole.
INLINED lanes load_columns(const bool whole, lane_mask mask, const void *place) {
    return whole ? load(place) : load_masked(mask, place);
}

/// What is asked for beside a step.
INLINED void ask(const product *p, const NUMBER **upcoming) {
    __builtin_prefetch(*upcoming, 0, 2);
    __builtin_prefetch((const char *)*upcoming + CACHE_LINE_BYTES, 0, 2);
    *upcoming += p->upcoming.step_stride;
}

/// Where a tile's steps read.
typedef struct {
    // Rows in groups of three, so that each is a pointer and a multiple of `a_row` that an address holds.
    const NUMBER *a[GROUPS];
    const NUMBER *b;
} places;

/// Adds to the sums of `rows` × `vectors` what one step gives, and goes on to the next.
INLINED void add_step(
    const product *p, const int rows, const int vectors, const bool whole, const lane_mask *masks,
    places *at, lanes *sums
) {
    lanes right[2];
    UNROLLED for (int v = 0; v < vectors; v++) {
        right[v] = load_columns(whole, masks[v], at->b + v * LANES * PAIR);
    }
    UNROLLED for (int r = 0; r < rows; r++) {
        lanes left = repeated(at->a[r / GROUP] + r % GROUP * p->a_row);
        UNROLLED for (int v = 0; v < vectors; v++) {
            lanes *sum = &sums[r * vectors + v];
            *sum = MULTIPLY_ADD(left, right[v], *sum);
        }
    }
    UNROLLED for (int g = 0; g * GROUP < rows; g++) at->a[g] = apart(at->a[g] + p->a_step);
    at->b = apart(at->b + p->b_step);
}

/// Adds to the sums what all steps give.
INLINED void add_steps(
    const product *p, const int rows, const int vectors, const bool whole, const bool asks,
    const lane_mask *masks, ptrdiff_t row, ptrdiff_t column, const NUMBER *upcoming, lanes *sums
) {
    places at;
    for (ptrdiff_t segment = 0; segment < p->segments; segment++) {
        UNROLLED for (int g = 0; g * GROUP < rows; g++) {
            at.a[g] = apart(p->a + (row + g * GROUP) * p->a_row + segment * p->a_segment);
        }
        at.b = p->b + column * PAIR + segment * p->b_segment;
        ptrdiff_t step = p->steps;
        for (; step >= STEPS_AT_ONCE; step -= STEPS_AT_ONCE) {
            UNROLLED for (int i = 0; i < STEPS_AT_ONCE; i++) {
                if (asks) ask(p, &upcoming);
                add_step(p, rows, vectors, whole, masks, &at, sums);
            }
        }
        for (; step > 0; step--) {
            if (asks) ask(p, &upcoming);
            add_step(p, rows, vectors, whole, masks, &at, sums);
        }
    }
}

/// The row of `a` and of `c` that is computed as number `row`.
INLINED ptrdiff_t taken_row(const product *p, ptrdiff_t row) {
    return p->taken_rows ? p->taken_rows[row] : row;
}

/// Adds to the sums what the steps of a list give.
INLINED void add_taken_steps(
    const product *p, const int rows, const int vectors, const bool whole, const bool asks,
    const lane_mask *masks, const int *taken, ptrdiff_t row, ptrdiff_t column,
    const NUMBER *upcoming, lanes *sums
) {
    const NUMBER *a[MOST_ROWS], *b = p->b + column * PAIR;
    UNROLLED for (int r = 0; r < rows; r++) a[r] = apart(p->a + taken_row(p, row + r) * p->a_row);
    for (const int *place = taken + 1, *end = place + *taken; place < end; place++) {
        const ptrdiff_t step = *place;
        lanes right[2];
        UNROLLED for (int v = 0; v < vectors; v++) {
            right[v] = load_columns(whole, masks[v], b + step * p->b_step + v * LANES * PAIR);
        }
        if (asks) ask(p, &upcoming);
        UNROLLED for (int r = 0; r < rows; r++) {
            lanes left = repeated(a[r] + step * p->a_step);
            UNROLLED for (int v = 0; v < vectors; v++) {
                lanes *sum = &sums[r * vectors + v];
                *sum = MULTIPLY_ADD(left, right[v], *sum);
            }
        }
    }
}

/// Computes `rows` × (`vectors` · LANES) elements of `c` in registers, from (`row`, `column`) on.
///
/// `rows`, `vectors`, `whole` (no column is missing), `asks` (for `upcoming`) and `chooses` (takes the
/// steps of a list) are constants wherever this is inlined. A step has more multiply-adds than loads,
/// which leaves the multipliers as the one limit.
INLINED void tile(
    const product *shared, const int rows, const int vectors, const bool whole, const bool asks,
    const bool chooses, ptrdiff_t row, ptrdiff_t column, const NUMBER *upcoming, const int *taken
) {
    // A copy that no store can change, so that what it says is read once.
    const product p = *shared;
    lanes sums[MOST_ROWS * 2];
    lane_mask masks[2];
    UNROLLED for (int v = 0; v < vectors; v++) {
        masks[v] = first_lanes(p.columns - column - v * LANES);
    }
    UNROLLED for (int i = 0; i < rows * vectors; i++) sums[i] = (lanes)0;
    if (chooses) {
        add_taken_steps(
            &p, rows, vectors, whole, asks, masks, taken, row, column, upcoming, sums
        );
    } else {
        add_steps(&p, rows, vectors, whole, asks, masks, row, column, upcoming, sums);
    }
    float *c[MOST_ROWS];
    UNROLLED for (int r = 0; r < rows; r++) {
        c[r] = p.c + (chooses ? taken_row(&p, row + r) : row + r) * p.c_row + column;
    }
#define EACH_SUM(does)                                                                             \
    UNROLLED for (int i = 0; i < rows * vectors; i++) {                                            \
        const int v = i % vectors;                                                                 \
        float *place = c[i / vectors] + v * LANES;                                                 \
        does;                                                                                      \
    }
    if (p.accumulates) {
        EACH_SUM(sums[i] += load_columns(whole, masks[v], place))
    }
    if (p.bias) {
        UNROLLED for (int v = 0; v < vectors; v++) {
            lanes bias = load_columns(whole, masks[v], p.bias + column + v * LANES);
            UNROLLED for (int r = 0; r < rows; r++) sums[r * vectors + v] += bias;
        }
    }
    if (p.rectifies) {
        UNROLLED for (int i = 0; i < rows * vectors; i++) sums[i] = rectified(sums[i]);
    }
    if (whole) {
        EACH_SUM(store(place, sums[i]))
    } else {
        EACH_SUM(store_masked(masks[v], place, sums[i]))
    }
#undef EACH_SUM
}

typedef void tile_function(
    const product *p, ptrdiff_t row, ptrdiff_t column, const NUMBER *upcoming, const int *taken
);

#define TILE(name, rows, vectors, whole, asks, chooses)                                            \
    static void name(                                                                              \
        const product *p, ptrdiff_t row, ptrdiff_t column, const NUMBER *upcoming,                 \
        const int *taken                                                                           \
    ) {                                                                                            \
        tile(p, rows, vectors, whole, asks, chooses, row, column, upcoming, taken);                \
    }
#define TILES(rows)                                                                                \
    TILE(narrow_##rows, rows, 1, false, false, false)                                              \
    TILE(wide_##rows, rows, 2, false, false, false)                                                \
    TILE(whole_##rows, rows, 2, true, false, false)                                                \
    TILE(asking_##rows, rows, 2, true, true, false)                                                \
    TILE(choosing_narrow_##rows, rows, 1, false, false, true)                                      \
    TILE(choosing_wide_##rows, rows, 2, false, false, true)                                        \
    TILE(choosing_whole_##rows, rows, 2, true, false, true)                                        \
    TILE(choosing_asking_##rows, rows, 2, true, true, true)
EACH_HEIGHT(TILES)

enum { NARROW, WIDE, WHOLE, ASKING, SHAPE_COUNT };
#define SHAPES(kind, rows) {kind##narrow_##rows, kind##wide_##rows, kind##whole_##rows, kind##asking_##rows}
#define BOTH_SHAPES(rows) {SHAPES(, rows), SHAPES(choosing_, rows)},
static tile_function *const tiles[MOST_ROWS][2][SHAPE_COUNT] = {EACH_HEIGHT(BOTH_SHAPES)};

/// How rows are shared out to tiles of about the same height: 7 + 7 + 6 rows, rather than 8 + 8 + 4.
typedef struct {
    ptrdiff_t parts, height, taller;
} row_parts;

static row_parts parts_of(ptrdiff_t rows) {
    ptrdiff_t parts = (rows + MOST_ROWS - 1) / MOST_ROWS;
    return (row_parts){.parts = parts, .height = rows / parts, .taller = rows % parts};
}

static void multiply(const product *p) {
    if (p->rows <= 0) return;
    const row_parts rows = parts_of(p->rows);
    const NUMBER *upcoming = p->upcoming.address;
    ptrdiff_t asking = p->upcoming.tiles;
    for (ptrdiff_t column = 0; column < p->columns; column += TILE_COLUMNS) {
        ptrdiff_t left = p->columns - column, row = 0;
        const int *taken = p->taken_steps;
        const bool chooses = taken;
        int whole = left >= TILE_COLUMNS ? WHOLE : left > LANES ? WIDE : NARROW;
        for (ptrdiff_t part = 0; part < rows.parts; part++) {
            ptrdiff_t height = rows.height + (part < rows.taller);
            int shape = whole == WHOLE && asking > 0 ? ASKING : whole;
            tiles[height - 1][chooses][shape](p, row, column, upcoming, taken);
            if (asking-- > 0) upcoming += p->upcoming.tile_stride;
            if (chooses) taken += p->taken_steps_stride;
            row += height;
        }
    }
}
