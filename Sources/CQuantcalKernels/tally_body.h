/*
 * For each of eight limits the sum of the values that are at least it, roughly, and how many; values are not
 * negative. Lane i sums the places i, i + 16, ...; the lanes are then added up in order. The reference is in
 * ClassTally.swift.
 *
 * Needs: NAME, REAL, LANES, MASKS (integers as wide as REAL).
 */
static void NAME(const REAL *values, ptrdiff_t count, const REAL *limits, double *sums,
                 int64_t *counts) {
    LANES totals[8] = {{0}};
    MASKS hits[8] = {{0}};
    for (ptrdiff_t first = 0; first < count; first += 16) {
        LANES x = (LANES){0} - 1;
        memcpy(&x, values + first,
               (size_t)(count - first < 16 ? count - first : 16) * sizeof(REAL));
        for (int k = 0; k < 8; k++) {
            const MASKS is_above = x >= limits[k];
            totals[k] += (LANES)((MASKS)x & is_above);
            hits[k] -= is_above;
        }
    }
    for (int k = 0; k < 8; k++) {
        sums[k] = 0;
        counts[k] = 0;
        for (int lane = 0; lane < 16; lane++) {
            sums[k] += (double)totals[k][lane];
            counts[k] += hits[k][lane];
        }
    }
}
#undef NAME
#undef REAL
#undef LANES
#undef MASKS
