/*
 * Family `conformal` for C++. See quantcal.hpp for the rules, holdout.h for what
 * the functions do.
 */
#ifndef QUANTCAL_CONFORMAL_HOLDOUT_HPP
#define QUANTCAL_CONFORMAL_HOLDOUT_HPP

#include "../base.hpp"
#include "holdout.h"

namespace quantcal {

using conformal_holdout_options =
    options<qc_conformal_holdout_options, qc_conformal_holdout_options_init>;

/// The answers that the budget allowed; 1 where one came from the holdout.
struct holdout_answers {
    std::vector<double> values;
    std::vector<std::uint8_t> from_holdout;
};

struct holdout_remaining {
    std::size_t budget;
    std::size_t asked;
};

/// A reusable holdout, which can be moved and not copied.
class conformal_holdout {
public:
    /// qc_conformal_holdout_create()
    explicit conformal_holdout(const conformal_holdout_options &options = {})
        : state_(detail::created<owner>([&](qc_conformal_holdout **state) {
              return qc_conformal_holdout_create(&options, state);
          })) {}

    /// qc_conformal_holdout_deserialize()
    static conformal_holdout deserialize(std::span<const std::uint8_t> bytes) {
        return conformal_holdout(detail::created<owner>([&](qc_conformal_holdout **state) {
            return qc_conformal_holdout_deserialize(bytes.data(), bytes.size(), state);
        }));
    }

    /// qc_conformal_holdout_ask()
    holdout_answers ask(std::span<const double> training, std::span<const double> holdout) {
        detail::require_size(holdout.size(), training.size(), "holdout");
        const std::size_t count = training.size();
        holdout_answers answers{std::vector<double>(count), std::vector<std::uint8_t>(count)};
        std::size_t answered = 0;
        detail::check(qc_conformal_holdout_ask(get(), training.data(), holdout.data(), count,
                                               answers.values.data(), answers.from_holdout.data(),
                                               &answered));
        answers.values.resize(answered);
        answers.from_holdout.resize(answered);
        return answers;
    }

    /// qc_conformal_holdout_remaining()
    holdout_remaining remaining() const {
        holdout_remaining left{};
        detail::check(qc_conformal_holdout_remaining(get(), &left.budget, &left.asked));
        return left;
    }

    /// qc_conformal_holdout_serialize()
    std::vector<std::uint8_t> serialize() const {
        std::size_t size = 0;
        detail::check(qc_conformal_holdout_serialize(get(), nullptr, 0, &size));
        std::vector<std::uint8_t> bytes(size);
        detail::check(qc_conformal_holdout_serialize(get(), bytes.data(), size, nullptr));
        return bytes;
    }

    /// The handle, for the functions of C.
    qc_conformal_holdout *get() const noexcept { return state_.get(); }

private:
    using owner = handle<qc_conformal_holdout, qc_conformal_holdout_destroy>;

    explicit conformal_holdout(owner state) : state_(std::move(state)) {}

    owner state_;
};

/// qc_conformal_holdout_error()
inline double conformal_holdout_error(std::size_t n, std::size_t questions, std::size_t budget,
                                      std::size_t grid, double threshold, double delta) {
    double error = 0;
    detail::check(qc_conformal_holdout_error(n, questions, budget, grid, threshold, delta, &error));
    return error;
}

/// qc_conformal_holdout_questions()
inline std::size_t conformal_holdout_questions(std::size_t n, std::size_t budget, std::size_t grid,
                                               double threshold, double delta, double accuracy) {
    std::size_t questions = 0;
    detail::check(
        qc_conformal_holdout_questions(n, budget, grid, threshold, delta, accuracy, &questions));
    return questions;
}

} // namespace quantcal

#endif
