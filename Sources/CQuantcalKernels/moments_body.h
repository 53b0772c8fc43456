/* The rows of SoftmaxMoments.swift. Needs: NAME, REAL, LANES, TILE, COLUMN(p, stride), which
 * gathers a column of sixteen rows, EXPONENTIAL(d), SELECT, WIDEN(x), WIDEN_MASK(x). */
static void NAME(const REAL *logits, const int64_t *labels, const REAL *weights, ptrdiff_t rows,
                 ptrdiff_t classes, double beta, REAL beta_high, REAL beta_low, REAL *scratch,
                 quantcal_softmax_moments *moments) {
    (void)beta_low;
    f64x16 nll = {0}, gradient = {0}, curvature = {0}, weight_sum = {0};
    i64x16 below = {0}, spread = {0};
    for (ptrdiff_t row = 0; row < rows; row += 16) {
        int64_t label_of[16];
        double weight_lanes[16], label_lanes[16];
        const ptrdiff_t here = rows - row < 16 ? rows - row : 16;
        for (ptrdiff_t lane = 0; lane < 16; lane++) {
            const ptrdiff_t index = row + (lane < here ? lane : here - 1);
            label_of[lane] = labels[index];
            weight_lanes[lane] = lane >= here ? 0 : weights ? (double)weights[index] : 1;
        }
        const REAL *z = TILE(logits + row * classes, here, classes, scratch + 16 * classes);
        LANES highest = COLUMN(z, classes), lowest = highest;
        memcpy(scratch, &highest, sizeof highest);
        for (ptrdiff_t j = 1; j < classes; j++) {
            const LANES column = COLUMN(z + j, classes);
            memcpy(scratch + 16 * j, &column, sizeof column);
            highest = SELECT(column > highest, column, highest);
            lowest = SELECT(column < lowest, column, lowest);
        }
        REAL highest_lanes[16];
        memcpy(highest_lanes, &highest, sizeof highest);
        for (int lane = 0; lane < 16; lane++) {
            const REAL own = scratch[16 * label_of[lane] + lane];
            /* A row of weight 0 counts for nothing, even where beta * label overflows. */
            label_lanes[lane] = weight_lanes[lane] > 0 ? (double)(own - highest_lanes[lane]) : 0;
        }
        f64x16 weight, label;
        memcpy(&weight, weight_lanes, sizeof weight);
        memcpy(&label, label_lanes, sizeof label);
        f64x16 sum = {0}, first = {0}, second = {0};
        for (ptrdiff_t j = 0; j < classes; j++) {
            LANES column;
            memcpy(&column, scratch + 16 * j, sizeof column);
            const LANES d = column - highest;
            const f64x16 e = WIDEN(EXPONENTIAL(d));
            const f64x16 distance = WIDEN(d);
            const f64x16 product = e * distance;
            sum += e;
            first += product;
            second += product * distance;
        }
        const f64x16 mean = first / sum;
        f64x16 variance = second / sum - mean * mean;
        variance = select_f64(variance > 0.0, variance, (f64x16){0});
        /* A row of weight 0 counts for nothing, even where its own sums overflow. */
        const i64x16 counts = weight > 0.0;
        nll += select_f64(counts, weight * (log_f64(sum) - beta * label), spread_f64(0));
        gradient += select_f64(counts, weight * (mean - label), spread_f64(0));
        curvature += select_f64(counts, weight * variance, spread_f64(0));
        weight_sum += weight;
        below |= counts & (label < 0.0);
        spread |= counts & WIDEN_MASK(lowest < highest);
    }
    moments->nll = fold(nll);
    moments->gradient = fold(gradient);
    moments->curvature = fold(curvature);
    moments->weight = fold(weight_sum);
    moments->has_label_below_maximum = any(below);
    moments->has_spread = any(spread);
}
#undef NAME
