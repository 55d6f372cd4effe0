// Which numbers are not zero. A list is how many there are, and then their places, in order.

typedef int four_places __attribute__((ext_vector_type(4)));
typedef four_places four_places_anywhere __attribute__((aligned(4), may_alias));

/// The places of what is set among four lanes, and how many are.
static const struct {
    four_places places;
    int count;
} set_lanes[16] = {
    {{0, 0, 0, 0}, 0}, {{0, 0, 0, 0}, 1}, {{1, 0, 0, 0}, 1}, {{0, 1, 0, 0}, 2},
    {{2, 0, 0, 0}, 1}, {{0, 2, 0, 0}, 2}, {{1, 2, 0, 0}, 2}, {{0, 1, 2, 0}, 3},
    {{3, 0, 0, 0}, 1}, {{0, 3, 0, 0}, 2}, {{1, 3, 0, 0}, 2}, {{0, 1, 3, 0}, 3},
    {{2, 3, 0, 0}, 2}, {{0, 2, 3, 0}, 3}, {{1, 2, 3, 0}, 3}, {{0, 1, 2, 3}, 4},
};

/// What a list needs room for beside its places: how many there are, and what is written too much.
enum { LIST_ROOM = 1 + 4 };

/// Appends the places of the lanes that are not zero, the first of them at `first`, to the `found`
/// that a list has, and returns how many it has then.
INLINED int append_lanes(lane_bits numbers, ptrdiff_t first, int *list, int found) {
    unsigned set = nonzero_lanes(numbers);
    UNROLLED for (int lane = 0; lane < LANES; lane += 4, set >>= 4) {
        four_places places = set_lanes[set & 15].places + (int)(first + lane);
        *(four_places_anywhere *)(list + 1 + found) = places;
        found += set_lanes[set & 15].count;
    }
    return found;
}

/// Lists the lanes of vectors that are not zero, for `count` lanes in all.
///
/// `list` has room for `count` + `LIST_ROOM` numbers.
INLINED void list_lanes(ptrdiff_t count, const lane_bits *numbers, int *list) {
    int found = 0;
    for (ptrdiff_t first = 0; first < count; first += LANES, numbers++) {
        found = append_lanes(*numbers, first, list, found);
    }
    *list = found;
}

/// Lists the columns of some rows that are not zero in all of them. A NaN is no zero.
///
/// `list` has room for `columns` + `LIST_ROOM` numbers. `together`, unless null, are as many vectors
/// as hold the columns, in which what is set for a column that is listed.
static void list_columns(
    ptrdiff_t rows, ptrdiff_t columns, const float *numbers, ptrdiff_t row, lane_bits *together,
    int *list
) {
    int found = 0;
    for (ptrdiff_t column = 0; column < columns; column += LANES) {
        lane_mask mask = first_lanes(columns - column);
        lane_bits any = 0;
        for (ptrdiff_t r = 0; r < rows; r++) {
            // Of a zero all bits but the sign are zero.
            any |= (lane_bits)load_masked(mask, numbers + r * row + column) << 1;
        }
        if (together) together[column / LANES] |= any;
        found = append_lanes(any, column, list, found);
    }
    *list = found;
}

/// Lists all of `count`.
INLINED void list_all(ptrdiff_t count, int *list) {
    *list = (int)count;
    for (ptrdiff_t i = 0; i < count; i++) list[1 + i] = (int)i;
}

/// Makes of a list of terms that of the steps which take them.
INLINED void list_steps(int *list) {
    if (PAIR == 1) return;
    int found = 0, last = -1;
    for (int i = 0; i < *list; i++) {
        int step = list[1 + i] / PAIR;
        if (step != last) list[1 + found++] = step;
        last = step;
    }
    *list = found;
}
