/*
 * What the C++ programs share: counting, and comparing.
 */
#ifndef QUANTCAL_TESTS_CHECK_HPP
#define QUANTCAL_TESTS_CHECK_HPP

#include <cstddef>
#include <iostream>
#include <quantcal.hpp>
#include <source_location>
#include <string_view>

inline std::size_t passed = 0;
inline std::size_t failed = 0;

inline void check(bool holds, std::string_view what,
                  std::source_location where = std::source_location::current()) {
    if (holds) {
        passed++;
    } else {
        failed++;
        std::cout << "FAILED: " << where.file_name() << ":" << where.line() << ": " << what << "\n";
    }
}

/// The work throws an Exception that satisfies `holds`.
template <class Exception, class Work, class Predicate>
void check_throws(Work work, Predicate holds, std::string_view what,
                  std::source_location where = std::source_location::current()) {
    try {
        work();
        check(false, what, where);
    } catch (const Exception &exception) {
        check(holds(exception), exception.what(), where);
    }
}

/// The work throws an error with this status and a message that contains this text.
template <class Work>
void check_error(Work work, qc_status status, std::string_view text,
                 std::source_location where = std::source_location::current()) {
    check_throws<quantcal::error>(
        work,
        [&](const quantcal::error &error) {
            return error.status() == status &&
                   std::string_view(error.what()).find(text) != std::string_view::npos;
        },
        text, where);
}

void check_base();
void check_isotonic_regression();
void check_isotonic_prediction();
void check_isotonic_shape();
void check_isotonic_nearly();
void check_isotonic_centered();
void check_isotonic_order();
void check_isotonic_distribution();
void check_isotonic_reward();
void check_isotonic_state();
void check_conformal_calibrator();
void check_calibration();
void check_conformal_split();
void check_conformal_planning();
void check_conformal_risk();
void check_conformal_selection();
void check_conformal_refit_selection();
void check_conformal_holdout();
void check_conformal_online();
void check_conformal_batch();
void check_conformal_clusters();
void check_conformal_cross();
void check_conformal_regression_scores();
void check_conformal_class_scores();
void check_conformal_robust();
void check_conformal_circuit();
void check_conformal_censoring();
void check_conformal_abstention();
void check_conformal_policy();
void check_conformal_pursuit();
void check_conformal_distribution();
void check_conformal_martingale();
void check_quantize_integer();
void check_quantize_checkpoint();
void check_quantize_ggml();
void check_quantize_file();
void check_quantize_file_convert();
void check_quantize_grid();
void check_quantize_diagnostics();
void check_quantize_range();
void check_quantize_observer();
void check_quantize_prediction_range();
void check_quantize_samples();
void check_quantize_shared_range();
void check_quantize_vector();
void check_quantize_candidates();
void check_quantize_trellis();
void check_quantize_masked();
void check_quantize_outlier_victim();
void check_quantize_twin_log();
void check_quantize_noisy_bias();
void check_quantize_training();
void check_quantize_elastic();

#endif
