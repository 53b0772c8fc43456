/*
 * Family `isotonic`: nearly-isotonic regression, the whole path.
 */
#ifndef QUANTCAL_ISOTONIC_NEARLY_H
#define QUANTCAL_ISOTONIC_NEARLY_H

#include "regression.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __cplusplus
}
#endif

#endif
