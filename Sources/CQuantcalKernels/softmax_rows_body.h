/*
 * Rows of softmax(beta z); the reference is softmaxRow in TemperatureApply.swift. Sixteen rows at
 * a time, one in each lane. `probabilities` may be `logits`: a tile is read before it is written.
 *
 * Needs: NAME, REAL, LANES, TILE, COLUMN(p, stride), EXPONENTIAL(d), SELECT, WIDEN(x), NARROW(x).
 */
static void NAME(const REAL *logits, ptrdiff_t rows, ptrdiff_t classes, REAL beta_high,
                 REAL beta_low, REAL *scratch, REAL *probabilities) {
    (void)beta_low;
    for (ptrdiff_t row = 0; row < rows; row += 16) {
        const ptrdiff_t here = rows - row < 16 ? rows - row : 16;
        const REAL *z = TILE(logits + row * classes, here, classes, scratch + 16 * classes);
        LANES highest = COLUMN(z, classes);
        memcpy(scratch, &highest, sizeof highest);
        for (ptrdiff_t j = 1; j < classes; j++) {
            const LANES column = COLUMN(z + j, classes);
            memcpy(scratch + 16 * j, &column, sizeof column);
            highest = SELECT(column > highest, column, highest);
        }
        f64x16 sum = {0};
        for (ptrdiff_t j = 0; j < classes; j++) {
            LANES column;
            memcpy(&column, scratch + 16 * j, sizeof column);
            column = EXPONENTIAL(column - highest);
            memcpy(scratch + 16 * j, &column, sizeof column);
            sum += WIDEN(column);
        }
        for (ptrdiff_t j = 0; j < classes; j++) {
            LANES column;
            memcpy(&column, scratch + 16 * j, sizeof column);
            column = NARROW(WIDEN(column) / sum);
            memcpy(scratch + 16 * j, &column, sizeof column);
        }
        REAL *target = probabilities + row * classes;
        for (ptrdiff_t lane = 0; lane < here; lane++) {
            for (ptrdiff_t j = 0; j < classes; j++) {
                target[lane * classes + j] = scratch[16 * j + lane];
            }
        }
    }
}
#undef NAME
