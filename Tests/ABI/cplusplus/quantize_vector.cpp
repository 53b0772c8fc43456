#include "check.hpp"

#include <array>

namespace {

using quantcal::matrix_view;

constexpr std::array<float, 8> values{0, 1, 0, 3, 9, 9, 9, 7};

quantcal::quantize_vector_options sizes(std::size_t centres, std::size_t parts = 1) {
    quantcal::quantize_vector_options options;
    options.centres = centres;
    options.parts = parts;
    return options;
}

void check_books() {
    const matrix_view view(values, 4, 2);
    auto options = sizes(2);
    options.start = QC_QUANTIZE_VECTOR_GIVEN;
    const std::array<float, 4> first{0, 0, 5, 5};
    const auto books = quantcal::quantize_vector_train(view, options, {}, {}, first);
    check(books.centres == std::vector<float>{0, 2, 9, 8}, "centres");
    check(books.codes == std::vector<std::uint16_t>{0, 0, 1, 1}, "codes");
    check(books.objective == 4 && books.used == 2 && books.converged, "the objective");
    const std::array<float, 4> weights{3, 1, 1, 0};
    const auto weighted = quantcal::quantize_vector_train(view, options, weights, {}, first);
    check(weighted.centres == std::vector<float>{0, 1.5F, 9, 9}, "weights");
    check(quantcal::quantize_vector_encode(view, books.centres, options) == books.codes, "encoded");
    const auto decoded =
        quantcal::quantize_vector_decode(books.codes, 4, 2, books.centres, options);
    check(decoded == std::vector<float>{0, 2, 0, 2, 9, 8, 9, 8}, "decoded");
}

void check_parts() {
    const matrix_view view(values, 4, 2);
    const auto options = sizes(4, 2);
    const auto books = quantcal::quantize_vector_train(view, options);
    check(books.objective == 0 && books.codes.size() == 8, "parts");
    const auto decoded =
        quantcal::quantize_vector_decode(books.codes, 4, 2, books.centres, options);
    check(decoded == std::vector<float>(values.begin(), values.end()), "parts decoded");
}

void check_refine() {
    // The second number of a row makes up for what the first leaves: 1.5 and 1 for 0.9 and 1.6.
    const std::array<float, 2> row{0.9F, 1.6F};
    const std::array<float, 4> hessian{1, 1, 1, 1};
    auto options = sizes(3);
    options.iterations = 0;
    const quantcal::code_books first{{0, 1, 1.5F}, {0, 0}, 0, 0, 0, false};
    const auto refined =
        quantcal::quantize_vector_refine(matrix_view<float>(row, 1, 2), 1, hessian, first, options);
    check(refined.codes == std::vector<std::uint16_t>{2, 1}, "codes of outputs");
    check(refined.objective < 1e-12 && refined.used == 2, "the objective of outputs");
    check_error(
        [&] {
            quantcal::quantize_vector_refine(matrix_view<float>(row, 1, 2), 1, row, first, options);
        },
        QC_ERR_SIZE, "hessian has 2 elements; 4 are needed");
}

void check_refusals() {
    const matrix_view view(values, 4, 2);
    const std::array<float, 3> three{1, 1, 1};
    check_error([&] { quantcal::quantize_vector_train(view, sizes(2), three); }, QC_ERR_SIZE,
                "weights has 3 elements; 4 are needed");
    check_error([&] { quantcal::quantize_vector_train(view, sizes(2, 3)); }, QC_ERR_SIZE, "parts");
    check_error([&] { quantcal::quantize_vector_train(view, sizes(0)); }, QC_ERR_OPTIONS,
                "centres is 0");
    check_error([&] { quantcal::quantize_vector_encode(view, three, sizes(2)); }, QC_ERR_SIZE,
                "centres has 3 elements; 4 are needed");
    const std::array<std::uint16_t, 1> code{7};
    check_error([&] { quantcal::quantize_vector_decode(code, 1, 3, three, sizes(1)); },
                QC_ERR_DOMAIN, "codes[0] is 7");
    const auto stop = [](double) { return false; };
    check_throws<quantcal::cancelled>(
        [&] { quantcal::quantize_vector_train(view, sizes(2), {}, {}, {}, stop); },
        [](const auto &) { return true; }, "cancelled");
}

} // namespace

void check_quantize_vector() {
    check_books();
    check_parts();
    check_refine();
    check_refusals();
}
