/*
 * Sixteen blocks of 32 with one scale and little squared error; GgmlNear.swift. `blocks` gets
 * the first `count` of them, one after the other.
 */

/* The halves of neighbours in groups of 8, 4, 2 and 1 added up: lane i is the sum of vector i. */
INLINE f32x16 fold_blocks(f32x16 *x) {
    for (int i = 0; i < 8; i++) {
        const f32x16 a = x[2 * i], b = x[2 * i + 1];
        x[i] =
            __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
            __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30,
                                    31);
    }
    for (int i = 0; i < 4; i++) {
        const f32x16 a = x[2 * i], b = x[2 * i + 1];
        x[i] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26,
                                       27) +
               __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30,
                                       31);
    }
    for (int i = 0; i < 2; i++) {
        const f32x16 a = x[2 * i], b = x[2 * i + 1];
        x[i] = __builtin_shufflevector(a, b, 0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28,
                                       29) +
               __builtin_shufflevector(a, b, 2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23, 26, 27, 30,
                                       31);
    }
    const f32x16 a = x[0], b = x[1];
    return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28,
                                   30) +
           __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}

INLINE f32x16 inverse_lanes(f32x16 x) {
    const f32x16 inverse = 1 / x;
    return select_f32(magnitudes(inverse) < __builtin_inff(), inverse, spread_f32(0));
}

/* A scale of each block as it is stored, and its inverse. */
typedef struct {
    uint16_t bits[16];
    float values[16], inverses[16];
} block_scales;

INLINE block_scales stored_scales(f32x16 scale) {
    const u16x16 bits = f16_of_single(scale);
    const f32x16 values = single_of_f16(bits), inverses = inverse_lanes(values);
    block_scales scales;
    memcpy(scales.bits, &bits, sizeof bits);
    memcpy(scales.values, &values, sizeof values);
    memcpy(scales.inverses, &inverses, sizeof inverses);
    return scales;
}

INLINE f32x16 squared_errors(f32x32 x, f32x32 level, float scale) {
    const f32x16 low = scale * level.low - x.low, high = scale * level.high - x.high;
    return low * low + high * high;
}

/* What an error must be below so that what is decoded is surely nearer than with another one. */
INLINE f32x16 surely_below(f32x16 error) {
    const f32x16 bounded = select_f32(error < 0x1p126f, error, spread_f32(0x1p126f));
    return select_f32(error <= 0x1p-100f, spread_f32(0), bounded * (1 - 0x1p-13f));
}

INLINE f32x32 near_levels(f32x32 x, float inverse, float low, float high) {
    return (f32x32){nearest_level(x.low * inverse, low, high),
                    nearest_level(x.high * inverse, low, high)};
}

/* Sums of sixteen blocks of small integers x, pairs of which lie in rows: of the products with
 * their levels at a multiplier, and of the levels' squares. */
typedef struct {
    f32x16 products, squares;
} pair_sums;

/* A small integer in both words of each lane. */
INLINE i32x16 spread_words(int32_t x) {
    return spread_i32((int32_t)(((uint32_t)x & 0xFFFF) * 0x10001));
}

INLINE pair_sums sum_pairs(const i32x16 *rows, i32x16 multiplier, int32_t zero) {
    const i32x16 low = spread_words(-zero), high = spread_words(zero - 1);
    i32x16 products = {0}, squares = {0};
    for (int i = 0; i < 16; i++) {
        const i32x16 level = bound_words(round_products(rows[i], multiplier), low, high);
        products += pair_products(level, rows[i]);
        squares += pair_products(level, level);
    }
    return (pair_sums){__builtin_convertvector(products, f32x16),
                       __builtin_convertvector(squares, f32x16)};
}

INLINE void keep_greater(pair_sums trial, f32x16 *gain, pair_sums *best) {
    const f32x16 found = trial.products * trial.products / trial.squares;
    const i32x16 is_better = found > *gain;
    *gain = select_f32(is_better, found, *gain);
    best->products = select_f32(is_better, trial.products, best->products);
    best->squares = select_f32(is_better, trial.squares, best->squares);
}

/* A scale of each block. */
INLINE f32x16 search_scales(const float *values, f32x16 extreme, int32_t zero) {
    const f32x16 unit = extreme * ((float)zero / 8192);
    float factors[16];
    store_lanes(inverse_lanes(unit), factors);
    i32x16 rows[16];
    for (int block = 0; block < 16; block++) {
        const f32x32 x = load_block(values + 32 * block);
        const i32x16 low = (i32x16)(x.low * factors[block] + 12582912.0f);
        const i32x16 high = (i32x16)(x.high * factors[block] + 12582912.0f);
        rows[block] = (low & 0xFFFF) | high << 16;
    }
    TRANSPOSE(i32x16, rows)
    f32x16 gain = {0};
    pair_sums best = {{0}, {0}};
    for (int32_t step = -4; step <= 4; step++) {
        const int32_t multiplier = -(4 * zero + step) * zero;
        keep_greater(sum_pairs(rows, spread_words(multiplier), zero), &gain, &best);
    }
    const f32x16 ideal = nearest_level(best.squares * 32768 / best.products, -32767, 32767);
    const i32x16 multiplier = __builtin_convertvector(ideal, i32x16);
    keep_greater(sum_pairs(rows, (multiplier & 0xFFFF) | multiplier << 16, zero), &gain, &best);
    return best.products / best.squares * unit;
}

INLINE void near_integers(const float *values, ptrdiff_t count, int32_t bits, uint8_t *blocks) {
    const int32_t zero = 1 << (bits - 1), size = bits == 5 ? 20 : 16;
    const float offset = (float)zero + 0.5f, top = (float)(2 * zero - 1);
    f32x16 extreme;
    float *extremes = (float *)&extreme;
    for (int block = 0; block < 16; block++) {
        extremes[block] = extreme_of(values + 32 * block, load_block(values + 32 * block));
    }
    const f32x16 scale = extreme / (float)-zero;
    float inverses[16];
    store_lanes(inverse_lanes(scale), inverses);
    const block_scales theirs = stored_scales(scale);
    const block_scales ours = stored_scales(search_scales(values, extreme, zero));
    f32x16 their_errors[16], our_errors[16];
    uint8_t their_levels[16][20], our_levels[16][20];
    for (int block = 0; block < 16; block++) {
        const f32x32 x = load_block(values + 32 * block);
        const i32x16 low = truncated_level(x.low * inverses[block] + offset, top);
        const i32x16 high = truncated_level(x.high * inverses[block] + offset, top);
        store_integers(low, high, bits, their_levels[block]);
        const f32x32 spanned = {__builtin_convertvector(low - zero, f32x16),
                                __builtin_convertvector(high - zero, f32x16)};
        their_errors[block] = squared_errors(x, spanned, theirs.values[block]);
        const f32x32 level = near_levels(x, ours.inverses[block], (float)-zero, (float)(zero - 1));
        our_errors[block] = squared_errors(x, level, ours.values[block]);
        store_integers(__builtin_convertvector(level.low, i32x16) + zero,
                       __builtin_convertvector(level.high, i32x16) + zero, bits, our_levels[block]);
    }
    const uint32_t are_better =
        lane_bits_f32(fold_blocks(our_errors) < surely_below(fold_blocks(their_errors)));
    for (ptrdiff_t block = 0; block < count; block++) {
        const int32_t is_better = are_better >> block & 1;
        uint8_t *target = blocks + (size + 2) * block;
        memcpy(target, (is_better ? &ours : &theirs)->bits + block, 2);
        memcpy(target + 2, is_better ? our_levels[block] : their_levels[block], (size_t)size);
    }
}

static void ggml_near_integers(const float *values, ptrdiff_t count, int32_t bits,
                               uint8_t *blocks) {
    if (bits == 4) {
        near_integers(values, count, 4, blocks);
    } else {
        near_integers(values, count, 5, blocks);
    }
}

/* Sums of a block by lanes: of squared errors, of products of numbers and levels, and of squared
 * levels, all weighted. */
typedef struct {
    f32x16 errors[16], products[16], squares[16];
} byte_sums;

INLINE void add_bytes(byte_sums *sums, int block, f32x32 x, const float *weights, f32x32 level,
                      float scale) {
    if (weights) {
        const f32x32 w = load_block(weights + 32 * block);
        const f32x16 low = scale * level.low - x.low, high = scale * level.high - x.high;
        const f32x32 weighted = {w.low * level.low, w.high * level.high};
        sums->errors[block] = w.low * (low * low) + w.high * (high * high);
        sums->products[block] = weighted.low * x.low + weighted.high * x.high;
        sums->squares[block] = weighted.low * level.low + weighted.high * level.high;
    } else {
        sums->errors[block] = squared_errors(x, level, scale);
        sums->products[block] = level.low * x.low + level.high * x.high;
        sums->squares[block] = level.low * level.low + level.high * level.high;
    }
}

/* What fits the levels best. */
INLINE block_scales fitting_scales(byte_sums *sums) {
    const f32x16 products = fold_blocks(sums->products);
    return stored_scales(products / fold_blocks(sums->squares));
}

INLINE f32x32 spanning_bytes(f32x32 x, float inverse) {
    return (f32x32){__builtin_convertvector(signed_byte(x.low * inverse), f32x16),
                    __builtin_convertvector(signed_byte(x.high * inverse), f32x16)};
}

/* The error of each block with its nearest levels. */
INLINE f32x16 near_byte_errors(const float *values, const float *weights,
                               const block_scales *scales, byte_sums *sums) {
    for (int block = 0; block < 16; block++) {
        const f32x32 x = load_block(values + 32 * block);
        add_bytes(sums, block, x, weights, near_levels(x, scales->inverses[block], -127, 127),
                  scales->values[block]);
    }
    return fold_blocks(sums->errors);
}

INLINE void store_bytes(f32x32 level, uint16_t scale, uint8_t *block) {
    const i8x16 low = __builtin_convertvector(__builtin_convertvector(level.low, i32x16), i8x16);
    const i8x16 high = __builtin_convertvector(__builtin_convertvector(level.high, i32x16), i8x16);
    memcpy(block, &scale, sizeof scale);
    memcpy(block + 2, &low, sizeof low);
    memcpy(block + 18, &high, sizeof high);
}

INLINE void near_bytes(const float *values, const float *weights, ptrdiff_t count,
                       uint8_t *blocks) {
    f32x16 peak;
    float *peaks = (float *)&peak;
    for (int block = 0; block < 16; block++) {
        peaks[block] = peak_of(load_block(values + 32 * block));
    }
    const f32x16 scale = peak / 127;
    float inverses[16];
    store_lanes(inverse_lanes(scale), inverses);
    const block_scales spanning = stored_scales(scale);
    byte_sums sums;
    for (int block = 0; block < 16; block++) {
        const f32x32 x = load_block(values + 32 * block);
        add_bytes(&sums, block, x, weights, spanning_bytes(x, inverses[block]),
                  spanning.values[block]);
    }
    const f32x16 bound = surely_below(fold_blocks(sums.errors));
    const block_scales first = fitting_scales(&sums);
    const f32x16 first_error = near_byte_errors(values, weights, &first, &sums);
    const block_scales second = fitting_scales(&sums);
    const f32x16 second_error = near_byte_errors(values, weights, &second, &sums);
    const i32x16 is_second = second_error < first_error;
    const f32x16 least = select_f32(is_second, second_error, first_error);
    const uint32_t are_better = lane_bits_f32(least < bound), are_second = lane_bits_f32(is_second);
    for (ptrdiff_t block = 0; block < count; block++) {
        const f32x32 x = load_block(values + 32 * block);
        uint8_t *target = blocks + 34 * block;
        if (are_better >> block & 1) {
            const block_scales *scales = are_second >> block & 1 ? &second : &first;
            store_bytes(near_levels(x, scales->inverses[block], -127, 127), scales->bits[block],
                        target);
        } else {
            store_bytes(spanning_bytes(x, inverses[block]), spanning.bits[block], target);
        }
    }
}

static void ggml_near_bytes(const float *values, const float *weights, ptrdiff_t count,
                            uint8_t *blocks) {
    if (weights) {
        near_bytes(values, weights, count, blocks);
    } else {
        near_bytes(values, NULL, count, blocks);
    }
}
