# isotonic/prediction from R.

direction_word <- function(direction) if (direction$increasing) "increasing" else "decreasing"

vector_calls <- c(vector_calls, list(
  qc_isotonic_direction = function(case) {
    answer <- isotonic_direction(case$x, case$y)
    list(direction = direction_word(answer), is_ambiguous = as.integer(answer$ambiguous),
         correlation = answer$correlation, interval_lower = answer$interval[1],
         interval_upper = answer$interval[2])
  },
  qc_isotonic_fit = function(case) {
    increasing <- if (!is.null(case$direction)) {
      switch(case$direction, increasing = TRUE, decreasing = FALSE, auto = "auto")
    }
    model <- call_with(isotonic, x = case$x, y = case$y, weights = case$weights,
                       increasing = increasing, loss = case$loss, level = case$level,
                       ties = case$ties, lower = case$lower_bound, upper = case$upper_bound,
                       minimum_gap = case$minimum_gap, tie_tolerance = case$tie_tolerance)
    list(fitted = fitted(model), knots = model$knots, values = model$values,
         direction = direction_word(model$direction))
  },
  qc_isotonic_predict_options_init = function(case) {
    list(interpolation = default(isotonic_predict, "interpolation"),
         outside = paste0("outside_", default(isotonic_predict, "outside")))
  },
  qc_isotonic_predict = function(case) {
    outside <- if (!is.null(case$outside)) sub("outside_", "", case$outside)
    list(predictions = call_with(isotonic_predict, knots = case$knots, values = case$values,
                                 x = case$queries, interpolation = case$interpolation,
                                 outside = outside))
  }
))
