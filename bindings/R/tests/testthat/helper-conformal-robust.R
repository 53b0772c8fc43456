# conformal/robust from R.

vector_calls <- c(vector_calls, list(
  qc_conformal_robust_options_init = function(case) {
    names <- c("side", "correction", "beta", "radius", "sigma")
    sapply(names, default, f = conformal_robust_bounds, simplify = FALSE)
  },
  qc_conformal_transform_options_init = function(case) {
    names <- c("steepness", "centre")
    sapply(names, default, f = conformal_transformed_scores, simplify = FALSE)
  },
  qc_conformal_smoothed_scores = function(case) {
    earlier <- if (!is.null(case$earlier_draws)) {
      list(means = as.numeric(case$earlier_means), variances = as.numeric(case$earlier_variances),
           draws = case$earlier_draws)
    }
    conformal_smoothed_scores(case$samples, earlier)
  },
  qc_conformal_robust_bounds = function(case) {
    bounds <- call_with(conformal_robust_bounds, means = as.numeric(case$means),
                        draws = case$draws, variances = case$variances, side = case$side,
                        correction = case$correction, beta = case$beta, radius = case$radius,
                        sigma = case$sigma)
    list(bounds = bounds)
  },
  qc_conformal_robust_threshold = function(case) {
    threshold <- call_with(conformal_robust_threshold, scores = as.numeric(case$scores),
                           draws = case$draws, alpha = case$alpha, beta = case$beta)
    list(threshold = threshold)
  },
  qc_conformal_transformed_scores = function(case) {
    transformed <- call_with(conformal_transformed_scores, scores = as.numeric(case$scores),
                             reference = as.numeric(case$reference), steepness = case$steepness,
                             centre = case$centre)
    list(transformed = transformed)
  }
))
