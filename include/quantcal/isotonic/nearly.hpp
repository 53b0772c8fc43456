/*
 * Family `isotonic` for C++. See quantcal.hpp for the rules, nearly.h for what
 * the functions do.
 */
#ifndef QUANTCAL_ISOTONIC_NEARLY_HPP
#define QUANTCAL_ISOTONIC_NEARLY_HPP

#include "../base.hpp"
#include "nearly.h"

namespace quantcal {} // namespace quantcal

#endif
