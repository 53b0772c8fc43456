#include "check.hpp"

#include <array>
#include <cmath>
#include <limits>

void check_conformal_censoring() {
    using namespace quantcal;
    const std::array<double, 5> times{1, 2, 3, 4, 5};
    const std::array<std::uint8_t, 5> events{1, 0, 1, 0, 1};
    const auto own = conformal_censoring_weights(times, events);
    check(own.survival == std::vector<double>{1, 1, 0.75, 0.75, 0.375}, "survival");
    check(own.weights[1] == 0 && own.weights[3] == 0 && own.capped == 0, "unknown outcomes");
    check(std::abs(own.weights[4] - 8.0 / 3) < 1e-15, "the last counts for others");

    const double infinity = std::numeric_limits<double>::infinity();
    const std::array<double, 2> points{2, 9};
    const auto capped = conformal_censoring_weights(times, events, {}, points, {}, infinity, 2);
    check(capped.weights == std::vector<double>{1, 2} && capped.capped == 1, "capped");
    check(conformal_censoring_weights(times, events, times, points, {}, 2).weights ==
              std::vector<double>{1, 1},
          "up to a horizon");
    check_error([&] { conformal_censoring_weights(points, events); }, QC_ERR_SIZE, "events");
    check_error([&] { conformal_censoring_weights(times, events, {}, points, events); },
                QC_ERR_SIZE, "point_events");
}
