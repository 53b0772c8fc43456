/*
 * Family `conformal`: guarantees on predictions. One header for each subject, in
 * reading order.
 *
 * A score says how strange a point is: larger is stranger. With n calibration
 * scores that are exchangeable with the test point's, the set of all answers
 * whose score is at most a threshold taken from them holds the truth with a
 * probability that is known beforehand.
 */
#ifndef QUANTCAL_CONFORMAL_H
#define QUANTCAL_CONFORMAL_H

#include "conformal/split.h"
#include "conformal/calibrator.h"
#include "conformal/censoring.h"
#include "conformal/clusters.h"
#include "conformal/planning.h"
#include "conformal/risk.h"
#include "conformal/selection.h"
#include "conformal/refit_selection.h"
#include "conformal/holdout.h"
#include "conformal/martingale.h"
#include "conformal/online.h"
#include "conformal/batch.h"
#include "conformal/regression_scores.h"
#include "conformal/class_scores.h"
#include "conformal/abstention.h"
#include "conformal/policy.h"
#include "conformal/pursuit.h"
#include "conformal/cross.h"
#include "conformal/robust.h"
#include "conformal/circuit.h"
#include "conformal/distribution.h"

#endif
