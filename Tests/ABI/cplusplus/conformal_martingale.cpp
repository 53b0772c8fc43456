#include <cmath>
#include <utility>

#include "check.hpp"

using namespace quantcal;

static conformal_martingale_options options_of(std::int32_t betting, double epsilon) {
    conformal_martingale_options options;
    options.betting = betting;
    options.epsilon = epsilon;
    return options;
}

void check_conformal_martingale() {
    conformal_martingale jumper;
    const std::vector<double> p{0.1, 0.1};
    // By hand: (1.4 + 1 + 0.6) / 3 and then 691 / 625.
    check(std::abs(jumper.bet(p)[1] - std::log(691.0 / 625)) < 1e-15, "jumper");
    check(jumper.summarize().bets == 2 && jumper.summarize().score_count == 0, "counts");
    check(std::abs(jumper.summarize().p_value - 625.0 / 691) < 1e-15, "p-value");

    conformal_martingale power(options_of(QC_CONFORMAL_MARTINGALE_POWER, 0.5));
    check(std::abs(power.bet(p)[1] - std::log(2.5)) < 1e-15, "power");
    check(power.bet(std::vector<double>{0})[0] == HUGE_VAL, "a p-value of 0");

    conformal_martingale mixture(options_of(QC_CONFORMAL_MARTINGALE_MIXTURE, 0.5));
    const std::vector<double> scores{1, 2, 3};
    const conformal_martingale_path path = mixture.update(scores);
    check(path.p_values[2] > 0 && path.p_values[2] <= 1.0 / 3, "the largest of three scores");
    check(path.log_martingale[2] == mixture.summarize().log_martingale, "path");

    const std::vector<std::uint8_t> bytes = mixture.serialize();
    conformal_martingale copy = conformal_martingale::deserialize(bytes);
    check(copy.update(scores).log_martingale == mixture.update(scores).log_martingale,
          "bytes and back");
    conformal_martingale moved = std::move(copy);
    check(moved.summarize().score_count == 6, "a moved martingale");
    check_error([&] { conformal_martingale::deserialize(std::span(bytes).first(40)); },
                QC_ERR_FORMAT, "bytes are not a martingale");
    check_error(
        [&] {
            moved.bet(std::vector<double>{0.5, 1.5});
        },
        QC_ERR_DOMAIN, "p_values[1] is 1.5");
    check_error([] { conformal_martingale bad(options_of(QC_CONFORMAL_MARTINGALE_POWER, 1)); },
                QC_ERR_OPTIONS, "epsilon is 1");
}
