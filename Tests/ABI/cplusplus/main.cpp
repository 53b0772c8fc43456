// Every wrapper of quantcal.hpp, with answers that are known from the definition; and how
// errors, cancelling and exceptions in a callback arrive. The last line is
// `N passed, M failed`.
#include "check.hpp"

int main() {
    check_base();
    check_isotonic_regression();
    check_isotonic_prediction();
    check_isotonic_shape();
    check_isotonic_nearly();
    check_isotonic_centered();
    check_isotonic_order();
    check_isotonic_distribution();
    check_isotonic_reward();
    check_isotonic_state();
    check_conformal_calibrator();
    check_calibration();
    check_conformal_split();
    check_conformal_planning();
    check_conformal_risk();
    check_conformal_selection();
    check_conformal_refit_selection();
    check_conformal_holdout();
    check_conformal_online();
    check_conformal_batch();
    check_conformal_clusters();
    check_conformal_cross();
    check_conformal_regression_scores();
    check_conformal_class_scores();
    check_conformal_robust();
    check_conformal_circuit();
    check_conformal_censoring();
    check_conformal_abstention();
    check_conformal_policy();
    check_conformal_pursuit();
    check_conformal_distribution();
    check_conformal_martingale();
    check_quantize_integer();
    check_quantize_checkpoint();
    check_quantize_ggml();
    check_quantize_file();
    check_quantize_file_convert();
    check_quantize_grid();
    check_quantize_diagnostics();
    check_quantize_range();
    check_quantize_observer();
    check_quantize_prediction_range();
    check_quantize_samples();
    check_quantize_shared_range();
    check_quantize_vector();
    check_quantize_candidates();
    check_quantize_trellis();
    check_quantize_masked();
    check_quantize_outlier_victim();
    check_quantize_twin_log();
    check_quantize_noisy_bias();
    check_quantize_training();
    check_quantize_elastic();
    std::cout << "quantcal.hpp: " << passed << " passed, " << failed << " failed\n";
    return failed != 0 || passed == 0;
}
