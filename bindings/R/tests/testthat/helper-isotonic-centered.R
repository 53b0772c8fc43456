# isotonic/centered from R.

vector_calls <- c(vector_calls, list(
  qc_isotonic_centered_options_init = function(case) {
    list(direction = if (default(isotonic_centered, "increasing")) "increasing" else "decreasing",
         ties = default(isotonic_centered, "ties"),
         interval = default(isotonic_centered, "interval"),
         confidence = default(isotonic_centered, "confidence"),
         range_lower = eval(formals(isotonic_centered)$y_range)[1],
         range_upper = eval(formals(isotonic_centered)$y_range)[2])
  },
  qc_isotonic_centered = function(case) {
    ends <- eval(formals(isotonic_centered)$y_range)
    if (!is.null(case$range_lower)) ends[1] <- case$range_lower
    if (!is.null(case$range_upper)) ends[2] <- case$range_upper
    increasing <- if (!is.null(case$direction)) case$direction == "increasing"
    call_with(isotonic_centered, x = case$x, y = case$y, weights = case$weights,
              increasing = increasing, ties = case$ties, interval = case$interval,
              confidence = case$confidence, y_range = ends)
  }
))
