/*
 * Family `isotonic`: mean-preserving reward calibration and weight stabilisation.
 */
#ifndef QUANTCAL_ISOTONIC_REWARD_H
#define QUANTCAL_ISOTONIC_REWARD_H

#include "regression.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __cplusplus
}
#endif

#endif
