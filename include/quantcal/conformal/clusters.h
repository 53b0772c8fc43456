/*
 * Family `conformal`: clusters of classes whose scores are distributed alike. A class with few
 * calibration points has no useful threshold of its own, and the marginal one may cover it badly;
 * the classes of a cluster share a threshold, which comes near to covering each of them.
 *
 * The calibration points are parted at random. With one part,
 *
 *     qc_conformal_class_clusters_f64(scores, labels, n, class_count, alpha, NULL,
 *                                     clusters, &cluster_count);
 *
 * makes the clusters, which are groups for a calibrator (calibrator.h) of the other part: of
 * group_count cluster_count + 1 and with QC_CONFORMAL_LAST_GROUP_ALL. A point (and a candidate
 * class) of class y is of group clusters[y]. Cluster `cluster_count`, the null cluster, has the
 * classes of which little is known, and the marginal threshold. Each other cluster is covered with
 * probability at least 1 - alpha, and a class as far as its scores are distributed like those of
 * its cluster. A point that is used for clusters and calibration alike voids that.
 */
#ifndef QUANTCAL_CONFORMAL_CLUSTERS_H
#define QUANTCAL_CONFORMAL_CLUSTERS_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * How to part the calibration points, and how many clusters to ask for: with c the smallest number
 * of points of a class, but no less than the smallest that has a finite threshold at alpha, and K
 * the number of classes with c points or more,
 *
 *     fraction = K / (75 + K),     cluster_count = floor(fraction * c / 2), exactly.
 *
 * counts         `class_count` numbers >= 0: calibration points of each class.
 * alpha          strictly between 0 and 1, read as the decimal that was typed.
 * fraction       the part of the points (of each class, or of all) that makes the clusters; 0 if no
 *                class has enough points.
 * cluster_count  fewer than 2 are none: then all classes have the marginal threshold, and all
 *                points are left for it.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE (class_count above INT32_MAX), QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_NOT_FINITE or QC_ERR_DOMAIN (alpha, counts).
 * Source: Ding, Angelopoulos, Bates, Jordan, Tibshirani (2023), "Class-conditional conformal
 * prediction with many classes", section 2.3. Since 0.1.
 */
qc_status qc_conformal_cluster_plan(const int64_t *counts, size_t class_count, double alpha,
                                    double *fraction, size_t *cluster_count);

/* Where classes go that have too few points for a finite threshold of their own. */
enum {
    /* To the null cluster: the marginal threshold, as the paper has it. */
    QC_CONFORMAL_RARE_MARGINAL = 0,
    /* To none, -1: their threshold is +infinity, and they are in every set. */
    QC_CONFORMAL_RARE_NONE = 1
};

typedef struct qc_conformal_cluster_options {
    size_t struct_size;
    int32_t cluster_count; /* the most there may be; 0 (default): half the number of points of the
                              class with fewest that is not rare */
    int32_t rare;          /* QC_CONFORMAL_RARE_MARGINAL (default) or _NONE */
    int32_t restarts;      /* 1 to 1000, default 10: the best of so many clusterings is taken */
    int32_t reserved;      /* 0 */
    uint64_t seed;         /* of the first centres; default 0 */
    qc_progress progress;
} qc_conformal_cluster_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_conformal_cluster_options_init(qc_conformal_cluster_options *options, size_t size);

/*
 * The cluster of each class. A class is rare if its c points have no finite threshold at alpha. The
 * others are embedded by the quantiles 0.5, 0.6, 0.7, 0.8, 0.9 of their scores, each the one of
 * rank ceil(c q), and parted by k-means with the weights sqrt(c).
 *
 * scores         n scores of true labels; larger is stranger. NaN is an error; an infinite one
 *                counts as the largest or smallest finite one.
 * labels         n classes, 0 to class_count - 1.
 * class_count    at most INT32_MAX; 0 only if n is 0.
 * alpha          strictly between 0 and 1, read as the decimal that was typed.
 * options        NULL for the defaults.
 * clusters       `class_count` numbers: 0 to cluster_count - 1 by the first class of each,
 *                cluster_count for the null cluster, or -1.
 * cluster_count  never 1, which would have the marginal threshold: then all that are not rare are
 *                in the null cluster, and this is 0.
 *
 * The same on every machine for the same seed. Centres are first chosen by k-means++, and moved until
 * nothing changes, or 300 times; the sum of weighted squared distances says which of the restarts
 * is best. Time: O(n + restarts * steps * classes * cluster_count). Scratch: 8 or 4 bytes a point,
 * 80 a class.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE (a NaN
 * score, alpha), QC_ERR_DOMAIN (labels, alpha), QC_ERR_OPTIONS, QC_ERR_NO_MEMORY, QC_CANCELLED.
 * Source: Ding et al. (2023), section 2.2; Arthur, Vassilvitskii (2007), "k-means++". Departures:
 * quantiles are order statistics, and do not interpolate. Since 0.1.
 */
qc_status qc_conformal_class_clusters_f64(const double *scores, const int64_t *labels, size_t n,
                                          size_t class_count, double alpha,
                                          const qc_conformal_cluster_options *options,
                                          int64_t *clusters, size_t *cluster_count);

/* The same for scores in single precision. Since 0.1. */
qc_status qc_conformal_class_clusters_f32(const float *scores, const int64_t *labels, size_t n,
                                          size_t class_count, double alpha,
                                          const qc_conformal_cluster_options *options,
                                          int64_t *clusters, size_t *cluster_count);

#ifdef __cplusplus
}
#endif

#endif
