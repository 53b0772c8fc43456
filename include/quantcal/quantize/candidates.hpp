/*
 * Candidates of codes for C++. See quantcal.hpp for the rules, candidates.h for what the functions do.
 */
#ifndef QUANTCAL_QUANTIZE_CANDIDATES_HPP
#define QUANTCAL_QUANTIZE_CANDIDATES_HPP

#include "candidates.h"
#include "vector.hpp"

namespace quantcal {

/// qc_quantize_candidates_options with the defaults.
using quantize_candidates_options =
    options<qc_quantize_candidates_options, qc_quantize_candidates_options_init>;

/// Candidates of vectors, one vector's after the other's, and their logits.
struct code_candidates {
    std::vector<std::uint16_t> candidates;
    std::vector<float> logits;
};

/// What quantize_candidates_mix() gives.
struct candidate_mixtures {
    std::vector<float> ratios;
    std::vector<float> vectors;
};

/// What quantize_candidates_gradient() gives.
struct candidate_gradients {
    std::vector<float> logits;
    std::vector<float> centres;
};

/// What quantize_candidates_settle() gives.
struct settled_candidates {
    std::vector<float> logits;
    std::vector<std::uint16_t> codes;
    std::size_t open;
    double penalty;
};

namespace detail {

/// Vectors of such candidates; 0 if the options are for the library to refuse.
inline std::size_t require_candidates(const code_candidates &from,
                                      const qc_quantize_candidates_options &options) {
    require_size(from.logits.size(), from.candidates.size(), "logits");
    const auto count = options.candidates == 0 ? 0 : from.candidates.size() / options.candidates;
    require_size(from.candidates.size(), count * options.candidates, "candidates");
    return count;
}

inline std::size_t dimension_of(std::span<const float> centres,
                                const qc_quantize_candidates_options &options) {
    const auto dimension = options.centres == 0 ? 0 : centres.size() / options.centres;
    require_size(centres.size(), dimension * options.centres, "centres");
    return dimension;
}

} // namespace detail

/// qc_quantize_candidates_find_f32()
inline code_candidates quantize_candidates_find(matrix_view<float> vectors,
                                                std::span<const float> centres,
                                                const quantize_candidates_options &options = {}) {
    detail::require_size(centres.size(), detail::product(options.centres, vectors.columns()),
                         "centres");
    const auto count = detail::product(vectors.rows(), options.candidates);
    code_candidates found{std::vector<std::uint16_t>(count), std::vector<float>(count)};
    detail::check(qc_quantize_candidates_find_f32(vectors.data(), vectors.rows(), vectors.columns(),
                                                  centres.data(), &options, found.candidates.data(),
                                                  found.logits.data()));
    return found;
}

/// qc_quantize_candidates_mix_f32()
inline candidate_mixtures quantize_candidates_mix(const code_candidates &from,
                                                  std::span<const float> centres,
                                                  const quantize_candidates_options &options = {}) {
    const auto count = detail::require_candidates(from, options);
    const auto dimension = detail::dimension_of(centres, options);
    candidate_mixtures mixed{std::vector<float>(from.logits.size()),
                             std::vector<float>(detail::product(count, dimension))};
    detail::check(qc_quantize_candidates_mix_f32(from.candidates.data(), from.logits.data(), count,
                                                 dimension, centres.data(), &options,
                                                 mixed.ratios.data(), mixed.vectors.data()));
    return mixed;
}

/// qc_quantize_candidates_gradient_f32(); `gradients` are those at the mixtures.
inline candidate_gradients
quantize_candidates_gradient(std::span<const float> gradients, const code_candidates &from,
                             std::span<const float> centres,
                             const quantize_candidates_options &options = {}) {
    const auto count = detail::require_candidates(from, options);
    const auto dimension = detail::dimension_of(centres, options);
    detail::require_size(gradients.size(), detail::product(count, dimension), "gradients");
    candidate_gradients found{std::vector<float>(from.logits.size()),
                              std::vector<float>(centres.size())};
    detail::check(qc_quantize_candidates_gradient_f32(
        gradients.data(), from.candidates.data(), from.logits.data(), count, dimension,
        centres.data(), &options, found.logits.data(), found.centres.data()));
    return found;
}

/// qc_quantize_candidates_settle_f32()
inline settled_candidates
quantize_candidates_settle(const code_candidates &from,
                           const quantize_candidates_options &options = {}) {
    const auto count = detail::require_candidates(from, options);
    settled_candidates found{std::vector<float>(from.logits.size()),
                             std::vector<std::uint16_t>(count), 0, 0};
    detail::check(qc_quantize_candidates_settle_f32(
        from.candidates.data(), from.logits.data(), count, &options, found.logits.data(),
        found.codes.data(), &found.open, &found.penalty));
    return found;
}

/// qc_quantize_candidates_calibrate_f32(). `weights` may be empty.
inline code_books quantize_candidates_calibrate(matrix_view<float> matrix,
                                                std::span<const float> hessian,
                                                std::span<const float> centres,
                                                const quantize_candidates_options &options = {},
                                                std::span<const float> weights = {},
                                                const progress &report = {}) {
    const auto dimension = detail::dimension_of(centres, options);
    detail::require_size(hessian.size(), detail::product(matrix.columns(), matrix.columns()),
                         "hessian");
    detail::require_size_if_given(weights.size(), matrix.rows(), "weights");
    code_books books{{}, {}, 0, 0, 0, false};
    books.centres.resize(centres.size());
    books.codes.resize(dimension == 0 ? 0 : matrix.size() / dimension);
    qc_quantize_vector_result result{};
    result.struct_size = sizeof result;
    detail::call_with_progress(options, report, [&](const qc_quantize_candidates_options *given) {
        return qc_quantize_candidates_calibrate_f32(
            matrix.data(), matrix.rows(), matrix.columns(), dimension, hessian.data(),
            detail::pointer_if_given(weights), centres.data(), given, books.centres.data(),
            books.codes.data(), &result);
    });
    detail::take(books, result);
    return books;
}

} // namespace quantcal

#endif
