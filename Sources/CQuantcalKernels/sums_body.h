/*
 * Eight sums in twice the precision side by side; the reference, DoubleDoubleLanes, is
 * in IsotonicBlockSum.swift. A fused multiply gives the rounding error of a product
 * in one step, the same that the reference finds by splitting.
 *
 * Needs: NAME, REAL.
 */
static void NAME(const REAL *values, const REAL *weights, ptrdiff_t count, double scale,
                 double weight_scale, double *sums) {
    f64x8 high = {0}, low = {0}, weight_high = {0}, weight_low = {0};
    for (ptrdiff_t i = 0; i < count; i += 8) {
        REAL x8 __attribute__((vector_size(8 * sizeof(REAL))));
        memcpy(&x8, values + i, sizeof x8);
        const f64x8 x = __builtin_convertvector(x8, f64x8) * scale;
        if (!weights) {
            add_lanes(&high, &low, x);
            continue;
        }
        REAL w8 __attribute__((vector_size(8 * sizeof(REAL))));
        memcpy(&w8, weights + i, sizeof w8);
        const f64x8 w = __builtin_convertvector(w8, f64x8) * weight_scale;
        const f64x8 product = x * w;
        add_lanes(&high, &low, product);
        low += __builtin_elementwise_fma(x, w, -product);
        add_lanes(&weight_high, &weight_low, w);
    }
    memcpy(sums, &high, sizeof high);
    memcpy(sums + 8, &low, sizeof low);
    memcpy(sums + 16, &weight_high, sizeof weight_high);
    memcpy(sums + 24, &weight_low, sizeof weight_low);
}
#undef NAME
#undef REAL
