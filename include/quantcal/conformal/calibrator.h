/*
 * Family `conformal`: a calibrator takes scores as they come and gives the thresholds and
 * p-values of split, Mondrian, class-conditional, clustered and weighted conformal prediction.
 *
 * Points may have weights and groups. A threshold is taken among the points of one group; for
 * Mondrian groups that of the test point, for class-conditional sets each candidate class.
 * Calibrators of parts of the data merge to that of all data, to the last bit: nothing depends on
 * the order in which points came.
 *
 * Threads: several calls may read one calibrator at the same time; while a call changes one
 * (update, merge into it), no other may use it.
 */
#ifndef QUANTCAL_CONFORMAL_CALIBRATOR_H
#define QUANTCAL_CONFORMAL_CALIBRATOR_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct qc_conformal_calibrator qc_conformal_calibrator;

/* What the last group of a calibrator is. */
enum {
    /* A group like the others. */
    QC_CONFORMAL_LAST_GROUP_OWN = 0,
    /* All points, whatever group they come with: its threshold is the marginal one. */
    QC_CONFORMAL_LAST_GROUP_ALL = 1
};

typedef struct qc_conformal_calibrator_options {
    size_t struct_size;
    int32_t group_count; /* 0 (default): no groups, all points are of one */
    int32_t weighted;    /* 1: points have weights; 0 (default): each counts 1 */
    int32_t last_group;  /* QC_CONFORMAL_LAST_GROUP_OWN (default) or, with groups, _ALL */
    int32_t reserved;    /* 0 */
} qc_conformal_calibrator_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_conformal_calibrator_options_init(qc_conformal_calibrator_options *options,
                                               size_t size);

/*
 * Makes a calibrator without points, which qc_conformal_calibrator_destroy() releases.
 *
 * options      NULL for the defaults.
 * calibrator   where the handle goes.
 *
 * Errors: QC_ERR_NULL_POINTER (calibrator), QC_ERR_ALIGNMENT, QC_ERR_OPTIONS. Since 0.1.
 */
qc_status qc_conformal_calibrator_create(const qc_conformal_calibrator_options *options,
                                         qc_conformal_calibrator **calibrator);

/* Releases a calibrator. NULL is allowed. Since 0.1. */
void qc_conformal_calibrator_destroy(qc_conformal_calibrator *calibrator);

/*
 * Adds calibration points.
 *
 * calibrator   the calibrator; after an error it is what it was.
 * scores       n scores; larger is stranger. Infinities are data, NaN is an error. -0 is 0.
 * weights      n weights, finite and >= 0, of any scale: each proportional to the density of its
 *              point among test points over that among calibration points. NULL if and only
 *              if the calibrator is not weighted.
 * groups       n groups, 0 to group_count - 1; or -1 for a point of no group, which is left out
 *              (but is in a last group of all points). NULL if and only if there are no groups.
 * n            number of points; 0 is allowed and changes nothing.
 *
 * Points are kept in double precision: 8 bytes each, 16 with weights; and 4 for the group until
 * they are sorted, which the first call that asks does. It sorts what is new and merges it with
 * what it had: O(k log k) for k new points (in fact a few passes over them) and O(n) for n in all,
 * with as much scratch. So many small updates cost no more than one large one. Sorted points with weights
 * have 16 bytes more, for sums. A last group of all points has every point again.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_NOT_FINITE (a NaN score, a
 * weight), QC_ERR_DOMAIN (a negative weight, a group that is none; weights or groups that the
 * calibrator does not have), QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_conformal_calibrator_update_f64(qc_conformal_calibrator *calibrator,
                                             const double *scores, const double *weights,
                                             const int64_t *groups, size_t n);

/* The same in single precision. Since 0.1. */
qc_status qc_conformal_calibrator_update_f32(qc_conformal_calibrator *calibrator,
                                             const float *scores, const float *weights,
                                             const int64_t *groups, size_t n);

/*
 * Adds to `calibrator` all points of `other`, which was made with the same options. The result
 * is that of one calibrator which got all points, to the last bit.
 *
 * calibrator   changed; after an error it is what it was.
 * other        not changed; it must not be the same as `calibrator`.
 *
 * Cost: a copy of the points of `other`.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_ALIAS, QC_ERR_DOMAIN (other options), QC_ERR_NO_MEMORY.
 * Since 0.1.
 */
qc_status qc_conformal_calibrator_merge(qc_conformal_calibrator *calibrator,
                                        const qc_conformal_calibrator *other);

/*
 * How many points each group has; without groups, one number.
 *
 * counts     room for `capacity` numbers. NULL only counts the groups.
 * capacity   at least the number of groups, or 1 if there are none; unless `counts` is NULL.
 * count      the number of groups, or 1. May be NULL.
 *
 * Errors: QC_ERR_NULL_POINTER (calibrator), QC_ERR_SIZE (capacity), QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_conformal_calibrator_counts(const qc_conformal_calibrator *calibrator, int64_t *counts,
                                         size_t capacity, size_t *count);

/*
 * The threshold of each group at each level: of a group of n points without weights, the
 * score of rank qc_conformal_rank(n, alpha), or +infinity if the rank is n + 1. With weights it is
 * that of a test point of weight 1; see qc_conformal_calibrator_point_thresholds().
 *
 * alphas       `alpha_count` miscoverage levels, each strictly between 0 and 1, and read as the
 *              decimal that was typed.
 * thresholds   a matrix with a row for each group, or one row if there are none, and a column
 *              for each level. A group with too few points has +infinity.
 *
 * A point whose group has n exchangeable points is covered with probability at least 1 - alpha, and
 * exactly rank / (n + 1) if nothing ties.
 *
 * Cost: O(log n) for each group and level, once points are sorted.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE or
 * QC_ERR_DOMAIN (alphas), QC_ERR_NO_MEMORY.
 * Source: Vovk, Gammerman, Shafer (2005); Mondrian categories: Vovk, Lindsay, Nouretdinov,
 * Gammerman (2003). Since 0.1.
 */
qc_status qc_conformal_calibrator_thresholds(const qc_conformal_calibrator *calibrator,
                                             const double *alphas, size_t alpha_count,
                                             double *thresholds);

/*
 * The threshold of each of m test points, by its group and weight w: the smallest score t of a
 * point of the group with
 *
 *     sum of weights of points with score <= t   >=   (1 - alpha) * (sum of all weights + w),
 *
 * or +infinity if there is none. (The test point's own weight lies at +infinity.)
 *
 * test_weights   m weights >= 0, of the scale of the points' weights; one of +infinity gives
 *                +infinity. NULL for ones. Points of a calibrator without weights have weight 1.
 * groups         m groups, 0 to group_count - 1; or -1 for a point of no group, which has
 *                +infinity. NULL if and only if there are no groups.
 * m              number of test points; 0 does nothing.
 * alpha          miscoverage level, strictly between 0 and 1, read as the decimal that was typed.
 * thresholds     m thresholds.
 *
 * Exact: weights are summed as integers, so equal weights give exactly the rank of no weights,
 * and ties are ties. Only of weights more than 2^(66 - log2 n) times smaller than the largest of
 * their group is a last part neglected, and then in favour of the larger score.
 *
 * Cost: O(log n) for each point, once points are sorted. Scratch: none.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE (a NaN
 * weight, alpha), QC_ERR_DOMAIN (alpha; a negative weight; a weight of 0 if all of the group are 0
 * too, or if it has no points; groups as in an update), QC_ERR_NO_MEMORY.
 * Source: Tibshirani, Foygel Barber, Candes, Ramdas (2019), equation (9). Departure: a total
 * weight of 0 is an error. Since 0.1.
 */
qc_status qc_conformal_calibrator_point_thresholds(const qc_conformal_calibrator *calibrator,
                                                   const double *test_weights,
                                                   const int64_t *groups, size_t m, double alpha,
                                                   double *thresholds);

/* Which scores count against a test point. */
enum {
    /* Those at least as large as its own: a small p-value means that the point is strange. */
    QC_CONFORMAL_TAIL_UPPER = 0,
    /* Those at most as large: a small p-value means that the point is promising. */
    QC_CONFORMAL_TAIL_LOWER = 1
};

typedef struct qc_conformal_p_value_options {
    size_t struct_size;
    int32_t tail;         /* QC_CONFORMAL_TAIL_UPPER (default) or _LOWER */
    int32_t randomised;   /* 1: ties count in a random share; 0 (default): wholly */
    uint64_t seed;        /* of the shares; default 0 */
    uint64_t first_point; /* the number of the first test point, default 0: calls for parts of
                             the test points give what one call for all does */
} qc_conformal_p_value_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_conformal_p_value_options_init(qc_conformal_p_value_options *options, size_t size);

/*
 * The conformal p-values of m test points: of one with score s and weight w, in a group whose
 * points have scores S_i and weights w_i,
 *
 *     p = (sum of w_i with S_i > s  +  u * (w + sum of w_i with S_i = s)) / (w + sum of w_i),
 *
 * with S_i < s for QC_CONFORMAL_TAIL_LOWER. u is 1; or, if randomised, the point's own multiple of
 * 2^-53 above 0 up to 1, given by the seed and the number of the point. Without weights and with
 * u = 1 this is (1 + #{S_i >= s}) / (n + 1).
 *
 * If the point is exchangeable with those of its group, p <= t has a probability of at most t for
 * every t, and of exactly t if randomised.
 *
 * scores         m scores. Infinities are data, NaN is an error.
 * test_weights   as in qc_conformal_calibrator_point_thresholds(); where the weight is +infinity,
 *                or the group has no weight, p is u.
 * groups         the same.
 * options        NULL for the defaults.
 * p_values       m p-values, above 0, at most 1; within 4 ulps, correctly rounded without weights
 *                and for u = 1.
 *
 * Cost: O(log n) for each point, once points are sorted. Scratch: none.
 * Errors: those of qc_conformal_calibrator_point_thresholds(); QC_ERR_NOT_FINITE (a NaN score),
 * QC_ERR_OPTIONS.
 * Source: Vovk, Gammerman, Shafer (2005); weighted: Jin, Candes (2023), "Model-free selective
 * inference under covariate shift". Since 0.1.
 */
qc_status qc_conformal_calibrator_p_values_f64(const qc_conformal_calibrator *calibrator,
                                               const double *scores, const double *test_weights,
                                               const int64_t *groups, size_t m,
                                               const qc_conformal_p_value_options *options,
                                               double *p_values);

/* The same for scores in single precision. Since 0.1. */
qc_status qc_conformal_calibrator_p_values_f32(const qc_conformal_calibrator *calibrator,
                                               const float *scores, const double *test_weights,
                                               const int64_t *groups, size_t m,
                                               const qc_conformal_p_value_options *options,
                                               double *p_values);

/*
 * Writes a calibrator as bytes, the same on every machine, and the same for equal calibrators.
 *
 * bytes      room for `capacity` bytes. NULL only counts.
 * capacity   at least the size, unless `bytes` is NULL.
 * size       the number of bytes. May be NULL.
 *
 * Cost: 8 bytes a point, 16 with weights, 8 a group, and 40 bytes.
 * Errors: QC_ERR_NULL_POINTER (calibrator), QC_ERR_SIZE (capacity), QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_conformal_calibrator_serialize(const qc_conformal_calibrator *calibrator,
                                            uint8_t *bytes, size_t capacity, size_t *size);

/*
 * Makes the calibrator that qc_conformal_calibrator_serialize() wrote. The bytes may come from
 * anyone: their length, checksum and order are checked, and anything else is refused.
 *
 * bytes        `size` bytes, and no more.
 * calibrator   where the handle goes, to be released by qc_conformal_calibrator_destroy().
 *
 * Errors: QC_ERR_FORMAT; QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_conformal_calibrator_deserialize(const uint8_t *bytes, size_t size,
                                              qc_conformal_calibrator **calibrator);

#ifdef __cplusplus
}
#endif

#endif
