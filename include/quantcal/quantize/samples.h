/*
 * Family `quantize`: which samples a model is calibrated with: some of many, how many of each time
 * step of a diffusion model, and which time steps.
 */
#ifndef QUANTCAL_QUANTIZE_SAMPLES_H
#define QUANTCAL_QUANTIZE_SAMPLES_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How samples are selected. Two rows are neighbours if the mean of their squared differences is at
 * most `radius`. */
enum {
    /* One by one. The first is that with the most neighbours; each next one that with the largest
     * D + diversity * F. D is the number of neighbours, from 0 for the least of all samples to 1 for
     * the most (0 if all have as many); F is the distance from the nearest sample chosen so far,
     * as a share of the largest such distance (0 if that is 0). */
    QC_QUANTIZE_SAMPLES_DENSITY_DIVERSITY = 0,
    /* k-means of the samples, the best of `restarts`; then at random the same number from each of
     * its c clusters, numbered by their first members: choose / c, and one more from the first
     * choose mod c. What clusters are too small to give is drawn at random from all others. */
    QC_QUANTIZE_SAMPLES_CLUSTERS = 1
};

/* How time steps are drawn out of T. */
enum {
    /* At equal distances: floor(i T / count). */
    QC_QUANTIZE_STEPS_EVEN = 0,
    /* Each on its own, all equally likely. */
    QC_QUANTIZE_STEPS_UNIFORM = 1,
    /* Each on its own: floor(T x), x from the normal distribution of `mean` and `deviation` between
     * 0 and 1. */
    QC_QUANTIZE_STEPS_NORMAL = 2
};

/* Each function looks at the fields that it names, and at no others. */
typedef struct qc_quantize_samples_options {
    size_t struct_size;
    uint64_t seed;    /* default 0 */
    size_t clusters;  /* at most so many; 1 to 65536, default 5 */
    int32_t method;   /* QC_QUANTIZE_SAMPLES_...; default DENSITY_DIVERSITY */
    int32_t restarts; /* of k-means, 1 to 1000; default 10 */
    int32_t draw;     /* QC_QUANTIZE_STEPS_...; default EVEN */
    int32_t reserved; /* 0 */
    double radius;    /* finite, >= 0; default 0.3 */
    double diversity; /* 0 to 1e9; default 1 */
    double fence;     /* in interquartile ranges, 0 to 1e9; default 1.5 */
    double mean;      /* as a share of the steps, 0 to 1; default 0.4 */
    double deviation; /* likewise, 2^-10 to 2^10; default 0.5 */
    qc_progress progress;
} qc_quantize_samples_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_quantize_samples_options_init(qc_quantize_samples_options *options, size_t size);

/*
 * Samples whose statistics are like those of the others: noise would widen every range.
 *
 * In each category of at least 4 samples, and for each statistic, a sample goes that lies below
 * Q1 - fence (Q3 - Q1) or above Q3 + fence (Q3 - Q1). The quartiles Q1 and Q3 of n values in
 * ascending order are at the places (n - 1) / 4 and 3 (n - 1) / 4, from 0, in proportion between two
 * values.
 *
 * statistics   n x statistic_count, finite: of each sample whatever shows noise, such as mean and
 *              standard deviation of what the last blocks of the model have in.
 * categories   n labels, any numbers; NULL: all samples are of one category.
 * options      fence; NULL for the defaults.
 * kept         n: 1 for samples that stay, 0 for those that go.
 *
 * Ties stay. n = 0 does nothing; with no statistics, or fewer than 4 samples, all stay. Cost: O(n
 * log n) for the categories and about two passes for each statistic; scratch of 40 bytes a sample.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE,
 * QC_ERR_OPTIONS, QC_ERR_NO_MEMORY. Source: Feng et al. (2025), QuantVGGT, and its code, whose
 * fence is 1.5 and which computes what stays and then uses all. Since 0.1.
 */
qc_status qc_quantize_samples_filter_f64(const double *statistics, size_t n, size_t statistic_count,
                                         const int64_t *categories,
                                         const qc_quantize_samples_options *options, uint8_t *kept);

/*
 * Some samples out of many.
 *
 * features   n x dimension, finite: a row for each sample, as the model sees it. QuantVGGT's are the
 *            cosines of a scene's frames with its first.
 * kept       n of 0 or 1: samples with 0 are not there; NULL: all are.
 * choose     how many; at most as many as are there.
 * options    method; for DENSITY_DIVERSITY radius, diversity; for CLUSTERS clusters, restarts, seed;
 *            reserved, progress. NULL for the defaults.
 * chosen     `choose` rows of `features`: by DENSITY_DIVERSITY in the order in which they are chosen,
 *            so that the first of them are the choice of fewer; by CLUSTERS ascending.
 *
 * Among equals the first is taken: so do samples that are all equal. choose = 0 does nothing;
 * dimension = 0 makes all samples equal. Neighbours are counted exactly, by distances in double
 * where single precision does not decide. The result is the same on every machine and for any
 * number of threads. Cost: DENSITY_DIVERSITY n^2 dimension multiplications in a product of matrices
 * and choose * n * dimension in double; CLUSTERS that of qc_quantize_vector_train_f32(); scratch of
 * 4 bytes a number and 56 a sample, and of 1 MiB, never n x n. Errors: QC_ERR_NULL_POINTER,
 * QC_ERR_SIZE (also choose), QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (kept),
 * QC_ERR_OPTIONS, QC_ERR_NO_MEMORY, QC_CANCELLED.
 *
 * Source: density beside diversity as in Liu et al. (2024), EDA-DM, for samples instead of time
 * steps: choosing one by one, by the distance from the nearest, is ours. Clusters as in Feng et al.
 * (2025), QuantVGGT. Since 0.1.
 */
qc_status qc_quantize_samples_select_f32(const float *features, size_t n, size_t dimension,
                                         const uint8_t *kept, size_t choose,
                                         const qc_quantize_samples_options *options,
                                         size_t *chosen);

/*
 * How many calibration samples each time step of a diffusion model gives.
 *
 * The weight of a step is D + diversity * V. D is the number of its neighbours, V the sum over
 * the other steps of 1 - cos of the angle between the two rows; each from 0 for the least of all
 * steps to 1 for the largest. A step gets its share of `total`, rounded to nearest, ties to even; what
 * is lacking then goes to the steps that have the most, one each, and what is too much comes off the
 * last steps that have any, one each.
 *
 * features   n x dimension, finite: a row for each step, such as what a block in the middle of the
 *            model gives.
 * total      how many samples there are to be, at most 2^32; 0 if n is.
 * options    radius, diversity; reserved, progress. NULL for the defaults.
 * weights    n, with sum 1; NULL: not wanted.
 * counts     n, with sum `total`.
 *
 * A term that is the same for all steps counts 0 (varieties that differ by at most 1e-12 n are the
 * same); if all weights are 0 they become equal. The cosine with a row of zeros is 0. Among equals
 * the first steps come first. n = 0 does nothing. Cost: n^2 dimension multiplications in a product
 * of matrices; scratch of 4 bytes a number and 56 a step, and of 1 MiB. The same on every machine and for any
 * number of threads. Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE (also total), QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_NOT_FINITE, QC_ERR_OPTIONS, QC_ERR_NO_MEMORY, QC_CANCELLED. Source: Liu et al.
 * (2024), EDA-DM, and its code, with radius 0.3 and 3 and diversity 1 to 5, which divides 0 by 0
 * where a term is the same for all. Since 0.1.
 */
qc_status qc_quantize_samples_allocate_f32(const float *features, size_t n, size_t dimension,
                                           size_t total, const qc_quantize_samples_options *options,
                                           double *weights, size_t *counts);

/*
 * The time steps of a diffusion model at which calibration samples are taken.
 *
 * steps     T: steps are 0 to T - 1; at most 2^53, 0 only if count is.
 * count     how many to draw.
 * options   draw; for UNIFORM and NORMAL seed; for NORMAL mean, deviation; reserved. NULL for the
 *           defaults.
 * chosen    count steps: ascending for EVEN, else as they are drawn, and a step may come again. So it
 *           does with EVEN if count is above T.
 *
 * The same on every machine for the same seed, of which the first draws are those of fewer; NORMAL as
 * far as its exponentials and error functions are. Cost: O(count). Errors: QC_ERR_NULL_POINTER,
 * QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_OPTIONS. Source: Li et al. (2023), Q-Diffusion (every T /
 * count-th step, rounded down, which can give more steps than asked for; here there are `count`);
 * Shang et al. (2023), PTQ4DM (a normal distribution of a mean before the middle and half the steps as
 * deviation; the default mean, and that nothing lies outside, are ours). Since 0.1.
 */
qc_status qc_quantize_samples_steps(size_t steps, size_t count,
                                    const qc_quantize_samples_options *options, size_t *chosen);

#ifdef __cplusplus
}
#endif

#endif
