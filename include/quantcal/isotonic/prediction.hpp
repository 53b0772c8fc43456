/*
 * Family `isotonic` for C++. See quantcal.hpp for the rules, prediction.h for what
 * the functions do.
 */
#ifndef QUANTCAL_ISOTONIC_PREDICTION_HPP
#define QUANTCAL_ISOTONIC_PREDICTION_HPP

#include "../base.hpp"
#include "prediction.h"

namespace quantcal {} // namespace quantcal

#endif
