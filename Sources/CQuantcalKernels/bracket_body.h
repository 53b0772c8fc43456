/*
 * One pass over an array for a bracket; the reference is in Selection.swift.
 * A comparison with NaN is false, so a NaN is neither below nor above and is
 * looked for only among the few values that are left.
 *
 * What is left is kept, in order, without a look at it: few values are, and a
 * branch on them could not be predicted. Where many are, which is so for ties
 * only, those equal to an end of the bracket are counted instead.
 *
 * Needs: NAME, REAL, VECTOR, LANES, LOAD(p), SPREAD(x), COMPARE(a, b, op), which
 * gives a bit for each lane, and KEEP(x, from, mask, p), which stores the lanes
 * of x, which lie at `from`, that are in the mask to p in order, and may write any
 * LANES elements there.
 */
static void NAME(const REAL *values, ptrdiff_t count, REAL lower, REAL upper, REAL *kept,
                 ptrdiff_t capacity, quantcal_bracket_counts *counts) {
    enum {
        PARTS = 4,
        STEP = PARTS * LANES,
        MANY = STEP / 8
    };
    const VECTOR low = SPREAD(lower), high = SPREAD(upper);
    const uint32_t full = (1u << LANES) - 1;
    quantcal_bracket_counts found = {0, 0, 0, 0};
    ptrdiff_t i = 0;
    for (; i + STEP <= count; i += STEP) {
        uint32_t rest[PARTS];
        int left = 0;
        for (int part = 0; part < PARTS; part++) {
            const VECTOR x = LOAD(values + i + part * LANES);
            const uint32_t less = COMPARE(x, low, _CMP_LT_OQ);
            rest[part] = ~(less | COMPARE(x, high, _CMP_GT_OQ)) & full;
            left += __builtin_popcount(rest[part]);
            found.below += __builtin_popcount(less);
        }
        if (left == 0) {
            continue;
        }
        for (int part = 0; part < PARTS; part++) {
            const VECTOR x = LOAD(values + i + part * LANES);
            if (left >= MANY || found.kept > capacity / 2) {
                const uint32_t is_lower = COMPARE(x, low, _CMP_EQ_OQ) & rest[part];
                const uint32_t is_upper = COMPARE(x, high, _CMP_EQ_OQ) & rest[part] & ~is_lower;
                found.equal_lower += __builtin_popcount(is_lower);
                found.equal_upper += __builtin_popcount(is_upper);
                rest[part] &= ~(is_lower | is_upper);
            }
            if (found.kept <= capacity) {
                KEEP(x, values + i + part * LANES, rest[part], kept + found.kept);
            }
            found.kept += __builtin_popcount(rest[part]);
        }
    }
    for (; i < count; i++) {
        const REAL x = values[i];
        if (x < lower) {
            found.below++;
        } else if (!(x > upper)) {
            if (found.kept <= capacity) {
                kept[found.kept] = x;
            }
            found.kept++;
        }
    }
    *counts = found;
}
#undef NAME
#undef REAL
#undef VECTOR
#undef LANES
#undef LOAD
#undef SPREAD
#undef COMPARE
#undef KEEP
