/*
 * Family `isotonic` for C++. See quantcal.hpp for the rules, the headers of the same
 * names for what the functions do.
 */
#ifndef QUANTCAL_ISOTONIC_HPP
#define QUANTCAL_ISOTONIC_HPP

#include "isotonic/regression.hpp"
#include "isotonic/prediction.hpp"
#include "isotonic/shape.hpp"
#include "isotonic/nearly.hpp"
#include "isotonic/centered.hpp"
#include "isotonic/order.hpp"
#include "isotonic/distribution.hpp"
#include "isotonic/reward.hpp"
#include "isotonic/weight.hpp"
#include "isotonic/state.hpp"

#endif
