/*
 * Family `isotonic` for C++. See quantcal.hpp for the rules, state.h for what
 * the functions do.
 */
#ifndef QUANTCAL_ISOTONIC_STATE_HPP
#define QUANTCAL_ISOTONIC_STATE_HPP

#include "../base.hpp"
#include "state.h"

namespace quantcal {} // namespace quantcal

#endif
