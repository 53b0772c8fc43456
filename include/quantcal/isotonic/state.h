/*
 * Family `isotonic`: partial fits of ranges of a sequence, which merge exactly.
 */
#ifndef QUANTCAL_ISOTONIC_STATE_H
#define QUANTCAL_ISOTONIC_STATE_H

#include "regression.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __cplusplus
}
#endif

#endif
