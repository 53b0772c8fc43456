/*
 * Family `conformal`: martingales that test whether data are exchangeable, while they come. A
 * martingale is the capital of who bets against that, without ever risking more than there is: it
 * starts at 1, and if the data are exchangeable, the probability that it ever reaches c is at most
 * 1 / c (Ville's inequality), however long one looks.
 *
 * Threads: several calls may read one martingale at the same time; while a call changes
 * one, no other may use it.
 */
#ifndef QUANTCAL_CONFORMAL_MARTINGALE_H
#define QUANTCAL_CONFORMAL_MARTINGALE_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct qc_conformal_martingale qc_conformal_martingale;

/*
 * Bets on p-values p that are uniform if nothing is wrong. M is the capital.
 *
 * _JUMPER      The simple jumper: shares C of the capital on e = -1, 0 and 1, a third each at
 *              first. Before each bet a share J of every account is spread evenly over the three,
 *              C_e <- (1 - J) C_e + J M / 3; then C_e <- C_e (1 + e (p - 1/2)), and M = sum of C_e.
 * _COMPOSITE   The mean of five simple jumpers, with J = 1, 0.1, 0.01, 0.001 and 0.0001.
 * _POWER       M <- M epsilon p^(epsilon - 1): a bet on small p-values.
 * _MIXTURE     The mean of all power martingales with epsilon from 0 to 1: after t bets, with
 *              a = -sum of ln p,  M = integral over e from 0 to 1 of e^t exp(a (1 - e)).
 *
 * The first two see p-values that are too small, too large, or change sides; the other two only
 * ones that are too small: scores that grow stranger. A p-value of 0 makes those +infinity for
 * good. Sources: Vovk, Nouretdinov, Gammerman (2003), "Testing exchangeability on-line", of the
 * last two; Vovk, Petej, Nouretdinov, Ahlberg, Carlsson, Gammerman (2021), "Retrain or not
 * retrain", of the jumpers.
 */
#define QC_CONFORMAL_MARTINGALE_JUMPER 0
#define QC_CONFORMAL_MARTINGALE_COMPOSITE 1
#define QC_CONFORMAL_MARTINGALE_POWER 2
#define QC_CONFORMAL_MARTINGALE_MIXTURE 3

typedef struct qc_conformal_martingale_options {
    size_t struct_size;
    int32_t betting;  /* QC_CONFORMAL_MARTINGALE_JUMPER (default), ... */
    int32_t reserved; /* 0 */
    double jump;      /* J of _JUMPER: above 0, to 1; default 0.01 */
    double epsilon;   /* of _POWER: above 0, below 1; default 0.92 */
    uint64_t seed;    /* of the p-values of scores; default 0 */
} qc_conformal_martingale_options;

/* What can be read off a martingale. */
typedef struct qc_conformal_martingale_summary {
    size_t struct_size;
    size_t bets;           /* p-values that were bet on */
    size_t score_count;    /* those of them that came from scores */
    double log_martingale; /* natural logarithm of M */
    double log_maximum;    /* of the largest M so far, at least 0: M is 1 before the first bet */
    double p_value;        /* exp(-log_maximum), valid whenever one looks */
} qc_conformal_martingale_summary;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_conformal_martingale_options_init(qc_conformal_martingale_options *options,
                                               size_t size);

/*
 * Makes a martingale that is 1, which qc_conformal_martingale_destroy() releases.
 *
 * options      NULL for the defaults.
 * martingale   where the handle goes.
 *
 * Errors: QC_ERR_NULL_POINTER (martingale), QC_ERR_ALIGNMENT, QC_ERR_OPTIONS. Since 0.1.
 */
qc_status qc_conformal_martingale_create(const qc_conformal_martingale_options *options,
                                         qc_conformal_martingale **martingale);

/* Releases a martingale. NULL is allowed. Since 0.1. */
void qc_conformal_martingale_destroy(qc_conformal_martingale *martingale);

/*
 * Takes scores in the order in which their points came, makes a p-value of each, and bets on it.
 * That of the t-th score is its rank among the first t, ties broken at random,
 *
 *     p_t = (#{i <= t: s_i > s_t} + u_t #{i <= t: s_i = s_t}) / t,
 *
 * with u_t above 0, at most 1, from Philox 4x32-10 by seed and t. If the scores are exchangeable,
 * the p_t are independent and uniform: what the martingale stands on. (P-values against one calibration
 * set that stays as it is are not independent, and no bets for a martingale.)
 *
 * martingale       changed; after an error it is what it was.
 * scores           n scores; larger is stranger. Infinities are data, NaN is an error.
 * n                number of scores; 0 is allowed and changes nothing.
 * p_values         n p-values, written. May be NULL.
 * log_martingale   n values, written: natural logarithms of M after each bet. May be NULL.
 *
 * Cost: O(log t) for the t-th score, and 24 bytes to keep it; _MIXTURE has an integral of 96 points
 * for each bet.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE (a
 * NaN score), QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_conformal_martingale_update(qc_conformal_martingale *martingale, const double *scores,
                                         size_t n, double *p_values, double *log_martingale);

/*
 * Bets on p-values from elsewhere, which are independent and uniform if nothing is wrong. They
 * are not kept.
 *
 * martingale       changed; after an error it is what it was.
 * p_values         n p-values from 0 to 1, in their order.
 * n                number of p-values; 0 is allowed and changes nothing.
 * log_martingale   as for qc_conformal_martingale_update(). May be NULL.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE,
 * QC_ERR_DOMAIN. Since 0.1.
 */
qc_status qc_conformal_martingale_bet(qc_conformal_martingale *martingale, const double *p_values,
                                      size_t n, double *log_martingale);

/*
 * Reads a martingale off.
 *
 * result   its struct_size is set before.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_ALIGNMENT, QC_ERR_OPTIONS (result->struct_size).
 * Since 0.1.
 */
qc_status qc_conformal_martingale_summarize(const qc_conformal_martingale *martingale,
                                            qc_conformal_martingale_summary *result);

/*
 * Writes a martingale as bytes, the same for equal ones. What is made of them goes on as the
 * martingale would have, to the last bit.
 *
 * bytes      room for `capacity` bytes. NULL only counts.
 * capacity   at least the size, unless `bytes` is NULL.
 * size       the number of bytes. May be NULL.
 *
 * Cost: 8 bytes for each score, and less than 400.
 * Errors: QC_ERR_NULL_POINTER (martingale), QC_ERR_SIZE (capacity), QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS. Since 0.1.
 */
qc_status qc_conformal_martingale_serialize(const qc_conformal_martingale *martingale,
                                            uint8_t *bytes, size_t capacity, size_t *size);

/*
 * Makes the martingale that qc_conformal_martingale_serialize() wrote. The bytes may come from
 * anyone: their length, checksum, and all that holds between the parts of a martingale are
 * checked, and anything else is refused.
 *
 * bytes        `size` bytes, and no more.
 * martingale   where the handle goes, to be released by qc_conformal_martingale_destroy().
 *
 * Errors: QC_ERR_FORMAT; QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_conformal_martingale_deserialize(const uint8_t *bytes, size_t size,
                                              qc_conformal_martingale **martingale);

#ifdef __cplusplus
}
#endif

#endif
