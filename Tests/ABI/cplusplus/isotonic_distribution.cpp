#include "check.hpp"

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <utility>

using quantcal::isotonic_distribution;

namespace {

const std::vector<double> covariates{1, 2, 3, 4};
const std::vector<double> outcomes{2, 1, 3, 2};

template <class T>
void check_answers() {
    const std::vector<T> x{1, 2, 3, 4};
    const std::vector<T> y{2, 1, 3, 2};
    const isotonic_distribution fit(x, y);
    check(fit.thresholds<T>() == std::vector<T>{1, 2, 3}, "thresholds");
    const std::vector<T> queries{1, 2.5, 4};
    check(fit.cdf(queries, y) == std::vector<T>{1, 0.5, 1, 1, 0.75, 0.25, 1, 0.75, 0.5, 0, 1, 0.5},
          "cdf");
    const std::vector<double> levels{0.5, 0.9};
    check(fit.quantile(queries, levels) == std::vector<T>{1, 2, 2, 3, 2, 3}, "quantile");
    const std::vector<T> seen{1, 2, 4};
    check(fit.crps(queries, seen) == std::vector<T>{0.25, 0.125, 1.25}, "crps");
    const auto pit = fit.pit(queries, seen, 7);
    check(pit.lower == std::vector<T>{0, 0.25, 1} && pit.upper == std::vector<T>{0.5, 0.75, 1},
          "pit, its bounds");
    check(pit.pit[0] >= 0 && pit.pit[0] < T(0.5) && pit.pit[2] == 1, "pit, the draws");
    check(fit.pit(queries, seen, 7).pit == pit.pit && fit.pit(queries, seen, 8).pit != pit.pit,
          "pit, the seed");
    check(fit.cdf(std::vector<T>{}, y).empty(), "no queries");

    const std::vector<T> weights{1, 1, 0, 1};
    check(isotonic_distribution(x, y, weights).template thresholds<T>() == std::vector<T>{1, 2},
          "weights");
    const std::vector<std::uint8_t> events{1, 1, 0, 1};
    check(isotonic_distribution(x, y, {}, events).template thresholds<T>() == std::vector<T>{1, 2},
          "events");
    quantcal::isotonic_distribution_options decreasing;
    decreasing.direction = QC_ISOTONIC_DECREASING;
    const isotonic_distribution falling(x, y, {}, {}, decreasing);
    check(falling.cdf(std::vector<T>{1, 4}, std::vector<T>{1}) == std::vector<T>{0, T(1) / 3},
          "decreasing");
}

template <class T>
void check_plane() {
    const std::vector<T> corners{0, 0, 0, 1, 1, 0, 1, 1};
    const quantcal::matrix_view<T> x(corners, 4, 2);
    const std::vector<T> y{2, 1, 3, 4};
    const isotonic_distribution fit(x, y);
    check(fit.dimensions() == 2, "dimensions");
    const std::vector<T> places{0, 1, T(0.5), T(0.5), -1, 2};
    const quantcal::matrix_view<T> queries(places, 3, 2);
    const std::vector<T> at{1, 2, 3};
    check(fit.cdf(queries, at) ==
              std::vector<T>{T(0.5), 1, 1, T(0.25), T(0.5), T(0.5), T(0.25), T(0.5), T(0.75)},
          "cdf in the plane");
    const std::vector<double> levels{0.5};
    check(fit.quantile(queries, levels) == std::vector<T>{1, 2, 2}, "quantile in the plane");
    const std::vector<T> seen{1, 2, 4};
    check(fit.crps(queries, seen)[0] == T(0.25), "crps in the plane");
    check(fit.pit(queries, seen, 7).upper == std::vector<T>{T(0.5), T(0.5), 1}, "pit in the plane");
    const auto again = isotonic_distribution::deserialize(fit.serialize());
    check(again.dimensions() == 2 && again.cdf(queries, at) == fit.cdf(queries, at),
          "bytes and back in the plane");
    check_error([&] { fit.cdf(at, at); }, QC_ERR_SIZE, "a query has 1 elements; 2 are needed");
    const std::vector<std::uint8_t> events{1, 1, 0, 1};
    check_error([&] { isotonic_distribution(x, y, {}, events); }, QC_ERR_SIZE, "dimensions is 2");
}

void check_bytes() {
    static_assert(std::is_move_constructible_v<isotonic_distribution>);
    static_assert(!std::is_copy_constructible_v<isotonic_distribution>);
    const isotonic_distribution fit(covariates, outcomes);
    auto bytes = fit.serialize();
    isotonic_distribution again = isotonic_distribution::deserialize(bytes);
    check(again.cdf(covariates, outcomes) == fit.cdf(covariates, outcomes), "bytes and back");
    const isotonic_distribution moved = std::move(again);
    check(moved.serialize() == bytes, "the same bytes again");
    bytes[bytes.size() / 2] ^= 1;
    check_error([&] { isotonic_distribution::deserialize(bytes); }, QC_ERR_FORMAT, "checksum");
    check_error([&] { isotonic_distribution::deserialize({}); }, QC_ERR_FORMAT, "too few");
}

void check_refusals() {
    const std::vector<double> short_one{1, 2};
    check_error([&] { isotonic_distribution(covariates, short_one); }, QC_ERR_SIZE,
                "y has 2 elements; 4 are needed");
    check_error([&] { isotonic_distribution(covariates, outcomes, short_one); }, QC_ERR_SIZE,
                "weights has 2 elements; 4 are needed");
    check_error([&] { isotonic_distribution(std::vector<double>{}, {}); }, QC_ERR_SIZE, "n is 0");
    const isotonic_distribution fit(covariates, outcomes);
    check_error([&] { fit.crps(covariates, short_one); }, QC_ERR_SIZE, "y has 2 elements");
    check_error([&] { fit.pit(covariates, short_one); }, QC_ERR_SIZE, "y has 2 elements");
    const std::vector<double> levels{0.5, 1};
    check_error([&] { fit.quantile(covariates, levels); }, QC_ERR_DOMAIN, "levels[1] is 1");
    std::vector<double> room(3);
    check_error([&] { fit.cdf_into(covariates, outcomes, room); }, QC_ERR_SIZE,
                "probabilities has 3 elements; 16 are needed");
    check_error([&] { fit.quantile_into(covariates, levels, room); }, QC_ERR_SIZE,
                "quantiles has 3 elements; 8 are needed");
    check_error([&] { fit.crps_into(covariates, outcomes, room); }, QC_ERR_SIZE,
                "crps has 3 elements; 4 are needed");
}

void check_progress() {
    std::vector<double> x(20000);
    std::vector<double> y(x.size());
    for (std::size_t i = 0; i < x.size(); i++) {
        x[i] = static_cast<double>(i % 101);
        y[i] = static_cast<double>(i);
    }
    std::vector<double> fractions;
    const auto keep_on = [&](double fraction) {
        fractions.push_back(fraction);
        return true;
    };
    const isotonic_distribution fit(x, y, {}, {}, {}, keep_on);
    check(fractions.size() > 1 && std::ranges::is_sorted(fractions), "fractions rise");
    const auto stop = [](double fraction) { return fraction == 0; };
    check_throws<quantcal::cancelled>(
        [&] { isotonic_distribution(x, y, {}, {}, {}, stop); },
        [](const auto &error) { return error.status() == QC_CANCELLED; },
        "a callback stops the work");
}

} // namespace

void check_isotonic_distribution() {
    check_answers<double>();
    check_answers<float>();
    check_plane<double>();
    check_plane<float>();
    check_bytes();
    check_refusals();
    check_progress();
}
