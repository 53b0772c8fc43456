# conformal/regression_scores from R.

regression_call <- function(f, case, ...) {
  call_with(f, predictions = case$predictions, ..., kind = case$kind, sides = case$sides,
            levels = case$levels, beta = case$beta, minimum_scale = case$minimum_scale)
}

vector_calls <- c(vector_calls, list(
  qc_conformal_regression_options_init = function(case) {
    names <- c("kind", "sides", "threshold_for", "empty", "beta", "minimum_scale")
    sapply(names, default, f = conformal_regression_intervals, simplify = FALSE)
  },
  qc_conformal_regression_scores = function(case) {
    list(scores = regression_call(conformal_regression_scores, case, y = as.numeric(case$y)))
  },
  qc_conformal_regression_intervals = function(case) {
    limits <- regression_call(conformal_regression_intervals, case, thresholds = case$thresholds,
                              threshold_for = case$threshold_for, empty = case$empty)
    list(lower = limits[, "lower"], upper = limits[, "upper"])
  }
))
