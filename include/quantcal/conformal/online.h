/*
 * Family `conformal`: online conformal prediction, for scores that come one after the
 * other and may drift. Before each point a state says what the score of that point must
 * lie between to count as covered; afterwards it learns from the score.
 *
 * Threads: several calls may read one state at the same time; while a call changes
 * one, no other may use it.
 */
#ifndef QUANTCAL_CONFORMAL_ONLINE_H
#define QUANTCAL_CONFORMAL_ONLINE_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct qc_conformal_online qc_conformal_online;

/*
 * Methods. `alpha` is the wanted share of misses, err = 1 for a miss and 0 for a hit, and
 * S_(k) the k-th smallest of the n scores in the window (see `window`), k being the
 * exact conformal rank of qc_conformal_rank() for the level in question. A level of 0 or
 * below lets every score in, a level of 1 or above none; levels are not clipped.
 *
 * _ACI      Adaptive conformal inference. Threshold S_(k) at the level a, and then
 *           a <- a + gamma (alpha - err). For any data -gamma <= a <= 1 + gamma, and
 *           |misses / T - alpha| <= (max(a_1, 1 - a_1) + gamma) / (gamma T).
 *           Gibbs, Candes (2021).
 * _AGACI    One ACI for each gamma, on the magnitudes of signed residuals. Their lower
 *           ends and their upper ends are averaged by Bernstein online aggregation with
 *           pinball losses of the levels alpha / 2 and 1 - alpha / 2. An infinite end counts as
 *           `cap`, an empty interval as its centre. No guarantee for finite T; losses
 *           follow those of the best gamma. Zaffran et al. (2022); the learning rates and
 *           weights of the aggregation (Wintenberger 2017) are those of the R package
 *           opera, which that paper uses: B_i <- max(B_i, |r_i|), V_i <- V_i + r_i^2,
 *           eta_i = min(1 / (2 B_i), sqrt(log(K) / V_i)), weights proportional to
 *           exp(eta_i sum(r_i - eta_i r_i^2)), with r_i of the linearised loss.
 * _DTACI    One ACI for each gamma; the threshold is that of the mean of their levels by
 *           weights that follow how well each did in the last `horizon` steps:
 *           w <- w exp(-eta (alpha (b - a) - min(0, b - a))), b being the largest level that
 *           would still have held the score (its conformal p-value), and then each weight
 *           goes sigma = 1 / (2 horizon) of the way to the mean of all; eta =
 *           sqrt(3 / horizon) sqrt((log(K horizon) + 2) / ((1 - alpha)^2 alpha^3 +
 *           (1 - alpha)^3 alpha^2)). Gibbs, Candes (2024).
 * _SF_OGD   A radius, moved by scale-free gradient descent: with g = alpha - err,
 *           r <- r - D / sqrt(3) g / sqrt(sum of g^2), D = score_bound. It is not clipped at 0.
 *           Bhatnagar et al. (2023).
 * _SAOCP    Many such radii; that of step t starts from the radius then and lives for
 *           lifetime 2^v steps, 2^v being the largest power of 2 in t. Weights by coin
 *           betting: p_i proportional to prior_i max(w_i, 0), or prior_i if all are 0;
 *           prior_i = i^-2 / (1 + floor(log2 i)) for the i-th step; h_i = (loss(r) -
 *           loss(r_i)) / D within -1 ... 1, at least 0 if w_i <= 0, and 0 if r_i is r to
 *           2^-40; w_i <- (sum of h_i) (1 + sum of w_i h_i) / age_i.
 *           Bhatnagar et al. (2023), algorithm 1.
 * _PID      Threshold forecast + q + r_t(E), with q <- q + eta (err - alpha), E the sum of
 *           err - alpha, and r_t(E) = integral_gain tan(E log(t) / (saturation t)) after
 *           t scores, +-infinity where the angle is pi / 2 or more in magnitude. For any
 *           data |misses / T - alpha| <= (h + 1) / T, h the largest of saturation (pi / 2)
 *           t / log(t), 2 <= t <= T; without integrator and forecasts, and with a fixed
 *           rate, <= (b + eta) / (eta T) for scores and start of 0 to b.
 *           Angelopoulos, Candes, Tibshirani (2023).
 * _ENBPI    The narrowest of all intervals [S_(j), S_(j + k)] of the signed residuals in the
 *           window (the lowest, if several are), k being the rank of alpha. Residuals join
 *           the window `batch` at a time. What it follows are residuals around the
 *           leave-one-out centres of an ensemble, which is the caller's. Asymptotic
 *           guarantee. Xu, Xie (2021); ranks are of n + 1 here.
 * _NEXCP    Threshold: the least score S in the window for which the weights of scores
 *           <= S reach (1 - alpha) (all weights + 1); the latest score weighs rho, the one
 *           before rho^2, and so on. Coverage at least 1 - alpha less the sum of the normed
 *           weights times the total variation by which a swap of that point with the next
 *           changes the data; 1 - alpha if they are exchangeable. Sums have twice the precision
 *           of a double, and alpha is the decimal that was meant. Weights below 2^-200 are
 *           left out. Barber et al. (2023).
 */
#define QC_CONFORMAL_ONLINE_ACI 0
#define QC_CONFORMAL_ONLINE_AGACI 1
#define QC_CONFORMAL_ONLINE_DTACI 2
#define QC_CONFORMAL_ONLINE_SF_OGD 3
#define QC_CONFORMAL_ONLINE_SAOCP 4
#define QC_CONFORMAL_ONLINE_PID 5
#define QC_CONFORMAL_ONLINE_ENBPI 6
#define QC_CONFORMAL_ONLINE_NEXCP 7

/*
 * Sides. One: scores are strange when large, and the lower end is -infinity. Two: scores are
 * signed, y - centre; two states of the method in one, each at alpha / 2, of which the upper
 * sees the score and the lower its negative. _AGACI and _ENBPI have two sides whatever this
 * says.
 */
#define QC_CONFORMAL_ONLINE_SIDES_ONE 0
#define QC_CONFORMAL_ONLINE_SIDES_TWO 1

/* The integrator r_t of _PID: the tangent, or 0. */
#define QC_CONFORMAL_ONLINE_INTEGRATOR_TANGENT 0
#define QC_CONFORMAL_ONLINE_INTEGRATOR_NONE 1

/*
 * eta of _PID: learning_rate times the largest magnitude of the finite scores in the
 * window (0 as long as there is none), or learning_rate itself.
 */
#define QC_CONFORMAL_ONLINE_RATE_SCALED 0
#define QC_CONFORMAL_ONLINE_RATE_FIXED 1

typedef struct qc_conformal_online_options {
    size_t struct_size;
    int32_t method;       /* QC_CONFORMAL_ONLINE_ACI (default), ... */
    int32_t sides;        /* QC_CONFORMAL_ONLINE_SIDES_ONE (default) or _TWO */
    int32_t integrator;   /* QC_CONFORMAL_ONLINE_INTEGRATOR_TANGENT (default) or _NONE */
    int32_t rate;         /* QC_CONFORMAL_ONLINE_RATE_SCALED (default) or _FIXED */
    double alpha;         /* share of misses: above 0, below 1; default 0.1 */
    double start;         /* first level, radius or q; NaN (default): alpha (of a side), 0, 0 */
    double horizon;       /* of _DTACI, 1 to 1e15; default 100 */
    double score_bound;   /* D of _SF_OGD and _SAOCP, above 0, to 1e300; default 1 */
    double learning_rate; /* of _PID, above 0, to 1e300; default 0.1 */
    double saturation;    /* of _PID, above 0, to 1e300; default 1 */
    double integral_gain; /* of _PID, 0 to 1e300; default 1 */
    double rho;           /* of _NEXCP, above 0, to 1; default 0.99 */
    double cap;           /* of _AGACI, to 1e300; 0 (default): largest magnitude in the window */
    size_t window;        /* how many scores are kept, to 2^40; 0 (default): all */
    size_t batch;         /* of _ENBPI, 1 (default) to 65536 */
    size_t lifetime;      /* of _SAOCP, 1 to 2^40; default 8 */
} qc_conformal_online_options;

/* What can be read off a state. */
typedef struct qc_conformal_online_summary {
    size_t struct_size;
    size_t observed;       /* points whose outcome came */
    size_t misses;         /* those of them that were not covered */
    size_t missing;        /* points whose outcome did not come */
    size_t score_count;    /* scores in the window */
    size_t expert_count;   /* gammas of _AGACI and _DTACI, radii of _SAOCP; else 1 */
    double lower_position; /* with two sides, as the next, of the lower side; else NaN */
    double upper_position; /* level of _ACI and _DTACI, radius, q of _PID; else NaN */
    double step_size;      /* gamma of _ACI, D / sqrt(3), eta of _PID and _DTACI; else NaN */
} qc_conformal_online_summary;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_conformal_online_options_init(qc_conformal_online_options *options, size_t size);

/*
 * Makes a state that has seen nothing, which qc_conformal_online_destroy() releases.
 *
 * options       NULL for the defaults.
 * gamma         gamma_count step sizes, above 0 and at most 1e300: one for _ACI, 1 to 1024
 *               for _AGACI and _DTACI, none for the other methods.
 * gamma_count   0 for what the method has by itself: 0.005 for _ACI; 0.001, 0.002,
 *               0.004, ..., 0.128 for _AGACI and _DTACI.
 * state         where the handle goes.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE (gamma_count), QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_OPTIONS, QC_ERR_NOT_FINITE or QC_ERR_DOMAIN (gamma). Since 0.1.
 */
qc_status qc_conformal_online_create(const qc_conformal_online_options *options,
                                     const double *gamma, size_t gamma_count,
                                     qc_conformal_online **state);

/* Releases a state. NULL is allowed. Since 0.1. */
void qc_conformal_online_destroy(qc_conformal_online *state);

/*
 * Adds the scores of calibration points to the window, and changes nothing else: no
 * point is counted and no level moves.
 *
 * state    changed; after an error it is what it was.
 * scores   n scores, oldest first, of the same kind as those to come; _ENBPI: the
 *          leave-one-out residuals. Finite, or with one side also +infinity.
 *
 * Cost: O(n log(window)) time; 24 bytes a score that is kept.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_NOT_FINITE,
 * QC_ERR_DOMAIN (a method that keeps no scores: _SF_OGD, _SAOCP, _PID with a fixed rate),
 * QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_conformal_online_calibrate(qc_conformal_online *state, const double *scores, size_t n);

/*
 * What the next score must lie between to count as covered, both ends included.
 *
 * forecast   of the next score, for _PID; 0 for the other methods.
 * lower      one value: -infinity with one side. May be NULL.
 * upper      one value. +infinity: every score is covered; -infinity: none. With two sides
 *            +infinity as `lower` stands for none as well, and lower > upper is possible.
 *            May be NULL.
 *
 * Cost: O(log n) for n scores in the window and each expert; _ENBPI: O(alpha n log n);
 * _NEXCP: O(n), where n is at most about 139 / (1 - rho).
 * Errors: QC_ERR_NULL_POINTER (state), QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE
 * or QC_ERR_DOMAIN (forecast), QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_conformal_online_threshold(const qc_conformal_online *state, double forecast,
                                        double *lower, double *upper);

/*
 * Takes the score of the point that the threshold was for.
 *
 * state      changed; after an error it is what it was.
 * score      finite; with one side also +infinity. NaN if the outcome is missing: then
 *            nothing moves but the number of missing points; except that _ENBPI takes the
 *            last residual again, as its authors do.
 * forecast   what was given to qc_conformal_online_threshold().
 * covered    1 if lower <= score <= upper, 0 if not, -1 if the outcome is missing.
 *            May be NULL.
 *
 * Cost: that of the threshold.
 * Errors: as qc_conformal_online_threshold(); QC_ERR_NOT_FINITE (score). Since 0.1.
 */
qc_status qc_conformal_online_observe(qc_conformal_online *state, double score, double forecast,
                                      int32_t *covered);

/*
 * n points, one after the other: the threshold of each, and then its score.
 *
 * state       changed; after an error it is what it was.
 * scores      n scores, as for qc_conformal_online_observe().
 * forecasts   n forecasts for _PID; or NULL for zeros.
 * n           number of points; 0 does nothing.
 * lower, upper   n values each: the thresholds. Each may be NULL.
 * covered     n values. May be NULL.
 *
 * Errors: as qc_conformal_online_observe(); QC_ERR_SIZE. Since 0.1.
 */
qc_status qc_conformal_online_run(qc_conformal_online *state, const double *scores,
                                  const double *forecasts, size_t n, double *lower, double *upper,
                                  int32_t *covered);

/*
 * Reads a state off.
 *
 * result   its struct_size is set before.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_ALIGNMENT, QC_ERR_OPTIONS (result->struct_size).
 * Since 0.1.
 */
qc_status qc_conformal_online_summarize(const qc_conformal_online *state,
                                        qc_conformal_online_summary *result);

/*
 * Writes a state as bytes, the same on every machine, and the same for equal states. What
 * is made of them goes on as the state would have, to the last bit (_NEXCP: but for scores
 * whose weights tie to 2^-80).
 *
 * bytes      room for `capacity` bytes. NULL only counts.
 * capacity   at least the size, unless `bytes` is NULL.
 * size       the number of bytes. May be NULL.
 *
 * Cost: 8 bytes for each score in the window and each number of an expert, and 200.
 * Errors: QC_ERR_NULL_POINTER (state), QC_ERR_SIZE (capacity), QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS. Since 0.1.
 */
qc_status qc_conformal_online_serialize(const qc_conformal_online *state, uint8_t *bytes,
                                        size_t capacity, size_t *size);

/*
 * Makes the state that qc_conformal_online_serialize() wrote. The bytes may come from
 * anyone: their length, checksum, and all that holds between the parts of a state are
 * checked, and anything else is refused.
 *
 * bytes   `size` bytes, and no more.
 * state   where the handle goes, to be released by qc_conformal_online_destroy().
 *
 * Errors: QC_ERR_FORMAT; QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_conformal_online_deserialize(const uint8_t *bytes, size_t size,
                                          qc_conformal_online **state);

#ifdef __cplusplus
}
#endif

#endif
