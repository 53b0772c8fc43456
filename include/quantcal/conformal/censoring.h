/*
 * Family `conformal`: outcomes that are known only to lie above some time. Points whose
 * outcome is known get weights for those that were lost; with them any weighted calibrator
 * is calibrated for all points.
 */
#ifndef QUANTCAL_CONFORMAL_CENSORING_H
#define QUANTCAL_CONFORMAL_CENSORING_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Weights by the inverse probability of not having been censored. With C the time of
 * censoring, its Kaplan-Meier estimate from n observations is
 *
 *     G(t-) = P(C >= t) = product over times u < t of 1 - c(u) / Y(u),
 *
 * where c(u) is the number (or weight) of observations censored at u and Y(u) of those
 * at risk: with times >= u, but for events at u, which precede censorings at u. Each of m
 * points, which may be the observations again, has
 *
 *     survival = G(s-)   and   weight = 1 / G(s-),   s = min(its time, horizon);
 *
 * the weight is 0 if the outcome min(T, horizon) of the point is not known, that is if it
 * was censored before the horizon.
 *
 * Give the scores of points and their weights to a weighted calibrator. A candidate outcome
 * t of a test point has the weight of t itself (no events, so that it is known), and is in
 * the set if its score is at most the threshold for that weight. The weight at the
 * horizon is safe for every t up to it. If censoring does not depend on covariates and
 * outcomes, and G is the true one, the coverage is at least 1 - alpha exactly; with the
 * estimate it is so in the limit. Better estimate G from other points than are weighted.
 *
 * times          n times, at each of which an outcome was observed or censored. NaN is an
 *                error; infinities are later or earlier than all else. Ties are exact.
 * events         n bytes: 1 if the outcome was observed at its time, 0 if it is only
 *                known to be later (or equal).
 * weights        n weights of observations, finite and >= 0, not all zero, with a finite
 *                sum; or NULL for ones. One of weight 0 is ignored.
 * n              number of observations; with 0, G is 1 everywhere.
 * points         m times. NaN is an error. May be `times`.
 * point_events   m bytes as `events`, or NULL if the outcomes of all points are known. May
 *                be `events`.
 * m              number of points; 0 is allowed.
 * horizon        outcomes beyond it are only wanted to be so; +infinity for none.
 * cap            no weight is larger, at least 1; +infinity for none. Weights that were
 *                larger are no longer those of the guarantee.
 * survival       m numbers, 0 to 1, within 1 ulp. May be NULL.
 * point_weights  m weights, 0 or at least 1, within 1 ulp. Where G(s-) is 0, which can only
 *                be for points later than all observations, it is the cap, or +infinity.
 *                (A calibrator takes that as the weight of a test point, whose threshold is
 *                then +infinity, but not as that of a calibration point.)
 * capped         how many weights were above the cap. May be NULL.
 *
 * Outputs must not overlap each other or inputs.
 * Cost: O(n) by a radix sort, O(log n) for each point. Scratch: 48 bytes an observation.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE (times, points, horizon, cap: NaN; weights), QC_ERR_DOMAIN (weights,
 * cap; events that are neither 0 nor 1), QC_ERR_NO_MEMORY.
 * Source: Kaplan, Meier (1958); Robins, Rotnitzky (1992), inverse probability of censoring
 * weights; used as the weights of Tibshirani, Barber, Candes, Ramdas (2019). Since 0.1.
 */
qc_status qc_conformal_censoring_weights(const double *times, const uint8_t *events,
                                         const double *weights, size_t n, const double *points,
                                         const uint8_t *point_events, size_t m, double horizon,
                                         double cap, double *survival, double *point_weights,
                                         size_t *capped);

#ifdef __cplusplus
}
#endif

#endif
