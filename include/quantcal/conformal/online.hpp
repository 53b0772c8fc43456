/*
 * Family `conformal` for C++. See quantcal.hpp for the rules, online.h for what
 * the functions do.
 */
#ifndef QUANTCAL_CONFORMAL_ONLINE_HPP
#define QUANTCAL_CONFORMAL_ONLINE_HPP

#include "../base.hpp"
#include "online.h"

namespace quantcal {

using conformal_online_options =
    options<qc_conformal_online_options, qc_conformal_online_options_init>;

/// What the next score must lie between to count as covered.
struct conformal_online_interval {
    double lower;
    double upper;
};

/// The thresholds of points, and whether they held (-1: the outcome is missing).
struct conformal_online_path {
    std::vector<double> lower;
    std::vector<double> upper;
    std::vector<std::int32_t> covered;
};

/// Online conformal prediction: a state, which can be moved and not copied.
class conformal_online {
public:
    /// qc_conformal_online_create(). `gamma` may be empty.
    explicit conformal_online(const conformal_online_options &options = {},
                              std::span<const double> gamma = {})
        : state_(detail::created<owner>([&](qc_conformal_online **state) {
              return qc_conformal_online_create(&options, gamma.data(), gamma.size(), state);
          })) {}

    /// qc_conformal_online_deserialize()
    static conformal_online deserialize(std::span<const std::uint8_t> bytes) {
        return conformal_online(detail::created<owner>([&](qc_conformal_online **state) {
            return qc_conformal_online_deserialize(bytes.data(), bytes.size(), state);
        }));
    }

    /// qc_conformal_online_calibrate()
    void calibrate(std::span<const double> scores) {
        detail::check(qc_conformal_online_calibrate(get(), scores.data(), scores.size()));
    }

    /// qc_conformal_online_threshold()
    conformal_online_interval threshold(double forecast = 0) const {
        conformal_online_interval interval{};
        detail::check(
            qc_conformal_online_threshold(get(), forecast, &interval.lower, &interval.upper));
        return interval;
    }

    /// qc_conformal_online_observe(): 1 covered, 0 missed, -1 missing.
    std::int32_t observe(double score, double forecast = 0) {
        std::int32_t covered = 0;
        detail::check(qc_conformal_online_observe(get(), score, forecast, &covered));
        return covered;
    }

    /// qc_conformal_online_run(). `forecasts` may be empty.
    conformal_online_path run(std::span<const double> scores,
                              std::span<const double> forecasts = {}) {
        const std::size_t n = scores.size();
        detail::require_size_if_given(forecasts.size(), n, "forecasts");
        conformal_online_path path{std::vector<double>(n), std::vector<double>(n),
                                   std::vector<std::int32_t>(n)};
        detail::check(
            qc_conformal_online_run(get(), scores.data(), detail::pointer_if_given(forecasts), n,
                                    path.lower.data(), path.upper.data(), path.covered.data()));
        return path;
    }

    /// qc_conformal_online_summarize()
    qc_conformal_online_summary summarize() const {
        qc_conformal_online_summary summary{};
        summary.struct_size = sizeof summary;
        detail::check(qc_conformal_online_summarize(get(), &summary));
        return summary;
    }

    /// qc_conformal_online_serialize()
    std::vector<std::uint8_t> serialize() const {
        std::size_t size = 0;
        detail::check(qc_conformal_online_serialize(get(), nullptr, 0, &size));
        std::vector<std::uint8_t> bytes(size);
        detail::check(qc_conformal_online_serialize(get(), bytes.data(), size, nullptr));
        return bytes;
    }

    /// The handle, for the functions of C.
    qc_conformal_online *get() const noexcept { return state_.get(); }

private:
    using owner = handle<qc_conformal_online, qc_conformal_online_destroy>;

    explicit conformal_online(owner state) : state_(std::move(state)) {}

    owner state_;
};

} // namespace quantcal

#endif
