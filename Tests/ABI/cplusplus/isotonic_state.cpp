#include <utility>

#include "check.hpp"

using namespace quantcal;

static isotonic_state_options quantile_options() {
    isotonic_state_options options;
    options.loss = QC_ISOTONIC_QUANTILE;
    return options;
}

template <class T>
static void check_state() {
    isotonic_state state;
    state.update(std::vector<T>{1, 2, 2, 3}, std::vector<T>{1, 3, 5, 2},
                 std::vector<T>{1, 1, 1, 2});
    isotonic_state next;
    next.update(std::vector<T>{3, 4}, std::vector<T>{4, 9});
    state.merge(next);
    // By hand: x = 2 has the mean 4, x = 3 the mean 8 / 3, so they pool to 16 / 5.
    const isotonic_state_blocks blocks = state.fit();
    check(blocks.first == std::vector<double>{1, 2, 4}, "first");
    check(blocks.last == std::vector<double>{1, 3, 4}, "last");
    check(blocks.values == std::vector<double>{1, 3.2, 9}, "values");
    check(blocks.weights == std::vector<double>{1, 5, 1}, "weights");
    const isotonic_state_knots knots = state.knots();
    check(knots.x == std::vector<double>{1, 2, 3, 4}, "x of knots");
    check(knots.y == std::vector<double>{1, 3.2, 3.2, 9}, "y of knots");
}

void check_isotonic_state() {
    check_state<double>();
    check_state<float>();

    isotonic_state median(quantile_options());
    median.update(std::vector<double>{1, 2, 3}, std::vector<double>{5, 1, 2});
    check(median.fit().values == std::vector<double>{1, 2}, "lower medians");
    const std::vector<std::uint8_t> bytes = median.serialize();
    check(isotonic_state::deserialize(bytes).serialize() == bytes, "bytes and back");
    check_error([&] { isotonic_state::deserialize(std::span(bytes).first(bytes.size() / 2)); },
                QC_ERR_FORMAT, "bytes are not a state");
    check_error([&] { median.merge(isotonic_state()); }, QC_ERR_DOMAIN, "other options");
    check_error([&] { median.update(std::vector<double>{2}, std::vector<double>{0}); },
                QC_ERR_DOMAIN, "x[0] is 2");
    check_error(
        [&] {
            median.update(std::vector<double>{4, 5}, std::vector<double>{0});
        },
        QC_ERR_SIZE, "y has 1 elements");
    check(median.serialize() == bytes, "an error changes nothing");

    isotonic_state moved = std::move(median);
    check(moved.serialize() == bytes, "a moved state");
    check(isotonic_state().fit().values.empty(), "a state of no points");
}
