/*
 * One pass over an array for a bracket; the reference is in Selection.swift.
 * A comparison with NaN is false, so a NaN is neither below nor above and is
 * looked for only among the few values that are left.
 *
 * Needs: NAME, REAL, VECTOR, LANES, LOAD(p), SPREAD(x), COMPARE(a, b, op), which
 * gives a bit for each lane, and KEEP(x, mask, p), which stores the lanes in the
 * mask to p in order and may write any LANES elements there.
 */
static void NAME(const REAL *values, ptrdiff_t count, REAL lower, REAL upper, REAL *kept,
                 ptrdiff_t capacity, quantcal_bracket_counts *counts) {
    enum { PARTS = 4, STEP = PARTS * LANES };
    const VECTOR low = SPREAD(lower), high = SPREAD(upper);
    const uint32_t full = (1u << LANES) - 1;
    quantcal_bracket_counts found = {0, 0, 0, 0, 0};
    ptrdiff_t i = 0;
    for (; i + STEP <= count; i += STEP) {
        uint32_t rest[PARTS], any = 0;
        for (int part = 0; part < PARTS; part++) {
            const VECTOR x = LOAD(values + i + part * LANES);
            const uint32_t less = COMPARE(x, low, _CMP_LT_OQ);
            rest[part] = ~(less | COMPARE(x, high, _CMP_GT_OQ)) & full;
            any |= rest[part];
            found.below += __builtin_popcount(less);
        }
        if (!any) {
            continue;
        }
        for (int part = 0; part < PARTS; part++) {
            const VECTOR x = LOAD(values + i + part * LANES);
            const uint32_t is_lower = COMPARE(x, low, _CMP_EQ_OQ) & rest[part];
            const uint32_t is_upper = COMPARE(x, high, _CMP_EQ_OQ) & rest[part] & ~is_lower;
            const uint32_t is_nan = COMPARE(x, x, _CMP_UNORD_Q) & rest[part];
            const uint32_t inside = rest[part] & ~(is_lower | is_upper | is_nan);
            found.equal_lower += __builtin_popcount(is_lower);
            found.equal_upper += __builtin_popcount(is_upper);
            found.saw_nan |= is_nan != 0;
            if (inside && found.between <= capacity) {
                KEEP(x, inside, kept + found.between);
            }
            found.between += __builtin_popcount(inside);
        }
    }
    for (; i < count; i++) {
        const REAL x = values[i];
        if (x < lower) {
            found.below++;
        } else if (x == lower) {
            found.equal_lower++;
        } else if (x == upper) {
            found.equal_upper++;
        } else if (x != x) {
            found.saw_nan = 1;
        } else if (x < upper) {
            if (found.between <= capacity) {
                kept[found.between] = x;
            }
            found.between++;
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
