/*
 * Family `isotonic`: isotonic distributional regression.
 */
#ifndef QUANTCAL_ISOTONIC_DISTRIBUTION_H
#define QUANTCAL_ISOTONIC_DISTRIBUTION_H

#include "regression.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __cplusplus
}
#endif

#endif
