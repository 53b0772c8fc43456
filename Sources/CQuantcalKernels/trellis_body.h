/*
 * A step of the Viterbi algorithm in a bitshift trellis: for 16 groups of states at a time the least sums
 * of their common predecessors, and the states' own costs. The reference, and what it is for, is in
 * TrellisStep.swift.
 */

/* Sixteen states after `base`; one number a state. */
INLINE void trellis_costs(const quantcal_trellis *of, const float *factors, ptrdiff_t state,
                          f32x16 base, float *next) {
    const ptrdiff_t states = of->groups << of->step_bits;
    for (int32_t place = 0; place < of->step_values; place++) {
        f32x16 x;
        memcpy(&x, of->values + place * states + state, sizeof x);
        base += x * (factors[2 * place] * x - factors[2 * place + 1]);
    }
    memcpy(next + state, &base, sizeof base);
}

/* The groups' states in order: each group's number as often as it has states. */
INLINE void trellis_spread(const quantcal_trellis *of, const float *factors, ptrdiff_t group,
                           f32x16 base, float *next) {
    const ptrdiff_t state = group << of->step_bits;
#define PART(place, ...)                                                                           \
    trellis_costs(of, factors, state + 16 * (place),                                               \
                  __builtin_shufflevector(base, base, __VA_ARGS__), next)
    switch (of->step_bits) {
    case 1:
        PART(0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
        PART(1, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15);
        break;
    case 2:
        PART(0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
        PART(1, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7);
        PART(2, 8, 8, 8, 8, 9, 9, 9, 9, 10, 10, 10, 10, 11, 11, 11, 11);
        PART(3, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15, 15, 15);
        break;
    case 3:
        for (int pair = 0; pair < 8; pair++) {
            const f32x16 first = spread_f32(base[2 * pair]),
                         second = spread_f32(base[2 * pair + 1]);
            trellis_costs(of, factors, state + 16 * pair,
                          __builtin_shufflevector(first, second, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18,
                                                  19, 20, 21, 22, 23),
                          next);
        }
        break;
    default:
        for (int lane = 0; lane < 16; lane++) {
            const ptrdiff_t first = (group + lane) << of->step_bits;
            for (ptrdiff_t part = 0; part < 1 << of->step_bits; part += 16) {
                trellis_costs(of, factors, first + part, spread_f32(base[lane]), next);
            }
        }
    }
#undef PART
}

INLINE float trellis_step(const quantcal_trellis *of, const float *sums, const float *factors,
                          float offset, float *next, uint8_t *decisions) {
    f32x16 least = spread_f32(INFINITY);
    for (ptrdiff_t group = 0; group < of->groups; group += 16) {
        f32x16 best;
        memcpy(&best, sums + group, sizeof best);
        i32x16 place = {0};
        for (int32_t branch = 1; branch < 1 << of->step_bits; branch++) {
            f32x16 other;
            memcpy(&other, sums + branch * of->groups + group, sizeof other);
            const i32x16 is_less = other < best;
            best = select_f32(is_less, other, best);
            place = select_i32(is_less, spread_i32(branch), place);
        }
        const u8x16 bytes = __builtin_convertvector(place, u8x16);
        memcpy(decisions + group, &bytes, sizeof bytes);
        least = select_f32(best < least, best, least);
        trellis_spread(of, factors, group, best - offset, next);
    }
    return lowest_lane(least);
}

/* The common shapes get code of their own. */
static float trellis(const quantcal_trellis *given, const float *sums, const float *factors,
                     float offset, float *next, uint8_t *decisions) {
    quantcal_trellis of = *given;
#define SHAPE(bits, numbers)                                                                       \
    if (of.step_bits == (bits) && of.step_values == (numbers)) {                                   \
        of.step_bits = (bits);                                                                     \
        of.step_values = (numbers);                                                                \
        return trellis_step(&of, sums, factors, offset, next, decisions);                          \
    }
    SHAPE(1, 1)
    SHAPE(2, 1)
    SHAPE(3, 1)
    SHAPE(4, 1)
    SHAPE(3, 2)
    SHAPE(4, 2)
#undef SHAPE
    return trellis_step(&of, sums, factors, offset, next, decisions);
}
