/*
 * The nearest two centres of vectors, by scores that a product of matrices gives; what is done
 * with them, and why this is exact, is in NearestCentre.swift. Lanes are vectors, tiles of
 * 16 * NEAREST_WIDTH of them against four centres at a time.
 *
 * Needs: NEAREST_WIDTH, how many registers of lanes a tile has.
 */
#define TILE (16 * NEAREST_WIDTH)

typedef struct {
    f32x16 best, second;
    i32x16 place;
} nearest_two;

/* Scores of four centres from `place` on. */
INLINE void score_four(const quantcal_nearest *of, ptrdiff_t place, const float *tile,
                       nearest_two *found) {
    const ptrdiff_t length = of->length;
    const float *centre = of->centres + place * length;
    f32x16 score[4][NEAREST_WIDTH];
    for (int c = 0; c < 4; c++) {
        for (int w = 0; w < NEAREST_WIDTH; w++) {
            score[c][w] = spread_f32(of->biases[place + c]);
        }
    }
    for (ptrdiff_t j = 0; j < length; j++) {
        f32x16 x[NEAREST_WIDTH];
        memcpy(x, tile + j * TILE, sizeof x);
        for (int c = 0; c < 4; c++) {
            const f32x16 v = spread_f32(-centre[c * length + j]);
            for (int w = 0; w < NEAREST_WIDTH; w++) {
                score[c][w] = __builtin_elementwise_fma(x[w], v, score[c][w]);
            }
        }
    }
    for (int c = 0; c < 4; c++) {
        for (int w = 0; w < NEAREST_WIDTH; w++) {
            const f32x16 s = score[c][w], best = found[w].best;
            const i32x16 is_better = s < best;
            const f32x16 other = select_f32(is_better, best, s);
            const f32x16 second = found[w].second;
            found[w].second = select_f32(other < second, other, second);
            found[w].best = select_f32(is_better, s, best);
            found[w].place = select_i32(is_better, spread_i32((int32_t)place + c), found[w].place);
        }
    }
}

/* A vector as a column of the tile, moved and scaled; with importance, its products with that and
 * then the importance. */
INLINE void place_vector(const quantcal_nearest *of, const float *vector, const float *importance,
                         float *column) {
    const ptrdiff_t dimension = of->dimension;
    for (ptrdiff_t j = 0; j < dimension; j++) {
        const float x = vector[j] * of->scale - of->middle[j];
        if (importance) {
            const float h = importance[j] * of->importance_scale;
            column[j * TILE] = x * h;
            column[(dimension + j) * TILE] = h;
        } else {
            column[j * TILE] = x;
        }
    }
}

/* Squares of what is second, less what rounding may have added; negative if the best is not certain. */
INLINE f32x16 bound_second(const quantcal_nearest *of, f32x16 square, const nearest_two *found) {
    const f32x16 error = of->error * (square + of->largest_bias +
                                      __builtin_elementwise_sqrt(square) * of->largest_norm) +
                         1e-36f;
    const f32x16 bound = square + 2 * found->second - 2 * error;
    const i32x16 is_certain = found->second - found->best > error;
    const i32x16 is_positive = bound > 0;
    return select_f32(is_certain, select_f32(is_positive, bound, (f32x16){0}), spread_f32(-1));
}

static void nearest(const quantcal_nearest *given, const float *vectors, const float *importance,
                    const uint32_t *places, ptrdiff_t count, float *tile, uint16_t *codes,
                    float *bounds) {
    const quantcal_nearest of = *given;
    for (ptrdiff_t first = 0; first < count; first += TILE) {
        const ptrdiff_t rest = count - first < TILE ? count - first : TILE;
        for (ptrdiff_t t = 0; t < TILE; t++) {
            const ptrdiff_t own = first + (t < rest ? t : 0);
            const ptrdiff_t row = places ? (ptrdiff_t)places[own] : own;
            place_vector(&of, vectors + row * of.stride,
                         importance ? importance + row * of.importance_stride : NULL, tile + t);
        }
        nearest_two found[NEAREST_WIDTH];
        for (int w = 0; w < NEAREST_WIDTH; w++) {
            found[w].best = found[w].second = spread_f32(INFINITY);
            found[w].place = spread_i32(0);
        }
        for (ptrdiff_t place = 0; place < of.count; place += 4) {
            score_four(&of, place, tile, found);
        }
        for (int w = 0; w < NEAREST_WIDTH; w++) {
            f32x16 square = {0};
            for (ptrdiff_t j = 0; j < of.length; j++) {
                f32x16 x;
                memcpy(&x, tile + j * TILE + 16 * w, sizeof x);
                square += x * x;
            }
            float bound[16];
            const f32x16 lowest = bound_second(&of, square, &found[w]);
            memcpy(bound, &lowest, sizeof bound);
            for (ptrdiff_t t = 16 * w; t < rest && t < 16 * (w + 1); t++) {
                codes[first + t] = (uint16_t)found[w].place[t % 16];
                bounds[first + t] = bound[t % 16];
            }
        }
    }
}
#undef TILE
