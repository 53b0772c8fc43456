/*
 * The highest value of each row and its place, the lowest among ties; the reference is in
 * Forecasts.swift. Sixteen rows at a time, one in each lane.
 *
 * Needs: NAME, REAL, LANES, PLACES, COLUMN(p, stride), SELECT.
 */
static void NAME(const REAL *values, ptrdiff_t rows, ptrdiff_t classes, REAL *best,
                 int32_t *places) {
    ptrdiff_t row = 0;
    for (; row + 16 <= rows; row += 16) {
        const REAL *first = values + row * classes;
        LANES highest = COLUMN(first, classes);
        PLACES place = {0}, here = {0};
        for (ptrdiff_t j = 1; j < classes; j++) {
            const LANES column = COLUMN(first + j, classes);
            here += 1;
            const PLACES is_higher = column > highest;
            highest = SELECT(is_higher, column, highest);
            place = (here & is_higher) | (place & ~is_higher);
        }
        const i32x16 narrow = __builtin_convertvector(place, i32x16);
        memcpy(best + row, &highest, sizeof highest);
        memcpy(places + row, &narrow, sizeof narrow);
    }
    for (; row < rows; row++) {
        const REAL *z = values + row * classes;
        ptrdiff_t place = 0;
        for (ptrdiff_t j = 1; j < classes; j++) {
            place = z[j] > z[place] ? j : place;
        }
        best[row] = z[place];
        places[row] = (int32_t)place;
    }
}
#undef NAME
#undef REAL
#undef LANES
#undef PLACES
#undef COLUMN
#undef SELECT
