/*
 * The two passes of isotonic regression over cells of 64 neighbours; the references are
 * in IsotonicCells.swift, IsotonicElimination.swift. `scale` and `weight_scale` are powers of two,
 * `scale` with a sign; weights may be NULL.
 *
 * Needs: NAME(what), REAL.
 */

/* Eight neighbours, widened. */
INLINE f64x8 NAME(load8)(const REAL *p) {
    REAL x __attribute__((vector_size(8 * sizeof(REAL))));
    memcpy(&x, p, sizeof x);
    return __builtin_convertvector(x, f64x8);
}

/* Sums with their roundings, and bounds, of each cell. */
static void NAME(cells)(const REAL *values, const REAL *weights, ptrdiff_t count, double scale,
                        double weight_scale, quantcal_isotonic_cell *cells,
                        quantcal_isotonic_survey *survey) {
    f64x8 least_weight = spread_f64x8(INFINITY);
    f64x8 least_of_all = spread_f64x8(INFINITY), most_of_all = -least_of_all;
    double total = 0, unbounded = 0;
    survey->rises = 1;
    for (ptrdiff_t cell = 0; cell < count; cell++) {
        f64x8 x[8], least, most;
        for (int part = 0; part < 8; part++) {
            x[part] = NAME(load8)(values + 64 * cell + 8 * part) * scale;
            least = part == 0 ? x[0] : select_f64x8(x[part] < least, x[part], least);
            most = part == 0 ? x[0] : select_f64x8(x[part] > most, x[part], most);
        }
        if (survey->rises) {
            survey->rises = cell_rises(x);
        }
        least_of_all = select_f64x8(least < least_of_all, least, least_of_all);
        most_of_all = select_f64x8(most > most_of_all, most, most_of_all);
        cells[cell].least = fold_least(least);
        cells[cell].most = -fold_least(-most);
        if (!weights) {
            split_sum sum = {{0}, {0}};
            const f64x8 unit = sum_unit(larger(-cells[cell].least, cells[cell].most));
            for (int part = 0; part < 8; part++) {
                add_split(&sum, unit, x[part]);
            }
            fold_split(sum, &cells[cell].high, &cells[cell].low);
            cells[cell].weight_high = 64;
            cells[cell].weight_low = 0;
            total += 64;
            unbounded += cells[cell].high * 0;
            continue;
        }
        f64x8 w[8], product[8], heaviest = {0}, largest = {0};
        for (int part = 0; part < 8; part++) {
            w[part] = NAME(load8)(weights + 64 * cell + 8 * part) * weight_scale;
            product[part] = x[part] * w[part];
            least_weight = select_f64x8(w[part] < least_weight, w[part], least_weight);
            heaviest = select_f64x8(w[part] > heaviest, w[part], heaviest);
            const f64x8 magnitude = __builtin_elementwise_abs(product[part]);
            largest = select_f64x8(magnitude > largest, magnitude, largest);
        }
        split_sum sum = {{0}, {0}}, weight = {{0}, {0}};
        const f64x8 unit = sum_unit(-fold_least(-largest));
        const f64x8 weight_unit = sum_unit(-fold_least(-heaviest));
        for (int part = 0; part < 8; part++) {
            add_split(&sum, unit, product[part]);
            sum.fine += __builtin_elementwise_fma(x[part], w[part], -product[part]);
            add_split(&weight, weight_unit, w[part]);
        }
        fold_split(sum, &cells[cell].high, &cells[cell].low);
        fold_split(weight, &cells[cell].weight_high, &cells[cell].weight_low);
        total += cells[cell].weight_high;
        unbounded += cells[cell].high * 0;
    }
    survey->least = fold_least(least_of_all);
    survey->most = -fold_least(-most_of_all);
    survey->least_weight = fold_least(least_weight);
    survey->weight = total;
    survey->is_finite = unbounded == 0;
}

/* The points of a cell that are below the next; the last counts as such. */
INLINE uint64_t NAME(rises)(const REAL *values, double scale) {
    uint64_t bits = 1ull << 63;
    f64x8 x = NAME(load8)(values) * scale;
    for (int part = 0; part < 8; part++) {
        const f64x8 next = part < 7 ? NAME(load8)(values + 8 * part + 8) * scale : x;
        const f64x8 after = __builtin_shufflevector(x, next, 1, 2, 3, 4, 5, 6, 7, 8);
        bits |= (uint64_t)(lane_bits(x < after) & (part < 7 ? 0xff : 0x7f)) << (8 * part);
        x = next;
    }
    return bits;
}

/* For each cell that is asked, the points up to which the weighted sum of what the values are
 * above the slope is at most the limit: a bit each. If all weights are positive, a point that is
 * not below the next is none: at it no block can end. */
static void NAME(survivors)(const REAL *values, const REAL *weights, ptrdiff_t count, double scale,
                            double weight_scale, int32_t are_positive,
                            const quantcal_isotonic_chord *chords, uint64_t *masks) {
    /* A zero that the compiler does not know, or it would shift lanes by slower means. */
    const f64x8 zero = spread_f64x8(scale * 0);
    for (ptrdiff_t cell = 0; cell < count; cell++) {
        masks[cell] = 0;
        if (!(chords[cell].limit > -INFINITY)) {
            continue;
        }
        f64x8 below = {0};
        for (int part = 0; part < 8; part++) {
            const ptrdiff_t i = 64 * cell + 8 * part;
            f64x8 x = NAME(load8)(values + i) * scale - chords[cell].slope;
            if (weights) {
                x *= NAME(load8)(weights + i) * weight_scale;
            }
            x += __builtin_shufflevector(x, zero, 8, 0, 1, 2, 3, 4, 5, 6);
            x += __builtin_shufflevector(x, zero, 8, 8, 0, 1, 2, 3, 4, 5);
            x += __builtin_shufflevector(x, zero, 8, 8, 8, 8, 0, 1, 2, 3);
            x += below;
            below = __builtin_shufflevector(x, x, 7, 7, 7, 7, 7, 7, 7, 7);
            masks[cell] |= (uint64_t)lane_bits(x <= chords[cell].limit) << (8 * part);
        }
        if (masks[cell] != 0 && are_positive) {
            masks[cell] &= NAME(rises)(values + 64 * cell, scale);
        }
    }
}
#undef NAME
#undef REAL
