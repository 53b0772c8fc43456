/*
 * Converting files of models for C++. See quantcal.hpp for the rules, file_convert.h for what the
 * functions do.
 */
#ifndef QUANTCAL_QUANTIZE_FILE_CONVERT_HPP
#define QUANTCAL_QUANTIZE_FILE_CONVERT_HPP

#include <string>
#include <vector>

#include "../base.hpp"
#include "file.hpp"
#include "file_convert.h"

namespace quantcal {

/// qc_quantize_file_convert_options_init()
inline qc_quantize_file_convert_options quantize_file_convert_options() {
    qc_quantize_file_convert_options options{};
    detail::check(qc_quantize_file_convert_options_init(&options, sizeof options));
    return options;
}

/// qc_quantize_file_convert(): an outcome for each tensor. `options` points to patterns of the caller.
inline std::vector<qc_quantize_file_outcome> quantize_file_convert(
    const quantize_file &file, const std::string &path, const std::string &type,
    const qc_quantize_file_convert_options &options = quantize_file_convert_options()) {
    std::vector<qc_quantize_file_outcome> outcomes(file.size());
    detail::check(qc_quantize_file_convert(file.get(), path.c_str(), type.c_str(), &options,
                                           outcomes.data(), outcomes.size()));
    return outcomes;
}

} // namespace quantcal

#endif
