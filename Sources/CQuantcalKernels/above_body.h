/*
 * The places of the values that are at least a limit, in ascending order; how many. The reference is in
 * ClassTally.swift. Mostly few are, so lanes are compared sixteen at a time and only hits are looked at.
 *
 * Needs: NAME, REAL, LANES, BITS(condition).
 */
static ptrdiff_t NAME(const REAL *values, ptrdiff_t count, REAL limit, uint32_t *places) {
    ptrdiff_t found = 0, first = 0;
    for (; first + 16 <= count; first += 16) {
        LANES x;
        memcpy(&x, values + first, sizeof x);
        for (uint32_t bits = BITS(x >= limit); bits != 0; bits &= bits - 1) {
            places[found++] = (uint32_t)first + (uint32_t)__builtin_ctz(bits);
        }
    }
    for (; first < count; first++) {
        places[found] = (uint32_t)first;
        found += values[first] >= limit;
    }
    return found;
}
#undef NAME
#undef REAL
#undef LANES
#undef BITS
