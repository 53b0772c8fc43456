/*
 * Family `isotonic`: regression under a partial order: points, grids, graphs.
 */
#ifndef QUANTCAL_ISOTONIC_ORDER_H
#define QUANTCAL_ISOTONIC_ORDER_H

#include "regression.h"

#ifdef __cplusplus
extern "C" {
#endif

#ifdef __cplusplus
}
#endif

#endif
