/*
 * Family `isotonic`: centered isotonic regression with intervals.
 */
#ifndef QUANTCAL_ISOTONIC_CENTERED_H
#define QUANTCAL_ISOTONIC_CENTERED_H

#include "regression.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __cplusplus
}
#endif

#endif
