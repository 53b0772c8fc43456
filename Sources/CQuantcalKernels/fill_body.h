/*
 * One value over many places, by whole registers: past the first few at their own borders, as
 * stores across two lines of the cache take twice as long. Past the caches, if wanted: what does
 * not fit into them need not be read before it is written.
 *
 * Needs: NAME, REAL.
 */
static void NAME(REAL *places, ptrdiff_t count, REAL value, int32_t past_caches) {
    enum {
        lanes = 64 / sizeof(REAL)
    };
    typedef REAL line __attribute__((vector_size(64)));
    if (count < lanes) {
        for (ptrdiff_t i = 0; i < count; i++) {
            places[i] = value;
        }
        return;
    }
    line x;
    for (int lane = 0; lane < lanes; lane++) {
        x[lane] = value;
    }
    const ptrdiff_t last = count - lanes;
    memcpy(places, &x, sizeof x);
    ptrdiff_t i = (ptrdiff_t)(64 - (uintptr_t)places % 64) / (ptrdiff_t)sizeof(REAL);
    if (past_caches) {
        for (; i < last; i += lanes) {
            __builtin_nontemporal_store(x, (line *)(void *)(places + i));
        }
        _mm_sfence();
    } else {
        for (; i < last; i += lanes) {
            memcpy(places + i, &x, sizeof x);
        }
    }
    memcpy(places + last, &x, sizeof x);
}
#undef NAME
#undef REAL
