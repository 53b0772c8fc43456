# isotonic/nearly from R.

nearly_path <- function(case) {
  increasing <- if (!is.null(case$direction)) case$direction == "increasing"
  call_with(isotonic_nearly, y = case$y, weights = case$weights, increasing = increasing)
}

nearly_breakpoints <- function(case) {
  lambdas <- nearly_path(case)$breakpoints
  list(lambdas = lambdas, count = length(lambdas))
}

vector_calls <- c(vector_calls, list(
  qc_isotonic_nearly_options_init = function(case) {
    list(direction = if (default(isotonic_nearly, "increasing")) "increasing" else "decreasing")
  },
  qc_isotonic_nearly_create = nearly_breakpoints,
  qc_isotonic_nearly_breakpoints = nearly_breakpoints,
  qc_isotonic_nearly_fit = function(case) {
    path <- nearly_path(case)
    list(x = coef(path, case$lambda), degrees_of_freedom = isotonic_nearly_df(path, case$lambda))
  },
  qc_isotonic_nearly_destroy = function(case) {
    path <- nearly_path(case)
    rm(path)
    gc()
    list()
  }
))
