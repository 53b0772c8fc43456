/*
 * Family `isotonic` for C++. See quantcal.hpp for the rules, reward.h for what
 * the functions do.
 */
#ifndef QUANTCAL_ISOTONIC_REWARD_HPP
#define QUANTCAL_ISOTONIC_REWARD_HPP

#include "../base.hpp"
#include "reward.h"

namespace quantcal {} // namespace quantcal

#endif
