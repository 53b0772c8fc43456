/* Sixteen lanes in the compiler's own vectors; what a level lacks it does in parts. */
/* Vectors wider than a level's registers never cross a real call. */
#pragma clang diagnostic ignored "-Wpsabi"
#define INLINE static inline __attribute__((always_inline))
/* Large, and called once for much work. */
#define OUTLINE static __attribute__((noinline))

typedef float f32x16 __attribute__((vector_size(64)));
typedef double f64x8 __attribute__((vector_size(64)));
typedef double f64x16 __attribute__((vector_size(128)));
typedef int32_t i32x16 __attribute__((vector_size(64)));
typedef uint32_t u32x16 __attribute__((vector_size(64)));
typedef int64_t i64x8 __attribute__((vector_size(64)));
typedef int64_t i64x16 __attribute__((vector_size(128)));
typedef int8_t i8x16 __attribute__((vector_size(16)));
typedef uint8_t u8x16 __attribute__((vector_size(16)));
typedef uint8_t u8x32 __attribute__((vector_size(32)));
typedef _Bool b8 __attribute__((ext_vector_type(8)));
typedef _Bool b16 __attribute__((ext_vector_type(16)));
typedef uint16_t u16x16 __attribute__((vector_size(32)));
typedef uint16_t u16x32 __attribute__((vector_size(64)));

/* Lane by lane `condition ? a : b`; a comparison gives all bits or none. */
INLINE f32x16 select_f32(i32x16 condition, f32x16 a, f32x16 b) {
    return (f32x16)(((i32x16)a & condition) | ((i32x16)b & ~condition));
}

INLINE i32x16 select_i32(i32x16 condition, i32x16 a, i32x16 b) {
    return (a & condition) | (b & ~condition);
}

INLINE f64x8 select_f64x8(i64x8 condition, f64x8 a, f64x8 b) {
    return (f64x8)(((i64x8)a & condition) | ((i64x8)b & ~condition));
}

INLINE i64x8 select_i64x8(i64x8 condition, i64x8 a, i64x8 b) {
    return (a & condition) | (b & ~condition);
}

INLINE f64x16 select_f64(i64x16 condition, f64x16 a, f64x16 b) {
    return (f64x16)(((i64x16)a & condition) | ((i64x16)b & ~condition));
}

/* Less 0 every number is itself, -0 too. */
INLINE f32x16 spread_f32(float x) { return x - (f32x16){0}; }
INLINE f64x8 spread_f64x8(double x) { return x - (f64x8){0}; }
INLINE f64x16 spread_f64(double x) { return x - (f64x16){0}; }
INLINE i32x16 spread_i32(int32_t x) { return (i32x16){0} + x; }

/* Lanes exchanged in groups of 8, 4, 2 and 1. */
INLINE f32x16 swap8(f32x16 x) {
    return __builtin_shufflevector(x, x, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
}

INLINE f32x16 swap4(f32x16 x) {
    return __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
}

INLINE f32x16 swap2(f32x16 x) {
    return __builtin_shufflevector(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
}

INLINE f32x16 swap1(f32x16 x) {
    return __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
}

/* The lowest of sixteen numbers, by halves. */
INLINE float lowest_lane(f32x16 x) {
    x = select_f32(x < swap8(x), x, swap8(x));
    x = select_f32(x < swap4(x), x, swap4(x));
    x = select_f32(x < swap2(x), x, swap2(x));
    x = select_f32(x < swap1(x), x, swap1(x));
    return x[0];
}

/* sum += x, with what rounding loses added to `lost`. */
INLINE void add_lanes(f64x8 *sum, f64x8 *lost, f64x8 x) {
    const f64x8 next = *sum + x;
    const f64x8 part = next - *sum;
    *lost += (*sum - (next - part)) + (x - part);
    *sum = next;
}

/* A bit for each lane of a comparison. */
INLINE uint8_t lane_bits(i64x8 condition) {
    const b8 lanes = __builtin_convertvector(condition, b8);
    uint8_t bits;
    memcpy(&bits, &lanes, sizeof bits);
    return bits;
}

INLINE uint32_t lane_bits_f32(i32x16 condition) {
    const b16 lanes = __builtin_convertvector(condition, b16);
    uint16_t bits;
    memcpy(&bits, &lanes, sizeof bits);
    return bits;
}

INLINE uint32_t lane_bits_f64(i64x16 condition) {
    const b16 lanes = __builtin_convertvector(condition, b16);
    uint16_t bits;
    memcpy(&bits, &lanes, sizeof bits);
    return bits;
}

/* Eight lanes exchanged in groups of 4, 2 and 1. */
INLINE f64x8 swap4_f64x8(f64x8 x) { return __builtin_shufflevector(x, x, 4, 5, 6, 7, 0, 1, 2, 3); }
INLINE f64x8 swap2_f64x8(f64x8 x) { return __builtin_shufflevector(x, x, 2, 3, 0, 1, 6, 7, 4, 5); }
INLINE f64x8 swap1_f64x8(f64x8 x) { return __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6); }

/*
 * A sum of 64 numbers with its roundings, from a unit that is so large that what is added never
 * leaves its power of two: the sum less the unit is exact, and so is what each addition loses.
 */
typedef struct {
    f64x8 sum, fine;
} split_sum;

/* Lane by lane, for numbers of at most this magnitude; not finite for those near the end of the range. */
INLINE f64x8 sum_units(f64x8 largest) {
    return 1.5 * (f64x8)(((i64x8)largest & 0x7ff0000000000000) + (8ll << 52));
}

INLINE void add_split(split_sum *split, f64x8 x) {
    const f64x8 sum = split->sum + x;
    split->fine += x - (sum - split->sum);
    split->sum = sum;
}

/* The sum of all lanes, in order of exchange. */
INLINE double fold_lanes(f64x8 x) {
    x += swap4_f64x8(x);
    x += swap2_f64x8(x);
    x += swap1_f64x8(x);
    return x[0];
}

/* The halves of lanes of two vectors that a fold adds up: a step of folding eight vectors at once. */
#define FOLD_4(a, b, join)                                                                         \
    join(__builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11),                                  \
         __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15))
#define FOLD_2(a, b, join)                                                                         \
    join(__builtin_shufflevector(a, b, 0, 1, 4, 5, 8, 9, 12, 13),                                  \
         __builtin_shufflevector(a, b, 2, 3, 6, 7, 10, 11, 14, 15))
#define FOLD_1(a, b, join)                                                                         \
    join(__builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14),                                 \
         __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15))

/* Lane i is the fold of vector i, in order of exchange. */
#define FOLD_EIGHT(x, join)                                                                        \
    FOLD_1(FOLD_2(FOLD_4((x)[0], (x)[1], join), FOLD_4((x)[2], (x)[3], join), join),               \
           FOLD_2(FOLD_4((x)[4], (x)[5], join), FOLD_4((x)[6], (x)[7], join), join), join)

INLINE f64x8 plus_f64x8(f64x8 a, f64x8 b) { return a + b; }
INLINE f64x8 least_f64x8(f64x8 a, f64x8 b) { return select_f64x8(b < a, b, a); }
INLINE f64x8 most_f64x8(f64x8 a, f64x8 b) { return select_f64x8(b > a, b, a); }

INLINE f64x8 fold_leasts(const f64x8 *x) { return FOLD_EIGHT(x, least_f64x8); }
INLINE f64x8 fold_mosts(const f64x8 *x) { return FOLD_EIGHT(x, most_f64x8); }

/* `units`: a lane for each sum. */
INLINE void fold_splits(const split_sum *sums, f64x8 units, f64x8 *high, f64x8 *low) {
    f64x8 coarse[8], fine[8];
    for (int i = 0; i < 8; i++) {
        coarse[i] = sums[i].sum - spread_f64x8(units[i]);
        fine[i] = sums[i].fine;
    }
    const f64x8 coarse_sum = FOLD_EIGHT(coarse, plus_f64x8);
    const f64x8 fine_sum = FOLD_EIGHT(fine, plus_f64x8);
    *high = coarse_sum + fine_sum;
    *low = fine_sum - (*high - coarse_sum);
}

/* The first lanes of a, the other lanes of b. */
INLINE f64x8 first_lanes(int count, f64x8 a, f64x8 b) {
    const i64x8 lanes = {0, 1, 2, 3, 4, 5, 6, 7};
    return select_f64x8(lanes < count, a, b);
}

/* Stores the first lanes. */
INLINE void store_first(int count, f64x8 x, double *p) {
    if (count == 8) {
        memcpy(p, &x, sizeof x);
    } else {
        memcpy(p, &x, (size_t)count * sizeof *p);
    }
}

/* Eight rows of eight as columns: lane j of x[k] and lane k of x[j] change places. */
INLINE void transpose_f64x8(f64x8 *x) {
    f64x8 y[8];
    for (int i = 0; i < 8; i += 2) {
        y[i] = __builtin_shufflevector(x[i], x[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        y[i + 1] = __builtin_shufflevector(x[i], x[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int i = 0; i < 8; i += 4) {
        for (int j = i; j < i + 2; j++) {
            x[j] = __builtin_shufflevector(y[j], y[j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            x[j + 2] = __builtin_shufflevector(y[j], y[j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    }
    for (int i = 0; i < 4; i++) {
        const f64x8 a = x[i], b = x[i + 4];
        x[i] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11);
        x[i + 4] = __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

/* Each lane's sum of the lanes before it. */
INLINE f64x8 sums_before(f64x8 x) {
    const f64x8 zero = {0};
    x = __builtin_shufflevector(x, zero, 8, 0, 1, 2, 3, 4, 5, 6);
    x += __builtin_shufflevector(x, zero, 8, 0, 1, 2, 3, 4, 5, 6);
    x += __builtin_shufflevector(x, zero, 8, 8, 0, 1, 2, 3, 4, 5);
    return x + __builtin_shufflevector(x, zero, 8, 8, 8, 8, 0, 1, 2, 3);
}

/* Whether each of 64 neighbours is above the one before. */
INLINE int32_t cell_rises(const f64x8 *x) {
    const i64x8 pairs = {-1, -1, -1, -1, -1, -1, -1, 0};
    i64x8 falls = (__builtin_shufflevector(x[7], x[7], 1, 2, 3, 4, 5, 6, 7, 7) <= x[7]) & pairs;
    for (int part = 0; part < 7; part++) {
        falls |= __builtin_shufflevector(x[part], x[part + 1], 1, 2, 3, 4, 5, 6, 7, 8) <= x[part];
    }
    return lane_bits(falls) == 0;
}

/* The least lane. */
INLINE double fold_least(f64x8 x) {
    f64x8 other = swap4_f64x8(x);
    x = select_f64x8(other < x, other, x);
    other = swap2_f64x8(x);
    x = select_f64x8(other < x, other, x);
    other = swap1_f64x8(x);
    x = select_f64x8(other < x, other, x);
    return x[0];
}
