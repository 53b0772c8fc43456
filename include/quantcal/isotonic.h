/*
 * Family `isotonic`: regression under an order constraint. One header for each
 * subject, in reading order.
 */
#ifndef QUANTCAL_ISOTONIC_H
#define QUANTCAL_ISOTONIC_H

#include "isotonic/regression.h"
#include "isotonic/prediction.h"
#include "isotonic/shape.h"
#include "isotonic/nearly.h"
#include "isotonic/centered.h"
#include "isotonic/order.h"
#include "isotonic/distribution.h"
#include "isotonic/reward.h"
#include "isotonic/weight.h"
#include "isotonic/state.h"

#endif
