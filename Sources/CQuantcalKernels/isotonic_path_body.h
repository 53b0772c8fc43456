/*
 * The passes of isotonic regression over the path at the ends of cells, eight cells at a time; the references are in
 * IsotonicPath.swift.
 */

INLINE f64x8 load_f64x8(const double *p) {
    f64x8 x;
    memcpy(&x, p, sizeof x);
    return x;
}

/* The first lanes from memory, zeros in the others. */
INLINE f64x8 load_first(int count, const double *p) {
    f64x8 x = {0};
    if (count == 8) {
        memcpy(&x, p, sizeof x);
    } else {
        memcpy(&x, p, (size_t)count * sizeof *p);
    }
    return x;
}

INLINE f64x8 sums_to(f64x8 x) {
    const f64x8 zero = {0};
    x += __builtin_shufflevector(x, zero, 8, 0, 1, 2, 3, 4, 5, 6);
    x += __builtin_shufflevector(x, zero, 8, 8, 0, 1, 2, 3, 4, 5);
    return x + __builtin_shufflevector(x, zero, 8, 8, 8, 8, 0, 1, 2, 3);
}

/* The centred sums, and the weights, up to each cell. */
static void path_sums(const quantcal_isotonic_cells *cells, ptrdiff_t count, double centre,
                      const quantcal_isotonic_path *path) {
    double height = 0, before = 0;
    path->heights[0] = path->before[0] = 0;
    for (ptrdiff_t cell = 0; cell < count; cell += 8) {
        const int group = count - cell < 8 ? (int)(count - cell) : 8;
        const f64x8 high = load_first(group, cells->high + cell);
        const f64x8 low = load_first(group, cells->low + cell);
        f64x8 weights = first_lanes(group, spread_f64x8(64), (f64x8){0}), sums;
        if (cells->weight_high) {
            weights = load_first(group, cells->weight_high + cell);
            const f64x8 rest = load_first(group, cells->weight_low + cell);
            const f64x8 product = centre * weights;
            const f64x8 error = __builtin_elementwise_fma(spread_f64x8(centre), weights, -product);
            sums = (high - product) + (low - error - centre * rest);
        } else {
            /* 64 times a number is exact. */
            sums = (high - centre * weights) + low;
        }
        const f64x8 heights = sums_to(sums) + height, befores = sums_to(weights) + before;
        memcpy(path->heights + cell + 1, &heights, sizeof heights);
        memcpy(path->before + cell + 1, &befores, sizeof befores);
        memcpy(path->weights + cell, &weights, sizeof weights);
        height = heights[7];
        before = befores[7];
    }
}

/* How far the path is above a line at eight places. */
INLINE f64x8 above_line(const quantcal_isotonic_path *path, const quantcal_isotonic_line *line,
                        ptrdiff_t place) {
    return (load_f64x8(path->heights + place) - path->heights[line->first]) -
           (load_f64x8(path->before + place) - path->before[line->first]) * line->slope;
}

static ptrdiff_t path_corners(const quantcal_isotonic_path *path,
                              const quantcal_isotonic_line *line, int64_t *ends) {
    const i64x8 lanes = {1, 2, 3, 4, 5, 6, 7, 8};
    ptrdiff_t found = 0;
    for (ptrdiff_t cell = line->first; cell < line->end; cell += 8) {
        const f64x8 above = above_line(path, line, cell + 1);
        unsigned bits = lane_bits((above < 0) & (lanes < line->end - cell));
        for (; bits != 0; bits &= bits - 1) {
            ends[found++] = cell + 1 + __builtin_ctz(bits);
        }
    }
    return found;
}

static ptrdiff_t path_chords(const quantcal_isotonic_path *path, const quantcal_isotonic_line *line,
                             double centre, double grain, double drift,
                             quantcal_isotonic_chord *chords) {
    const i64x8 lanes = {0, 1, 2, 3, 4, 5, 6, 7};
    const f64x8 zero = {0};
    const double slope = line->slope + centre;
    ptrdiff_t found = 0;
    for (ptrdiff_t cell = line->first; cell < line->end; cell += 8) {
        const f64x8 starts = above_line(path, line, cell);
        const f64x8 ends = above_line(path, line, cell + 1);
        const f64x8 weights = load_f64x8(path->weights + cell);
        const f64x8 tolerances = weights * grain + drift;
        /* How low a path can get between two heights with the slopes that the cell's values allow. */
        const f64x8 falls = most_f64x8(zero, slope - load_f64x8(path->least + cell));
        const f64x8 rises = most_f64x8(zero, load_f64x8(path->most + cell) - slope);
        const f64x8 lowest = starts * rises + (ends - weights * rises) * falls;
        const i64x8 are_above =
            (starts > tolerances) & (ends > tolerances) & (lowest > tolerances * (falls + rises));
        const f64x8 limits = tolerances - starts;
        unsigned bits = lane_bits(~are_above & (lanes < line->end - cell));
        for (; bits != 0; bits &= bits - 1) {
            const int lane = __builtin_ctz(bits);
            chords[found++] = (quantcal_isotonic_chord){slope, limits[lane], cell + lane};
        }
    }
    return found;
}
