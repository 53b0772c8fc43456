/*
 * Family `conformal`: probabilities of classes and concepts, corrected by knowledge rules, and
 * certified bounds of what comes out under bounds of what goes in. Scores are made of the
 * corrected probabilities (qc_conformal_label_scores with QC_CONFORMAL_LAC, say); robust sets
 * come from their upper bounds.
 */
#ifndef QUANTCAL_CONFORMAL_CIRCUIT_H
#define QUANTCAL_CONFORMAL_CIRCUIT_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Probabilities corrected by weighted implications among leaves. A leaf is a class or a
 * concept that is there (1) or not (0), its probability p coming from a model. A world says
 * of every leaf which; without rules the leaves of a world are independent. A rule
 * "premise implies conclusion" is broken in the worlds where the premise holds and the conclusion
 * does not, and holds in all others. A circuit is a set of rules:
 *
 *     P(world) proportional to exp(sum of weights of the rules that hold)
 *                              * product of p (leaves there) and 1 - p (leaves not there),
 *     corrected = P(leaf is there).
 *
 * The corrected probabilities of circuits are mixed with given shares; the leaf itself may have
 * one too.
 *
 * A literal, for premise or conclusion, is a leaf's number l from 0, or -1 - l for "not l". So
 * "l or k" is (-1 - l) implies k, and "never both" l implies (-1 - k).
 *
 * leaves         rows x leaf_count probabilities, 0 to 1.
 * leaf_count     1 to 2^20.
 * premises, conclusions, weights
 *                rule_count of each: literals, and finite weights; a negative one says that a
 *                rule is rather broken. Absolute weights of a circuit sum to at most 1000.
 * circuits       rule_count numbers of circuits, 0 to circuit_count - 1; NULL if all rules are in
 *                the first.
 * circuit_count  1 to 2^20.
 * shares         1 + circuit_count shares, finite, >= 0, not all zero: of the leaf itself, then
 *                of each circuit; divided by their sum. NULL: none for the leaf, equal ones for
 *                circuits.
 * corrected      rows x leaf_count. A leaf that no rule of a circuit names stays as it is there,
 *                and so do 0 and 1. May be the same pointer as `leaves`.
 *
 * Worlds are summed as such, over the leaves that rules tie together: at most 16 in a circuit,
 * the others being independent of them. Within 1e-12 of the value, relatively.
 *
 * rows = 0 or rule_count = 0 is allowed. Cost for a row: k^2 2^k for k leaves tied together;
 * scratch: 8 bytes 2^k for each such group, and as much and 16 bytes a leaf for each thread.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE (counts; too many leaves tied together),
 * QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (leaves, literals, weights,
 * circuits, shares), QC_ERR_NO_MEMORY.
 * Source: COLEP of Kang, Gurel, Li, Li (2024). Since 0.1.
 */
qc_status qc_conformal_circuit_probabilities(const double *leaves, size_t rows, size_t leaf_count,
                                             const int32_t *premises, const int32_t *conclusions,
                                             const double *weights, const int32_t *circuits,
                                             size_t rule_count, const double *shares,
                                             size_t circuit_count, double *corrected);

/*
 * Bounds of the corrected probabilities when each leaf's probability lies somewhere between its
 * own bounds: as from qc_conformal_robust_bounds under an attack.
 *
 * In each probability a corrected one is monotone, so that its extremes are at corners of the
 * box. All are looked at: the bounds are exact for one circuit, and hold for a mixture. They
 * are rounded outwards.
 *
 * lower, upper   rows x leaf_count, each 0 to 1, lower <= upper.
 * corrected_lower, corrected_upper
 *                rows x leaf_count.
 * The others are as above.
 *
 * Cost: the same, though there are 4^k pairs of a world and a corner.
 * Errors: as above. Source: COLEP; departure: all corners instead of one, which is the right one
 * only for rules from classes to concepts with positive weights. Since 0.1.
 */
qc_status qc_conformal_circuit_bounds(const double *lower, const double *upper, size_t rows,
                                      size_t leaf_count, const int32_t *premises,
                                      const int32_t *conclusions, const double *weights,
                                      const int32_t *circuits, size_t rule_count,
                                      const double *shares, size_t circuit_count,
                                      double *corrected_lower, double *corrected_upper);

#ifdef __cplusplus
}
#endif

#endif
