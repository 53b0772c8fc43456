# isotonic/shape from R.

vector_calls <- c(vector_calls, list(
  qc_isotonic_unimodal_options_init = function(case) {
    list(shape = default(isotonic_unimodal, "shape"))
  },
  qc_isotonic_unimodal = function(case) {
    # The message of a refused mode counts from 1.
    mode <- if (!is.null(case$mode)) case$mode + 1
    fit <- call_with(isotonic_unimodal, y = case$y, weights = case$weights, shape = case$shape,
                     mode = mode)
    list(x = fit$x, mode = if (length(fit$mode) == 0) 0L else fit$mode - 1L)
  },
  qc_isotonic_convex_options_init = function(case) {
    list(curvature = default(isotonic_convex, "curvature"),
         monotonicity = default(isotonic_convex, "monotonicity"))
  },
  qc_isotonic_convex = function(case) {
    call_with(isotonic_convex, x = case$x, y = case$y, weights = case$weights,
              curvature = case$curvature, monotonicity = case$monotonicity)
  }
))
