/*
 * Family `isotonic`: unimodal, convex and concave regression.
 */
#ifndef QUANTCAL_ISOTONIC_SHAPE_H
#define QUANTCAL_ISOTONIC_SHAPE_H

#include "regression.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __cplusplus
}
#endif

#endif
