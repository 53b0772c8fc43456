/*
 * Family `quantize`: ranges that are shared by channels, or by time steps, that have their own.
 */
#ifndef QUANTCAL_QUANTIZE_SHARED_RANGE_H
#define QUANTCAL_QUANTIZE_SHARED_RANGE_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where a common scale, and zero point, lie among those of the channels. */
enum {
    QC_QUANTIZE_COMMON_MEAN = 0,
    /* The lower one of two: the sum of distances is least (MOSF of DopQ-ViT). */
    QC_QUANTIZE_COMMON_MEDIAN = 1
};

typedef struct qc_quantize_reparameterize_options {
    size_t struct_size;
    int32_t common;    /* QC_QUANTIZE_COMMON_...; default MEAN */
    int32_t real_zero; /* 0 (default): the common zero point is a whole number, ties to even, so
                          that 0 is a level of integer grids; 1: any number */
} qc_quantize_reparameterize_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_quantize_reparameterize_options_init(qc_quantize_reparameterize_options *options,
                                                  size_t size);

/*
 * One scale s and zero point z for activations whose channels have scales s_c and zero points z_c of
 * their own, as an observer of channels gives them. What is between goes, with r = s_c / s and
 * h = (z - z_c) s, into the normalization before,
 *
 *     gamma / r,  beta / r - h,
 *
 * and into the linear layer behind, W r and bias + (W r) h, so that the layer's output is what it was
 * but for rounding, and each activation x, now x / r - h, has the code that it had. Ranges of W's rows
 * are to be chosen afterwards.
 *
 * scales    channels, finite, >= 0. A channel of scale 0 is skipped: it is neither looked at for s
 *           and z, nor changed. That is for channels that are always 0, whose scale of 1 means nothing.
 * zeros     channels, finite; NULL: no zero points; all are 0.
 * gamma     channels, finite; changed.
 * beta      channels, finite; changed. May be NULL if zeros is.
 * weights   rows x channels, finite: a row for each output; changed.
 * bias      rows, finite; changed. May be NULL if zeros is. A layer without bias gets one of zeros.
 * options   NULL for the defaults.
 * scale     written: s, positive and normal; 1 if all channels are skipped.
 * zero      written: z. May be NULL if zeros is.
 *
 * Computed in double, rounded once. Cost: two passes over the weights; scratch of 20 bytes a
 * channel, 4 a row. Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (scales; results that would not be finite), QC_ERR_OPTIONS,
 * QC_ERR_NO_MEMORY. Source: Li et al. (2023), RepQ-ViT; Yang et al. (2024), DopQ-ViT (the median).
 * Departure: z is rounded before h is computed; the public code leaves codes fractional. Since 0.1.
 */
qc_status qc_quantize_reparameterize_f32(const float *scales, const float *zeros, size_t channels,
                                         float *gamma, float *beta, float *weights, size_t rows,
                                         float *bias,
                                         const qc_quantize_reparameterize_options *options,
                                         float *scale, float *zero);

/* How ranges are grouped. */
enum {
    /* By k-means of the points (minimum, maximum), as DGQ has it for channels. */
    QC_QUANTIZE_GROUPS_K_MEANS = 0,
    /* Neighbours, in runs of n / groups, the first ones longer by one if that is no whole number: for
     * time steps in their order. */
    QC_QUANTIZE_GROUPS_RUNS = 1
};

typedef struct qc_quantize_range_groups_options {
    size_t struct_size;
    int32_t method;   /* QC_QUANTIZE_GROUPS_...; default K_MEANS */
    int32_t restarts; /* K_MEANS: 1 to 1000, default 10: the best of so many is taken */
    uint64_t seed;    /* K_MEANS: of the first centres; default 0 */
    qc_progress progress;
} qc_quantize_range_groups_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_quantize_range_groups_options_init(qc_quantize_range_groups_options *options,
                                                size_t size);

/*
 * Fewer ranges than there are channels or time steps: those that are alike share one, which holds
 * them all. Where each step of a diffusion model had an observer, the observers of a group
 * are merged, and give its table by any rule.
 *
 * minimum, maximum   n ranges, finite, minimum <= maximum.
 * groups             the most groups there may be; 0 only if n is.
 * options            NULL for the defaults.
 * group_of           n groups, numbered by their first members.
 * group_minimum      `groups` numbers: the smallest range that holds those of the group;
 * group_maximum      0 for groups that there are not.
 * group_count        how many there are: fewer if there are fewer ranges that differ, or if a
 *                    centre of K_MEANS loses all. No group is empty.
 *
 * The same on every machine for the same seed. K_MEANS begins with k-means++ and moves centres until
 * nothing changes, or 300 times; the sum of squared distances says which of the restarts is best.
 * Cost: O(restarts * steps * n * groups); scratch of 40 bytes a range, 24 a group.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE (also groups; K_MEANS of n above INT32_MAX),
 * QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (maximum < minimum),
 * QC_ERR_OPTIONS, QC_ERR_NO_MEMORY, QC_CANCELLED. Source: Ryu et al. (2025), DGQ; time steps: Shang et
 * al. (2023), PTQ4DM; Huang et al. (2024), TFMQ-DM; He et al. (2024), EfficientDM. Since 0.1.
 */
qc_status qc_quantize_range_groups(const double *minimum, const double *maximum, size_t n,
                                   size_t groups, const qc_quantize_range_groups_options *options,
                                   size_t *group_of, double *group_minimum, double *group_maximum,
                                   size_t *group_count);

/*
 * Which of the calibrated time steps is nearest, so that a step finds its table: group_of[place].
 *
 * calibrated   calibrated_count steps, finite, ascending, no two equal.
 * steps        n steps, finite.
 * places       n places in `calibrated`, from 0; halfway between two, the first of them.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE (no calibrated step), QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (not ascending). Since 0.1.
 */
qc_status qc_quantize_step_places(const double *calibrated, size_t calibrated_count,
                                  const double *steps, size_t n, size_t *places);

#ifdef __cplusplus
}
#endif

#endif
