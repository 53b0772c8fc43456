/* The rows of SoftmaxMoments.swift. Needs: NAME, REAL, LANES, EXPONENTIAL(d), SELECT, WIDEN(x). */
static void NAME(const REAL *logits, const int64_t *labels, const REAL *weights, ptrdiff_t rows,
                 ptrdiff_t classes, double beta, REAL beta_high, REAL beta_low, REAL *scratch,
                 quantcal_softmax_moments *moments) {
    (void)beta_low;
    f64x16 nll = {0}, gradient = {0}, curvature = {0}, weight_sum = {0};
    int below = 0, spread = 0;
    for (ptrdiff_t row = 0; row < rows; row += 16) {
        /* Lanes beyond the last row repeat it, with weight 0. */
        const REAL *start[16];
        f64x16 weight, label;
        for (int lane = 0; lane < 16; lane++) {
            const ptrdiff_t index = row + lane < rows ? row + lane : rows - 1;
            start[lane] = logits + index * classes;
            weight[lane] = row + lane >= rows ? 0 : weights ? (double)weights[index] : 1;
        }
        LANES highest = {0}, lowest = {0};
        for (ptrdiff_t j = 0; j < classes; j++) {
            LANES z;
            for (int lane = 0; lane < 16; lane++) {
                z[lane] = start[lane][j];
            }
            memcpy(scratch + 16 * j, &z, sizeof z);
            if (j == 0) {
                highest = lowest = z;
            }
            highest = SELECT(z > highest, z, highest);
            lowest = SELECT(z < lowest, z, lowest);
        }
        for (int lane = 0; lane < 16; lane++) {
            const ptrdiff_t index = row + lane < rows ? row + lane : rows - 1;
            /* A row of weight 0 counts for nothing, even where beta * label overflows. */
            label[lane] = weight[lane] > 0 ? (double)(start[lane][labels[index]] - highest[lane]) : 0;
        }
        f64x16 sum = {0}, first = {0}, second = {0};
        for (ptrdiff_t j = 0; j < classes; j++) {
            LANES z;
            memcpy(&z, scratch + 16 * j, sizeof z);
            const LANES d = z - highest;
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
        nll += weight * (log_f64(sum) - beta * label);
        gradient += weight * (mean - label);
        curvature += weight * variance;
        weight_sum += weight;
        for (int lane = 0; lane < 16; lane++) {
            below |= (weight[lane] > 0) & (label[lane] < 0);
            spread |= (weight[lane] > 0) & (lowest[lane] < highest[lane]);
        }
    }
    moments->nll = fold(nll);
    moments->gradient = fold(gradient);
    moments->curvature = fold(curvature);
    moments->weight = fold(weight_sum);
    moments->has_label_below_maximum = below;
    moments->has_spread = spread;
}
#undef NAME
#undef REAL
#undef LANES
#undef EXPONENTIAL
#undef SELECT
#undef WIDEN
