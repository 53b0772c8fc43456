/*
 * Family `isotonic` for C++. See quantcal.hpp for the rules, distribution.h for what
 * the functions do.
 */
#ifndef QUANTCAL_ISOTONIC_DISTRIBUTION_HPP
#define QUANTCAL_ISOTONIC_DISTRIBUTION_HPP

#include "../base.hpp"
#include "distribution.h"

namespace quantcal {} // namespace quantcal

#endif
