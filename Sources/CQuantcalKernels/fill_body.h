/*
 * One value over many places, by whole registers: past the first few at their own borders, as
 * stores across two lines of the cache take twice as long.
 *
 * Needs: NAME, REAL.
 */
static void NAME(REAL *places, ptrdiff_t count, REAL value) {
    enum {
        lanes = 64 / sizeof(REAL)
    };
    if (count < lanes) {
        for (ptrdiff_t i = 0; i < count; i++) {
            places[i] = value;
        }
        return;
    }
    REAL x __attribute__((vector_size(64)));
    for (int lane = 0; lane < lanes; lane++) {
        x[lane] = value;
    }
    const ptrdiff_t last = count - lanes;
    memcpy(places, &x, sizeof x);
    ptrdiff_t i = (ptrdiff_t)(64 - (uintptr_t)places % 64) / (ptrdiff_t)sizeof(REAL);
    for (; i < last; i += lanes) {
        memcpy(places + i, &x, sizeof x);
    }
    memcpy(places + last, &x, sizeof x);
}
#undef NAME
#undef REAL
