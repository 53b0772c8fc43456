/*
 * The inner loops that need one instruction set, and two questions about the
 * machine. Each kernel does what its reference in QuantcalCore does, bit for
 * bit; it takes proven arguments and checks nothing. Every kernel is written
 * once, in a *_body.h file that is compiled for each level.
 */
#ifndef QUANTCAL_KERNELS_H
#define QUANTCAL_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* The best level that this processor can run: 0 reference, 1 AVX2, 2 AVX-512. */
int32_t quantcal_kernels_supported(void);

/* The processors that this process may run on, at least 1. */
int32_t quantcal_processor_count(void);

/* Counts of one pass over an array for a bracket; Selection.swift. */
typedef struct quantcal_bracket_counts {
    ptrdiff_t below, equal_lower, kept, equal_upper;
} quantcal_bracket_counts;

/* Sums over at most 4096 rows; SoftmaxMoments.swift. */
typedef struct quantcal_softmax_moments {
    double nll, gradient, curvature, weight;
    int32_t has_label_below_maximum, has_spread;
} quantcal_softmax_moments;

/* Values of a type: 0 single precision, 1 halves, 2 bfloat16; WeightElement.swift. */
typedef struct quantcal_elements {
    const void *values;
    int32_t type;
} quantcal_elements;

/* How a run of values lies in groups of `columns`: the first group lacks `place` values. */
typedef struct quantcal_groups {
    ptrdiff_t columns, place;
} quantcal_groups;

typedef struct quantcal_range {
    float minimum, maximum;
} quantcal_range;

/* An integer grid; IntegerGrid.swift. */
typedef struct quantcal_integer_grid {
    float scale;
    int32_t zero, low, high;
} quantcal_integer_grid;

/* Rounding of scalar grids, by formula or by intervals; GridRounding.swift. */
typedef struct quantcal_whole_grid {
    float low, high;
    int32_t mask; /* of a code's bits */
} quantcal_whole_grid;

typedef struct quantcal_float_grid {
    float step; /* a number of 24 bits whose last is the smallest level above 0 */
    int32_t offset, shift, smallest_normal;           /* of bits of single precision */
    int32_t largest, beyond, nan, sign, sign_of_zero; /* codes; sign: 0 without one */
    /* For rounding by a sum: the largest number to be told from larger ones, 0 where that is no way;
     * and what makes of an exponent the number to add. */
    float limit;
    int32_t lift;
} quantcal_float_grid;

typedef struct quantcal_few_intervals {
    int32_t starts[16], codes[16]; /* the first interval's start is left out */
} quantcal_few_intervals;

/* Up to sixteen intervals of numbers by 32 buckets of one width, or of magnitudes by sixteen, with at
 * most one start in each: the bucket of a number between low and high is the last five bits of
 * number * factor + shift. */
typedef struct quantcal_buckets {
    int32_t starts[32];             /* of a bucket; the largest integer: none */
    int32_t both[32];               /* codes from a bucket's start on, and << 8 below it */
    float low, high, factor, shift; /* of magnitudes low is at most 0 */
    int32_t sign;                   /* of codes of magnitudes; 0: of numbers */
    float numbers[32];              /* starts, unless one is 0 */
    int32_t has_numbers;
} quantcal_buckets;

typedef struct quantcal_many_intervals {
    const int32_t *starts, *codes;
    const int32_t *coarse; /* the last start of each sixteenth */
    int32_t size;          /* a power of two, at least 32 */
} quantcal_many_intervals;

/* Of each cell of 64 neighbours its weighted sum and its weight, each in two parts, and bounds of its
 * values; without weights nothing is said of them; IsotonicCells.swift. */
typedef struct quantcal_isotonic_cells {
    double *high, *low, *weight_high, *weight_low, *least, *most;
} quantcal_isotonic_cells;

/* What is to be known of many cells at once: bounds of the values, the weight, whether every sum
 * is finite, and whether inside each cell every value is above the one before. */
typedef struct quantcal_isotonic_survey {
    double least, most, least_weight, weight;
    int32_t is_finite, rises;
} quantcal_isotonic_survey;

/* The path at the ends of cells: its height, and the weight, up to each, from 0 before the first; of each cell
 * the weight, and bounds of its values. What eight cells at a time take past the last has no weight and
 * ends where the last does; IsotonicPath.swift. */
typedef struct quantcal_isotonic_path {
    double *heights, *before, *weights, *least, *most;
} quantcal_isotonic_path;

/* From where the path is before the first of some cells, with a slope for each unit of weight. */
typedef struct quantcal_isotonic_line {
    ptrdiff_t first, end;
    double slope;
} quantcal_isotonic_line;

/* What the path through a cell is compared with: how far it must fall to be below a line. */
typedef struct quantcal_isotonic_chord {
    double slope, limit;
    int64_t cell;
} quantcal_isotonic_chord;

/* The lowest point of the path through a cell: its place in the cell, and the weighted sum of what
 * the values are above the chord's slope, and the weight, up to there. */
typedef struct quantcal_isotonic_dip {
    double slope, height, weight;
    int64_t cell, place;
} quantcal_isotonic_dip;

/* What the points of a cell are compared with: a line of one slope up to a place and of another
 * after it; IsotonicRefinement.swift. */
typedef struct quantcal_isotonic_bend {
    double slope, after, limit;
    int64_t cell, place;
} quantcal_isotonic_bend;

/* Candidates of a search with an offset; GgmlSearch.swift. */
typedef struct quantcal_ggml_offsets {
    float first, step;
    int32_t top, count;
    /* what is made small; GgmlSearch.swift */
    int32_t measure;
} quantcal_ggml_offsets;

/* What a part can be: its levels, integers from low to high or those of IQ4, and its factors, those of
 * a minimum being 0 where there is none; and whether factors move; GgmlFits.swift. */
typedef struct quantcal_ggml_form {
    float low, high, factor_low, factor_high, minimum_factor_high;
    int32_t is_iq4, can_move;
} quantcal_ggml_form;

/* Of each part, which decodes to scale * factor * level - minimum_scale * minimum_factor. */
typedef struct quantcal_ggml_scales {
    const float *scales, *minimum_scales;
    float *factors, *minimum_factors;
} quantcal_ggml_scales;

/* Centres as the kernel takes them; NearestCentre.swift. */
typedef struct quantcal_nearest {
    const float *centres; /* count x length */
    const float *biases;  /* count */
    const float *middle;  /* dimension */
    ptrdiff_t count;      /* a multiple of 4 */
    ptrdiff_t length;     /* dimension, or twice that with importance */
    ptrdiff_t dimension, stride, importance_stride;
    float scale, importance_scale;
    float error, largest_bias, largest_norm;
} quantcal_nearest;

/* A bitshift trellis; see trellis_body.h. */
typedef struct quantcal_trellis {
    const float *values; /* of states: step_values planes of groups << step_bits */
    ptrdiff_t groups;    /* a multiple of 16 */
    int32_t step_bits;   /* 1 to 8 */
    int32_t step_values;
} quantcal_trellis;

/* The kernels of one level. */
typedef struct quantcal_kernel_table {
    /* kept: room for capacity + 16 */
    void (*bracket_f32)(const float *values, ptrdiff_t count, float lower, float upper, float *kept,
                        ptrdiff_t capacity, quantcal_bracket_counts *counts);
    void (*bracket_f64)(const double *values, ptrdiff_t count, double lower, double upper,
                        double *kept, ptrdiff_t capacity, quantcal_bracket_counts *counts);
    /* weights: or NULL; scratch: classes * 32 elements */
    void (*moments_f32)(const float *logits, const int64_t *labels, const float *weights,
                        ptrdiff_t rows, ptrdiff_t classes, double beta, float beta_high,
                        float beta_low, float *scratch, quantcal_softmax_moments *moments);
    void (*moments_f64)(const double *logits, const int64_t *labels, const double *weights,
                        ptrdiff_t rows, ptrdiff_t classes, double beta, double beta_high,
                        double beta_low, double *scratch, quantcal_softmax_moments *moments);
    /* ranges: widened; returns whether all values are finite */
    int32_t (*ranges)(quantcal_elements values, ptrdiff_t count, quantcal_groups groups,
                      quantcal_range *ranges);
    void (*integer_encode)(quantcal_elements values, ptrdiff_t count, quantcal_groups groups,
                           const quantcal_integer_grid *grids, uint8_t *codes);
    /* zeros: or NULL */
    void (*integer_decode)(const uint8_t *codes, ptrdiff_t count, quantcal_groups groups,
                           const float *scales, const uint8_t *zeros, int32_t is_signed,
                           float *values);
    /* count: a multiple of 32 */
    void (*pack4)(const uint8_t *codes, ptrdiff_t count, uint8_t *packed);
    void (*unpack4)(const uint8_t *packed, ptrdiff_t count, int32_t is_signed, uint8_t *codes);
    void (*widen_f16)(const uint16_t *values, ptrdiff_t count, float *converted);
    void (*widen_bf16)(const uint16_t *values, ptrdiff_t count, float *converted);
    void (*narrow_f16)(const float *values, ptrdiff_t count, uint16_t *converted);
    void (*narrow_bf16)(const float *values, ptrdiff_t count, uint16_t *converted);
    /* zeros: or NULL; returns the bits of the largest magnitude of values */
    int32_t (*encode_whole)(quantcal_elements values, ptrdiff_t count, quantcal_groups groups,
                            const float *scales, const float *zeros,
                            const quantcal_whole_grid *grid, uint8_t *codes);
    int32_t (*encode_float)(quantcal_elements values, ptrdiff_t count, quantcal_groups groups,
                            const float *scales, const float *zeros,
                            const quantcal_float_grid *grid, uint8_t *codes);
    int32_t (*encode_few)(quantcal_elements values, ptrdiff_t count, quantcal_groups groups,
                          const float *scales, const float *zeros,
                          const quantcal_few_intervals *grid, uint8_t *codes);
    /* NULL where a level has no instruction for it; no NaN */
    int32_t (*encode_buckets)(quantcal_elements values, ptrdiff_t count, quantcal_groups groups,
                              const float *scales, const float *zeros, const quantcal_buckets *grid,
                              uint8_t *codes);
    int32_t (*encode_many)(quantcal_elements values, ptrdiff_t count, quantcal_groups groups,
                           const float *scales, const float *zeros,
                           const quantcal_many_intervals *grid, uint8_t *codes);
    /* levels: 16 */
    void (*decode_few)(const uint8_t *codes, ptrdiff_t count, quantcal_groups groups,
                       const float *scales, const float *zeros, const float *levels, float *values);
    /* levels: 256 */
    void (*decode_many)(const uint8_t *codes, ptrdiff_t count, quantcal_groups groups,
                        const float *scales, const float *zeros, const float *levels,
                        float *values);
    /* weights: or NULL; count: a multiple of 8; sums: 8 lanes each of high and low parts, and of
     * those of the weights */
    void (*sums_f32)(const float *values, const float *weights, ptrdiff_t count, double scale,
                     double weight_scale, double *sums);
    void (*sums_f64)(const double *values, const double *weights, ptrdiff_t count, double scale,
                     double weight_scale, double *sums);
    void (*top_f32)(const float *values, ptrdiff_t rows, ptrdiff_t classes, float *best,
                    int32_t *places);
    void (*top_f64)(const double *values, ptrdiff_t rows, ptrdiff_t classes, double *best,
                    int32_t *places);
    /* scratch: classes * 32 elements */
    void (*softmax_f32)(const float *logits, ptrdiff_t rows, ptrdiff_t classes, float beta_high,
                        float beta_low, float *scratch, float *probabilities);
    void (*softmax_f64)(const double *logits, ptrdiff_t rows, ptrdiff_t classes, double beta_high,
                        double beta_low, double *scratch, double *probabilities);
    /* count: of cells; weights: or NULL */
    void (*cells_f32)(const float *values, const float *weights, ptrdiff_t count, double scale,
                      double weight_scale, const quantcal_isotonic_cells *cells,
                      quantcal_isotonic_survey *survey);
    void (*cells_f64)(const double *values, const double *weights, ptrdiff_t count, double scale,
                      double weight_scale, const quantcal_isotonic_cells *cells,
                      quantcal_isotonic_survey *survey);
    /* weight_high: NULL if all weights are 1; of the path all but the bounds is written, for a multiple of eight cells */
    void (*path_sums)(const quantcal_isotonic_cells *cells, ptrdiff_t count, double centre,
                      const quantcal_isotonic_path *path);
    /* the ends of cells that are below a line, but that of its last cell; returns how many there are */
    ptrdiff_t (*path_corners)(const quantcal_isotonic_path *path,
                              const quantcal_isotonic_line *line, int64_t *ends);
    /* of the cells inside which the path may be below a line; returns how many there are */
    ptrdiff_t (*path_chords)(const quantcal_isotonic_path *path, const quantcal_isotonic_line *line,
                             double centre, double grain, double drift,
                             quantcal_isotonic_chord *chords);
    /* count: of chords; dips: room for as many; returns how many there are */
    ptrdiff_t (*dips_f32)(const float *values, const float *weights, ptrdiff_t count, double scale,
                          double weight_scale, const quantcal_isotonic_chord *chords,
                          quantcal_isotonic_dip *dips);
    ptrdiff_t (*dips_f64)(const double *values, const double *weights, ptrdiff_t count,
                          double scale, double weight_scale, const quantcal_isotonic_chord *chords,
                          quantcal_isotonic_dip *dips);
    /* count: of bends; only the masks of their cells are written */
    void (*survivors_f32)(const float *values, const float *weights, ptrdiff_t count, double scale,
                          double weight_scale, int32_t are_positive,
                          const quantcal_isotonic_bend *bends, uint64_t *masks);
    void (*survivors_f64)(const double *values, const double *weights, ptrdiff_t count,
                          double scale, double weight_scale, int32_t are_positive,
                          const quantcal_isotonic_bend *bends, uint64_t *masks);
    /* places: room for count + 1 */
    ptrdiff_t (*above_f32)(const float *values, ptrdiff_t count, float limit, uint32_t *places);
    ptrdiff_t (*above_f64)(const double *values, ptrdiff_t count, double limit, uint32_t *places);
    /* limits, sums, counts: eight */
    void (*tally_f32)(const float *values, ptrdiff_t count, const float *limits, double *sums,
                      int64_t *counts);
    void (*tally_f64)(const double *values, ptrdiff_t count, const double *limits, double *sums,
                      int64_t *counts);
    /* count: of parts, a multiple of 16; length: of a part, 16 or 32; weights: or NULL */
    void (*ggml_offsets)(const float *values, const float *weights, ptrdiff_t count,
                         ptrdiff_t length, quantcal_ggml_offsets search, float *scales,
                         float *minima, uint8_t *levels);
    void (*ggml_signed)(const float *values, const float *weights, ptrdiff_t count,
                        ptrdiff_t length, int32_t top, float *scales, uint8_t *levels);
    /* parts of 16 */
    void (*ggml_refined)(const float *values, ptrdiff_t count, int32_t top, float *scales,
                         uint8_t *levels);
    /* parts of 32 */
    void (*ggml_iq4)(const float *values, const float *weights, ptrdiff_t count, float *scales);
    /* weights: NULL if all are 1; fits: six numbers of all parts, if factors move with those before;
     * levels: or NULL */
    void (*ggml_tune)(const float *values, const float *weights, ptrdiff_t count, ptrdiff_t length,
                      quantcal_ggml_form form, quantcal_ggml_scales scales, float *fits,
                      uint8_t *levels);
    /* count: of blocks */
    void (*ggml_integers)(const float *values, ptrdiff_t count, int32_t bits, int32_t has_minimum,
                          uint8_t *blocks);
    void (*ggml_bytes)(const float *values, ptrdiff_t count, uint8_t *blocks);
    /* values: of sixteen blocks, count of which are written */
    void (*ggml_near_integers)(const float *values, ptrdiff_t count, int32_t bits, uint8_t *blocks);
    /* weights: or NULL */
    void (*ggml_near_bytes)(const float *values, const float *weights, ptrdiff_t count,
                            uint8_t *blocks);
    void (*ggml_near_ranges)(const float *values, ptrdiff_t count, int32_t bits, uint8_t *blocks);
    /* levels: of the sixteen blocks, as they are in `blocks` */
    void (*ggml_near_weighted)(const float *values, const float *weights, ptrdiff_t count,
                               int32_t bits, int32_t has_minimum, const uint8_t *levels,
                               uint8_t *blocks);
    /* importance, places: or NULL; tile: length * 32; bounds: of squares */
    void (*nearest)(const quantcal_nearest *of, const float *vectors, const float *importance,
                    const uint32_t *places, ptrdiff_t count, float *tile, uint16_t *codes,
                    float *bounds);
    /* sums, next: groups << step_bits; factors: two for each of step_values; decisions: groups; returns
     * the least sum */
    float (*trellis)(const quantcal_trellis *of, const float *sums, const float *factors,
                     float offset, float *next, uint8_t *decisions);
    void (*fill_f32)(float *places, ptrdiff_t count, float value, int32_t past_caches);
    void (*fill_f64)(double *places, ptrdiff_t count, double value, int32_t past_caches);
    void (*copy_past_caches)(void *to, const void *from, ptrdiff_t bytes);
    /* writes first and the numbers that follow */
    void (*count_past_caches)(size_t *to, size_t first, ptrdiff_t count);
} quantcal_kernel_table;

/* Has the memory at an address, which need not be valid, brought near. */
static inline void quantcal_prefetch(const void *address) { __builtin_prefetch(address); }

/* Tells the processor that a loop only waits. */
static inline void quantcal_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* The kernels of a level that the processor supports, or NULL for the reference. */
const quantcal_kernel_table *quantcal_kernels_at(int32_t level);

#endif
