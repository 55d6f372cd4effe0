// The gradient of a dense layer's output laid out for that of its weights: see dense_gradients.h.
//
// The columns that are not zero come first, in panels of the shape (steps over a batch, TILE_COLUMNS), the last
// one narrower: the rows of a wide one, a power of two apart, would not stay in the first cache together.

// From so many rows of weights on, columns that are not zero are worth being put together.
enum { PACKED_ROWS = 64 };

/// Where what follows the panels is, so many numbers of 32 bits from the beginning.
typedef struct {
    /// The list of the outputs that have a column: all, or what follows says where the columns belong.
    ptrdiff_t columns;
    /// For each output, how far its column is from the first of its vector's, or -1.
    ptrdiff_t places;
    /// For each vector of outputs, where its columns begin.
    ptrdiff_t begins;
    /// The list of all steps.
    ptrdiff_t steps;
    ptrdiff_t end;
} panel_layout;

static panel_layout panel_layout_of(dqn_dense_sizes sizes) {
    ptrdiff_t vectors = (sizes.outputs + LANES - 1) / LANES, steps = steps_of(sizes.count);
    panel_layout at = {.columns = steps * sizes.outputs};
    at.places = at.columns + sizes.outputs + LIST_ROOM;
    at.begins = at.places + vectors * LANES;
    at.steps = at.begins + vectors;
    at.end = at.steps + 1 + steps;
    return at;
}

static ptrdiff_t dense_panels_count(dqn_dense_sizes sizes) { return panel_layout_of(sizes).end; }

/// Says where each output's column is, for whole vectors of outputs.
static void place_columns(const int *columns, ptrdiff_t vectors, int *begins, int *places) {
    int found = 0;
    for (ptrdiff_t output = 0; output < vectors * LANES; output++) {
        if (output % LANES == 0) begins[output / LANES] = found;
        bool has = found < *columns && columns[1 + found] == output;
        places[output] = has ? found - begins[output / LANES] : -1;
        found += has;
    }
}

static void dense_lay_panels(
    dqn_dense_sizes sizes, const float *output_gradient, float *panels
) {
    const panel_layout at = panel_layout_of(sizes);
    int *numbers = (int *)(void *)panels, *columns = numbers + at.columns;
    list_columns(sizes.count, sizes.outputs, output_gradient, sizes.outputs, NULL, columns);
    // A vector's columns are read together, though fewer may be its own.
    bool packs = sizes.inputs >= PACKED_ROWS && 8 * *columns <= 7 * sizes.outputs
        && *columns + LANES <= sizes.outputs;
    if (!packs) list_all(sizes.outputs, columns);
    for (ptrdiff_t column = 0; column < *columns; column += TILE_COLUMNS) {
        ptrdiff_t width = smaller(TILE_COLUMNS, *columns - column);
        float *place = panels + column * steps_of(sizes.count);
        for (ptrdiff_t row = 0; row < sizes.count; row += PAIR, place += width) {
            const float *from = output_gradient + row * sizes.outputs;
            const float *second = row + 1 < sizes.count ? from + sizes.outputs : NULL;
            lay_columns(width, columns + 1 + column, from, second, place);
        }
    }
    place_columns(columns, at.steps - at.begins, numbers + at.begins, numbers + at.places);
    list_all(steps_of(sizes.count), numbers + at.steps);
}

/// Moves the columns of a row, which lie together at its beginning, to their outputs.
static void spread_columns(ptrdiff_t outputs, const int *begins, const int *places, float *row) {
    // From the last vector on, so that none is written over before it is read.
    const ptrdiff_t whole = outputs / LANES;
    if (outputs % LANES) {
        lanes last = chosen(row + begins[whole], (lane_bits)load(places + whole * LANES));
        store_masked(first_lanes(outputs % LANES), row + whole * LANES, last);
    }
    for (ptrdiff_t vector = whole - 1; vector >= 0; vector--) {
        lane_bits those = (lane_bits)load(places + vector * LANES);
        store(row + vector * LANES, chosen(row + begins[vector], those));
    }
}
