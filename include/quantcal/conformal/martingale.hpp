/*
 * Family `conformal` for C++. See quantcal.hpp for the rules, martingale.h for what
 * the functions do.
 */
#ifndef QUANTCAL_CONFORMAL_MARTINGALE_HPP
#define QUANTCAL_CONFORMAL_MARTINGALE_HPP

#include "../base.hpp"
#include "martingale.h"

namespace quantcal {

using conformal_martingale_options =
    options<qc_conformal_martingale_options, qc_conformal_martingale_options_init>;

/// The p-values of scores, and the logarithm of the martingale after each bet.
struct conformal_martingale_path {
    std::vector<double> p_values;
    std::vector<double> log_martingale;
};

/// A test of exchangeability: a martingale, which can be moved and not copied.
class conformal_martingale {
public:
    /// qc_conformal_martingale_create()
    explicit conformal_martingale(const conformal_martingale_options &options = {})
        : martingale_(detail::created<owner>([&](qc_conformal_martingale **martingale) {
              return qc_conformal_martingale_create(&options, martingale);
          })) {}

    /// qc_conformal_martingale_deserialize()
    static conformal_martingale deserialize(std::span<const std::uint8_t> bytes) {
        return conformal_martingale(
            detail::created<owner>([&](qc_conformal_martingale **martingale) {
                return qc_conformal_martingale_deserialize(bytes.data(), bytes.size(), martingale);
            }));
    }

    /// qc_conformal_martingale_update()
    conformal_martingale_path update(std::span<const double> scores) {
        const std::size_t n = scores.size();
        conformal_martingale_path path{std::vector<double>(n), std::vector<double>(n)};
        detail::check(qc_conformal_martingale_update(get(), scores.data(), n, path.p_values.data(),
                                                     path.log_martingale.data()));
        return path;
    }

    /// qc_conformal_martingale_bet(): the logarithm of the martingale after each bet.
    std::vector<double> bet(std::span<const double> p_values) {
        std::vector<double> log_martingale(p_values.size());
        detail::check(qc_conformal_martingale_bet(get(), p_values.data(), p_values.size(),
                                                  log_martingale.data()));
        return log_martingale;
    }

    /// qc_conformal_martingale_summarize()
    qc_conformal_martingale_summary summarize() const {
        qc_conformal_martingale_summary summary{};
        summary.struct_size = sizeof summary;
        detail::check(qc_conformal_martingale_summarize(get(), &summary));
        return summary;
    }

    /// qc_conformal_martingale_serialize()
    std::vector<std::uint8_t> serialize() const {
        std::size_t size = 0;
        detail::check(qc_conformal_martingale_serialize(get(), nullptr, 0, &size));
        std::vector<std::uint8_t> bytes(size);
        detail::check(qc_conformal_martingale_serialize(get(), bytes.data(), size, nullptr));
        return bytes;
    }

    /// The handle, for the functions of C.
    qc_conformal_martingale *get() const noexcept { return martingale_.get(); }

private:
    using owner = handle<qc_conformal_martingale, qc_conformal_martingale_destroy>;

    explicit conformal_martingale(owner martingale) : martingale_(std::move(martingale)) {}

    owner martingale_;
};

} // namespace quantcal

#endif
