# isotonic/distribution from R.

distribution_fit <- function(case) {
  increasing <- if (!is.null(case$direction)) case$direction == "increasing"
  call_with(isotonic_distribution, x = case$x, y = case$y, weights = case$weights,
            events = case$events, increasing = increasing)
}

distribution_functions <- function(fit, queries) {
  list(thresholds = fit$thresholds, probabilities = predict(fit, queries, type = "cdf"))
}

vector_calls <- c(vector_calls, list(
  qc_isotonic_distribution_options_init = function(case) {
    increasing <- default(isotonic_distribution, "increasing")
    list(direction = if (increasing) "increasing" else "decreasing")
  },
  qc_isotonic_distribution_create = function(case) {
    distribution_functions(distribution_fit(case), case$x)
  },
  qc_isotonic_distribution_destroy = function(case) {
    thresholds <- distribution_fit(case)$thresholds
    gc()
    list(thresholds = thresholds)
  },
  qc_isotonic_distribution_dimensions = function(case) {
    list(dimensions = distribution_fit(case)$dimensions)
  },
  qc_isotonic_distribution_thresholds = function(case) {
    list(thresholds = distribution_fit(case)$thresholds)
  },
  qc_isotonic_distribution_cdf = function(case) {
    list(probabilities = predict(distribution_fit(case), case$queries, type = "cdf",
                                 thresholds = case$thresholds))
  },
  qc_isotonic_distribution_quantile = function(case) {
    list(quantiles = predict(distribution_fit(case), case$queries, levels = case$levels))
  },
  qc_isotonic_distribution_crps = function(case) {
    list(crps = isotonic_distribution_crps(distribution_fit(case), case$queries, case$outcomes))
  },
  qc_isotonic_distribution_pit = function(case) {
    isotonic_distribution_pit(distribution_fit(case), case$queries, case$outcomes, case$seed)
  },
  qc_isotonic_distribution_serialize = function(case) {
    list(bytes = as.integer(distribution_fit(case)$bytes))
  },
  qc_isotonic_distribution_deserialize = function(case) {
    fit <- isotonic_distribution_from_bytes(as.raw(case$bytes))
    distribution_functions(fit, case$queries)
  }
))
