/*
 * Family `quantize`: range rules, which choose the scales and zero points of matrices on a grid.
 *
 * A rule goes with any grid, any sharing of scales and any type of values. With scales per row it
 * gives what is called dynamic quantization by token.
 */
#ifndef QUANTCAL_QUANTIZE_RANGE_H
#define QUANTCAL_QUANTIZE_RANGE_H

#include "../base.h"
#include "grid.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Kinds of rules. The min-max range of a group is that of its values and 0. "Outermost" is the
 * magnitude of the outermost level; with zero points, its distance from the middle of the levels. */
enum {
    /* The whole range. */
    QC_QUANTIZE_RANGE_MIN_MAX = 0,
    /* Between percentiles of the values, `percentile` and 100 - `percentile`; of their magnitudes
     * where levels have both signs and there are no zero points. The whole range if only 0 is left. */
    QC_QUANTIZE_RANGE_PERCENTILE = 1,
    /* The least sum of |x - decoded|^norm. Candidates are the min-max range times `steps` numbers,
     * evenly from `high` down to `low`; the widest of the best; then, if it is better still, what
     * `refinements` steps of golden section between its neighbours find. */
    QC_QUANTIZE_RANGE_MSE = 2,
    /* Of the same candidates that of the least Kullback-Leibler divergence between a histogram
     * of `bins` bins over the min-max range, what is outside the outermost levels counted to the last
     * bins inside, and the histogram without the outside, spread evenly over the non-empty bins
     * that go to one level. Empty bins stay empty. */
    QC_QUANTIZE_RANGE_ENTROPY = 3,
    /* Centre +- c times the spread, limited to the min-max range: the standard deviation, or the
     * mean absolute deviation, from the centre, which is the mean with zero points, else 0. c is
     * the best clip for a Gaussian or Laplace distribution if rounding errors were uniform with
     * steps of 2 c / 2^bits (2^(bits + 1) if levels have one sign and there are no zero points). */
    QC_QUANTIZE_RANGE_ACIQ_GAUSSIAN = 4,
    QC_QUANTIZE_RANGE_ACIQ_LAPLACE = 5,
    /* The scale of least mean squared error of this very grid for these distributions, times the
     * spread, as QuEST's clip; min-max where that is not wider. With zero points the middle of the
     * levels is put at the mean. */
    QC_QUANTIZE_RANGE_GAUSSIAN = 6,
    QC_QUANTIZE_RANGE_LAPLACE = 7,
    /* HQQ: zero points, real also for integers, that make the error sparse, by at most `iterations`
     * half-quadratic steps: r = sign(e) max(|e| - |e|^(norm - 1) / strength, 0) is left of each
     * error e, z becomes the mean of level - (x - r) / s, and `strength` grows by `growth`; as long
     * as the sum of |e| falls. The scale puts the smallest and the largest value (not 0) on the
     * outermost levels. Needs zero points. */
    QC_QUANTIZE_RANGE_HALF_QUADRATIC = 8,
    /* From min-max and each of the candidates on: levels, then the scale (and zero point) of least
     * squares for these, at most `iterations` times and as long as the squared error falls; the
     * best of all. The scheme of ggml's encoders, for any grid. */
    QC_QUANTIZE_RANGE_LEAST_SQUARES = 9,
    /* s = high mean |x - centre|; with high = 1 for binary levels (XNOR-Net) and ternary ones (BitNet
     * b1.58), with 2^(2 - bits) and without zero points StatsQ's 2 mean |x| / 2^(bits - 1), for which see
     * QC_QUANTIZE_GRID_INTEGER. Of zeros alone, without zero points, the smallest normal number. */
    QC_QUANTIZE_RANGE_MEAN_ABSOLUTE = 10,
    /* s = 2 mean |x - centre| / sqrt(highest level): where LSQ starts. */
    QC_QUANTIZE_RANGE_LEARNED_STEP = 11,
    /* As MSE without refinements, but each end of the min-max range is multiplied by a candidate of
     * its own: the first of the best, those with the wider lower end being first, then those with the
     * wider upper one. RepQuant's dual clipping, by a grid instead of gradients: for channels
     * whose tails are not alike, on grids with zero points. */
    QC_QUANTIZE_RANGE_DUAL_CLIPPING = 12
};

/* What scales may be. */
enum {
    QC_QUANTIZE_SCALE_REAL = 0,
    /* 2^(floor(log2 of the range's largest magnitude) - floor(log2 of the outermost level)), as OCP
     * Microscaling has it. With groups of 32 and min-max this is MXFP4, MXFP6, MXFP8 (and, for
     * "int8", MXINT8, whose scales are 64 times these); grid "e8m0fnu" holds the scales. */
    QC_QUANTIZE_SCALE_POWER_OF_TWO = 1,
    /* The smallest power of two that is not below, so that nothing is clipped. */
    QC_QUANTIZE_SCALE_POWER_OF_TWO_UP = 2
};

/* A percentile p of n values in ascending order lies at place (n - 1) p / 100, from 0. Where that
 * is between two of them: */
enum {
    QC_QUANTIZE_PERCENTILE_LINEAR = 0,  /* in proportion */
    QC_QUANTIZE_PERCENTILE_LOWER = 1,   /* the lower one */
    QC_QUANTIZE_PERCENTILE_HIGHER = 2,  /* the higher one */
    QC_QUANTIZE_PERCENTILE_NEAREST = 3, /* the nearer one; halfway, that with the even place */
    QC_QUANTIZE_PERCENTILE_MIDPOINT = 4,
    QC_QUANTIZE_PERCENTILE_INVERTED_CDF = 5 /* place ceil(n p / 100) - 1 instead */
};

typedef struct qc_quantize_range_rule {
    size_t struct_size;
    int32_t kind;        /* QC_QUANTIZE_RANGE_... */
    int32_t scale_form;  /* QC_QUANTIZE_SCALE_... */
    int32_t definition;  /* PERCENTILE: QC_QUANTIZE_PERCENTILE_... */
    int32_t steps;       /* MSE, ENTROPY, LEAST_SQUARES: 1 (`high` alone) to 65536;
                          * DUAL_CLIPPING: to 256 */
    int32_t refinements; /* MSE: 0 to 100 */
    int32_t iterations;  /* HALF_QUADRATIC, LEAST_SQUARES: 1 to 1000 */
    int32_t bins;        /* ENTROPY: 16 to 65536 */
    int32_t reserved;    /* 0 */
    double percentile;   /* PERCENTILE: 50 to 100 */
    double norm;         /* MSE, DUAL_CLIPPING: 0.1 to 4; HALF_QUADRATIC: 0.1 to 1 */
    double low;          /* the same ones as steps: 2^-10 to high */
    double high;         /* 2^-10 to 16; also MEAN_ABSOLUTE's */
    double strength;     /* HALF_QUADRATIC: 0.001 to 1e9 */
    double growth;       /* HALF_QUADRATIC: 1 to 10 */
} qc_quantize_range_rule;

/*
 * Fills *rule with a rule of a name; NULL is "min_max".
 *
 * "min_max", "power_of_two" (min-max with scale_form POWER_OF_TWO), "percentile" (99.99, linear),
 * "mse" (norm 2, 80 steps from 1 to 0.21, as GPTQ searches), "entropy" (2048 bins, 128 steps from 1
 * to 0.0625), "aciq_gaussian", "aciq_laplace", "gaussian", "laplace", "half_quadratic" (norm 0.7,
 * strength 10, growth 1.01, 20 iterations), "least_squares" (19 steps from 1.2 to 0.3, 20
 * iterations), "mean_absolute", "learned_step", "dual_clipping" (norm 2, 26 steps from 1 to 0.5 for
 * each end). Fields may be changed afterwards: GPTQ's norm is
 * 2.4, and LiDAR-PTQ's search from min-max, kind to sparse maps, has 100 steps from 1.2 to 0.5. qc_quantize_range_...() looks at
 * the fields that a rule's kind uses, scale_form and reserved, and at no others.
 *
 * `size` is sizeof *rule. Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS (the
 * size, a name that is unknown). Since 0.1.
 */
qc_status qc_quantize_range_rule_init(qc_quantize_range_rule *rule, size_t size, const char *name);

/*
 * The scales, and zero points if wanted, of a matrix on a grid by a rule.
 *
 * values      rows x columns, finite.
 * importance  columns weights of errors, one for each column, finite, >= 0, not all 0; NULL: all 1.
 *             MSE, ENTROPY, LEAST_SQUARES and DUAL_CLIPPING use them.
 * rule        NULL: min-max.
 * scales      group_count of qc_quantize_grid_layout(), each positive and normal.
 * zeros       group_count; NULL: none are wanted, and levels stay where they are.
 *
 * Both are for qc_quantize_grid_encode_f32(): an element goes to the level that x / s + z goes to.
 * Without zero points a range [l, u] gives s = max(u / highest, l / lowest), as
 * qc_quantize_grid_scales_f32(), which equals min-max. With them, s = (u - l) / (highest - lowest)
 * and z = lowest - l / s, so that l and u are on the outermost levels; for INTEGER grids (but for
 * HALF_QUADRATIC) z is rounded to a whole number, ties to even, so that 0 is a level. Where there
 * is no range (a group of zeros; no level on the side of the values) the scale is 1 (but for MEAN_ABSOLUTE), and 0 is
 * decoded as 0 if zero points are wanted. Errors are counted as qc_quantize_grid_decode_f32()
 * gives numbers; floats saturate. Sums are in double, in the order of the elements, so that no
 * result depends on the number of threads.
 *
 * Two levels of scales (NVFP4, the double quantization of QLoRA) are two calls: the scales of the
 * first, as values of a second, with its own grid and granularity, encoded and decoded.
 *
 * rows = 0 or columns = 0 does nothing.
 *
 * Cost: MIN_MAX one pass; MSE and DUAL_CLIPPING an encoding for each candidate, LEAST_SQUARES some
 * for each, HALF_QUADRATIC one for each iteration; PERCENTILE about four passes; ENTROPY a pass and
 * bins * steps operations a group; scratch of 8 bytes a group and, a thread, 4 bytes for each
 * element of a group, and 8 KiB (DUAL_CLIPPING: 512 KiB at most). Errors: QC_ERR_NULL_POINTER (zeros for HALF_QUADRATIC), QC_ERR_SIZE,
 * QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (importance), QC_ERR_OPTIONS,
 * QC_ERR_NO_MEMORY, QC_CANCELLED. Source: Frantar et al. (2023), GPTQ, and Li et al. (2021), BRECQ
 * (MSE); Migacz (2017) (entropy); Banner et al. (2019), ACIQ; Panferov et al. (2025), QuEST
 * (Gaussian); Badri and Shaji (2023), HQQ; Li et al.
 * (2024), RepQuant (dual clipping); Rastegari et al. (2016), Ma et al. (2024), Esser et al.
 * (2020), Liu et al. (2023), OFQ (mean absolute value); OCP Microscaling Formats 1.0. Since 0.1.
 */
qc_status qc_quantize_range_f32(const float *values, size_t rows, size_t columns,
                                const float *importance, const qc_quantize_grid *grid,
                                const qc_quantize_grid_options *options,
                                const qc_quantize_range_rule *rule, float *scales, float *zeros);

/* The same for IEEE half precision values, given as their bits. Since 0.1. */
qc_status qc_quantize_range_f16(const uint16_t *values, size_t rows, size_t columns,
                                const float *importance, const qc_quantize_grid *grid,
                                const qc_quantize_grid_options *options,
                                const qc_quantize_range_rule *rule, float *scales, float *zeros);

/* The same for bfloat16 values, given as their bits. Since 0.1. */
qc_status qc_quantize_range_bf16(const uint16_t *values, size_t rows, size_t columns,
                                 const float *importance, const qc_quantize_grid *grid,
                                 const qc_quantize_grid_options *options,
                                 const qc_quantize_range_rule *rule, float *scales, float *zeros);

#ifdef __cplusplus
}
#endif

#endif
