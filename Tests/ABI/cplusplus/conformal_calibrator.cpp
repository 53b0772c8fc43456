#include <limits>
#include <utility>

#include "check.hpp"

using namespace quantcal;

static conformal_calibrator_options with(std::int32_t groups, std::int32_t weighted) {
    conformal_calibrator_options options;
    options.group_count = groups;
    options.weighted = weighted;
    return options;
}

template <class T>
static void check_calibrator() {
    const double infinity = std::numeric_limits<double>::infinity();
    conformal_calibrator calibrator(with(2, 0));
    calibrator.update(std::vector<T>{3, 1, 2}, {}, std::vector<std::int64_t>{0, 1, 0});
    conformal_calibrator other(with(2, 0));
    other.update(std::vector<T>{4}, {}, std::vector<std::int64_t>{0});
    calibrator.merge(other);
    check(calibrator.counts() == std::vector<std::int64_t>{3, 1}, "counts");
    check(calibrator.thresholds(std::vector<double>{0.5, 0.25}) ==
              std::vector<double>{3, 4, 1, infinity},
          "thresholds");
    check(calibrator.point_thresholds(3, 0.25, {}, std::vector<std::int64_t>{1, 0, -1}) ==
              std::vector<double>{infinity, 4, infinity},
          "thresholds of points");
    check(calibrator.p_values(std::vector<T>{3, 3}, {}, {}, std::vector<std::int64_t>{0, 1}) ==
              std::vector<double>{0.75, 0.5},
          "p-values");
}

void check_conformal_calibrator() {
    check_calibrator<double>();
    check_calibrator<float>();

    conformal_calibrator shifted(with(0, 1));
    shifted.update(std::vector<double>{1, 2, 3, 4}, std::vector<double>{1, 2, 1, 4});
    check(shifted.point_thresholds(1, 0.3, std::vector<double>{2}) == std::vector<double>{4},
          "a weighted threshold");
    conformal_p_value_options lower;
    lower.tail = QC_CONFORMAL_TAIL_LOWER;
    check(shifted.p_values(std::vector<double>{2}, lower, std::vector<double>{2}) ==
              std::vector<double>{0.5},
          "a weighted p-value");
    const std::vector<std::uint8_t> bytes = shifted.serialize();
    check(conformal_calibrator::deserialize(bytes).serialize() == bytes, "bytes and back");
    check_error([&] { conformal_calibrator::deserialize(std::span(bytes).first(20)); },
                QC_ERR_FORMAT, "bytes are not a conformal calibrator");
    check_error([&] { shifted.merge(conformal_calibrator()); }, QC_ERR_DOMAIN, "other options");
    check_error(
        [&] {
            shifted.update(std::vector<double>{1, 2}, std::vector<double>{1});
        },
        QC_ERR_SIZE, "weights has 1 elements");
    check_error([&] { shifted.update(std::vector<double>{1}); }, QC_ERR_NULL_POINTER,
                "weights are missing");
    check_error([&] { return shifted.point_thresholds(2, 0.1, std::vector<double>{1}); },
                QC_ERR_SIZE, "test_weights has 1 elements");
    check(shifted.serialize() == bytes, "an error changes nothing");

    conformal_calibrator moved = std::move(shifted);
    check(moved.serialize() == bytes, "a moved calibrator");
}
