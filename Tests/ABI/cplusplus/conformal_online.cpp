#include <cmath>
#include <limits>
#include <utility>

#include "check.hpp"

using namespace quantcal;

static conformal_online_options options_of(std::int32_t method) {
    conformal_online_options options;
    options.method = method;
    options.alpha = 0.25;
    return options;
}

void check_conformal_online() {
    const double infinity = std::numeric_limits<double>::infinity();
    conformal_online state(options_of(QC_CONFORMAL_ONLINE_ACI), std::vector<double>{0.125});
    state.calibrate(std::vector<double>{4, 1, 3, 2});
    // By hand: five levels of 1/5, and 1/4 leaves the fourth of four scores.
    check(state.threshold().lower == -infinity && state.threshold().upper == 4, "threshold");
    check(state.observe(5) == 0, "a miss");
    check(state.observe(std::nan("")) == -1, "a missing outcome");
    const std::vector<std::uint8_t> bytes = state.serialize();
    const conformal_online_path path = state.run(std::vector<double>{2.5, 1.5, 0.5});
    check(path.upper == std::vector<double>{infinity, 5, 5}, "upper");
    check(path.lower == std::vector<double>(3, -infinity), "lower");
    check(path.covered == std::vector<std::int32_t>{1, 1, 1}, "covered");
    const qc_conformal_online_summary summary = state.summarize();
    check(summary.observed == 4 && summary.misses == 1 && summary.missing == 1, "counts");
    check(summary.upper_position == 0.25 && summary.score_count == 8, "level");

    conformal_online copy = conformal_online::deserialize(bytes);
    check(copy.run(std::vector<double>{2.5, 1.5, 0.5}).upper == path.upper, "bytes and back");
    check_error([&] { conformal_online::deserialize(std::span(bytes).first(40)); }, QC_ERR_FORMAT,
                "bytes are not a state");
    check_error([&] { copy.threshold(1); }, QC_ERR_DOMAIN, "forecast is 1");

    conformal_online controller(options_of(QC_CONFORMAL_ONLINE_PID));
    check(controller.threshold(1.5).upper == 1.5, "forecast");
    check(controller.observe(2, 1.5) == 0, "a score above its forecast");
    check_error(
        [&] {
            controller.run(std::vector<double>{1, 2}, std::vector<double>{1});
        },
        QC_ERR_SIZE, "forecasts has 1 elements");
    conformal_online moved = std::move(controller);
    check(moved.summarize().misses == 1, "a moved state");
}
