/*
 * Family `conformal` for C++. See quantcal.hpp for the rules, the headers of the same
 * names for what the functions do.
 */
#ifndef QUANTCAL_CONFORMAL_HPP
#define QUANTCAL_CONFORMAL_HPP

#include "conformal/split.hpp"
#include "conformal/calibrator.hpp"
#include "conformal/censoring.hpp"
#include "conformal/clusters.hpp"
#include "conformal/planning.hpp"
#include "conformal/risk.hpp"
#include "conformal/selection.hpp"
#include "conformal/refit_selection.hpp"
#include "conformal/holdout.hpp"
#include "conformal/martingale.hpp"
#include "conformal/online.hpp"
#include "conformal/batch.hpp"
#include "conformal/regression_scores.hpp"
#include "conformal/class_scores.hpp"
#include "conformal/abstention.hpp"
#include "conformal/policy.hpp"
#include "conformal/pursuit.hpp"
#include "conformal/cross.hpp"
#include "conformal/robust.hpp"
#include "conformal/circuit.hpp"
#include "conformal/distribution.hpp"

#endif
