/*
 * Family `isotonic` for C++. See quantcal.hpp for the rules, shape.h for what
 * the functions do.
 */
#ifndef QUANTCAL_ISOTONIC_SHAPE_HPP
#define QUANTCAL_ISOTONIC_SHAPE_HPP

#include "../base.hpp"
#include "shape.h"

namespace quantcal {} // namespace quantcal

#endif
