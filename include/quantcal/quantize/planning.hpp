/*
 * Planning of quantization-aware training for C++. See quantcal.hpp for the rules, planning.h for
 * what the functions do.
 */
#ifndef QUANTCAL_QUANTIZE_PLANNING_HPP
#define QUANTCAL_QUANTIZE_PLANNING_HPP

#include "../base.hpp"
#include "planning.h"

namespace quantcal {

using quantize_qat_options = options<qc_quantize_qat_options, qc_quantize_qat_options_init>;

/// qc_quantize_qat_fraction()
inline double quantize_qat_fraction(double tokens, double parameters, double bits,
                                    const quantize_qat_options &options = {}) {
    double fraction = 0;
    detail::check(qc_quantize_qat_fraction(tokens, parameters, bits, &options, &fraction));
    return fraction;
}

/// The constants of a fit, for quantize_qat_loss().
struct quantize_qat_law {
    double factor;
    double token_exponent;
    double parameter_exponent;
    double group_exponent;
};

/// qc_quantize_qat_loss()
inline double quantize_qat_loss(double tokens, double parameters, std::size_t group_size,
                                const quantize_qat_law &law) {
    double loss = 0;
    detail::check(qc_quantize_qat_loss(tokens, parameters, group_size, law.factor,
                                       law.token_exponent, law.parameter_exponent,
                                       law.group_exponent, &loss));
    return loss;
}

} // namespace quantcal

#endif
