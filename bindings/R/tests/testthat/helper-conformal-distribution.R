# conformal/distribution from R.

on_distributions <- function(f, case, ...) {
  call_with(f, case$residuals, case$mean, ..., scale = case$scale,
            residual_groups = case$residual_groups, groups = case$groups)
}

vector_calls <- c(vector_calls, list(
  qc_conformal_distribution_cdf = function(case) {
    on_distributions(conformal_distribution_cdf, case, case$thresholds, seed = case$seed)
  },
  qc_conformal_distribution_quantile = function(case) {
    on_distributions(conformal_distribution_quantile, case, case$levels)
  },
  qc_conformal_distribution_crps = function(case) {
    list(crps = on_distributions(conformal_distribution_crps, case, case$y))
  },
  qc_conformal_distribution_pit = function(case) {
    on_distributions(conformal_distribution_pit, case, case$y, seed = case$seed)
  }
))
