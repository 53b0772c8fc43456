/*
 * Family `isotonic` for C++. See quantcal.hpp for the rules, centered.h for what
 * the functions do.
 */
#ifndef QUANTCAL_ISOTONIC_CENTERED_HPP
#define QUANTCAL_ISOTONIC_CENTERED_HPP

#include "../base.hpp"
#include "centered.h"

namespace quantcal {} // namespace quantcal

#endif
