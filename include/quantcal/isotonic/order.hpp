/*
 * Family `isotonic` for C++. See quantcal.hpp for the rules, order.h for what
 * the functions do.
 */
#ifndef QUANTCAL_ISOTONIC_ORDER_HPP
#define QUANTCAL_ISOTONIC_ORDER_HPP

#include "../base.hpp"
#include "order.h"

namespace quantcal {} // namespace quantcal

#endif
