/*
 * Family `isotonic`: a fit that can be asked at new predictors: ties, direction, knots.
 */
#ifndef QUANTCAL_ISOTONIC_PREDICTION_H
#define QUANTCAL_ISOTONIC_PREDICTION_H

#include "regression.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __cplusplus
}
#endif

#endif
