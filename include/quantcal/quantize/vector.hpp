/*
 * Code books for C++. See quantcal.hpp for the rules, vector.h for what the functions do.
 */
#ifndef QUANTCAL_QUANTIZE_VECTOR_HPP
#define QUANTCAL_QUANTIZE_VECTOR_HPP

#include "../base.hpp"
#include "vector.h"

namespace quantcal {

/// qc_quantize_vector_options with the defaults.
using quantize_vector_options =
    options<qc_quantize_vector_options, qc_quantize_vector_options_init>;

/// What quantize_vector_train() gives.
struct code_books {
    std::vector<float> centres;
    std::vector<std::uint16_t> codes;
    double objective;
    std::size_t used;
    std::int32_t iterations;
    bool converged;
};

namespace detail {

/// Elements of all code books; 0 if the options are for the library to refuse.
inline std::size_t code_book_elements(const qc_quantize_vector_options &options,
                                      std::size_t dimension) {
    if (options.parts == 0 || options.centres > 65536 || options.stages > 64) {
        return 0;
    }
    return product(options.centres * options.stages, dimension);
}

inline std::size_t code_count(const qc_quantize_vector_options &options, std::size_t count) {
    return product(count, product(options.parts, options.stages));
}

inline void take(code_books &books, const qc_quantize_vector_result &result) {
    books.objective = result.objective;
    books.used = result.used;
    books.iterations = result.iterations;
    books.converged = result.converged != 0;
}

} // namespace detail

/// qc_quantize_vector_train_f32(). `weights`, `importance` and `first` (the centres to begin with)
/// may be empty.
inline code_books
quantize_vector_train(matrix_view<float> vectors, const quantize_vector_options &options = {},
                      std::span<const float> weights = {}, std::span<const float> importance = {},
                      std::span<const float> first = {}, const progress &report = {}) {
    detail::require_size_if_given(weights.size(), vectors.rows(), "weights");
    detail::require_size_if_given(importance.size(), vectors.size(), "importance");
    const auto elements = detail::code_book_elements(options, vectors.columns());
    detail::require_size_if_given(first.size(), elements, "first");
    code_books books{{first.begin(), first.end()}, {}, 0, 0, 0, false};
    books.centres.resize(elements);
    books.codes.resize(detail::code_count(options, vectors.rows()));
    qc_quantize_vector_result result{};
    result.struct_size = sizeof result;
    detail::call_with_progress(options, report, [&](const qc_quantize_vector_options *given) {
        return qc_quantize_vector_train_f32(vectors.data(), vectors.rows(), vectors.columns(),
                                            detail::pointer_if_given(weights),
                                            detail::pointer_if_given(importance), given,
                                            books.centres.data(), books.codes.data(), &result);
    });
    detail::take(books, result);
    return books;
}

/// qc_quantize_vector_encode_f32(). `importance` may be empty.
inline std::vector<std::uint16_t>
quantize_vector_encode(matrix_view<float> vectors, std::span<const float> centres,
                       const quantize_vector_options &options = {},
                       std::span<const float> importance = {}, const progress &report = {}) {
    detail::require_size_if_given(importance.size(), vectors.size(), "importance");
    detail::require_size(centres.size(), detail::code_book_elements(options, vectors.columns()),
                         "centres");
    std::vector<std::uint16_t> codes(detail::code_count(options, vectors.rows()));
    detail::call_with_progress(options, report, [&](const qc_quantize_vector_options *given) {
        return qc_quantize_vector_encode_f32(vectors.data(), vectors.rows(), vectors.columns(),
                                             detail::pointer_if_given(importance), centres.data(),
                                             given, codes.data());
    });
    return codes;
}

/// qc_quantize_vector_decode_f32()
inline std::vector<float> quantize_vector_decode(std::span<const std::uint16_t> codes,
                                                 std::size_t count, std::size_t dimension,
                                                 std::span<const float> centres,
                                                 const quantize_vector_options &options = {}) {
    detail::require_size(codes.size(), detail::code_count(options, count), "codes");
    detail::require_size(centres.size(), detail::code_book_elements(options, dimension), "centres");
    std::vector<float> vectors(detail::product(count, dimension));
    detail::check(qc_quantize_vector_decode_f32(codes.data(), count, dimension, centres.data(),
                                                &options, vectors.data()));
    return vectors;
}

/// qc_quantize_vector_refine_f32(). `first` has the books and codes to begin with, of vectors of
/// length `dimension`; `weights` may be empty.
inline code_books quantize_vector_refine(matrix_view<float> matrix, std::size_t dimension,
                                         std::span<const float> hessian, code_books first,
                                         const quantize_vector_options &options = {},
                                         std::span<const float> weights = {},
                                         const progress &report = {}) {
    detail::require_size(hessian.size(), detail::product(matrix.columns(), matrix.columns()),
                         "hessian");
    detail::require_size_if_given(weights.size(), matrix.rows(), "weights");
    detail::require_size(first.centres.size(), detail::code_book_elements(options, dimension),
                         "centres");
    const auto vectors = dimension == 0 ? 0 : matrix.size() / dimension;
    detail::require_size(first.codes.size(), detail::code_count(options, vectors), "codes");
    qc_quantize_vector_result result{};
    result.struct_size = sizeof result;
    detail::call_with_progress(options, report, [&](const qc_quantize_vector_options *given) {
        return qc_quantize_vector_refine_f32(
            matrix.data(), matrix.rows(), matrix.columns(), dimension, hessian.data(),
            detail::pointer_if_given(weights), first.centres.data(), first.codes.data(), given,
            first.centres.data(), first.codes.data(), &result);
    });
    detail::take(first, result);
    return first;
}

} // namespace quantcal

#endif
