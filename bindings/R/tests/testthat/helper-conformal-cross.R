# conformal/cross from R.

cross_call <- function(f, case, ...) {
  call_with(f, residuals = as.numeric(case$residuals), predictions = case$predictions,
            alpha = case$alpha, method = case$method, sides = case$sides, ...)
}

cross_ends <- function(limits) list(lower = limits[, "lower"], upper = limits[, "upper"])

vector_calls <- c(vector_calls, list(
  qc_conformal_cross_options_init = function(case) {
    sapply(c("method", "sides", "aggregation"), default, f = conformal_cross_bootstrap_intervals,
           simplify = FALSE)
  },
  qc_conformal_cross_intervals = function(case) {
    cross_ends(cross_call(conformal_cross_intervals, case, fold = r_fold(case[["fold"]])))
  },
  qc_conformal_cross_bootstrap_predictions = function(case) {
    list(aggregated = call_with(conformal_cross_bootstrap_predictions, in_bag = case$in_bag,
                                predictions = case$predictions, aggregation = case$aggregation))
  },
  qc_conformal_cross_bootstrap_intervals = function(case) {
    cross_ends(cross_call(conformal_cross_bootstrap_intervals, case, in_bag = case$in_bag,
                          aggregation = case$aggregation))
  }
))
