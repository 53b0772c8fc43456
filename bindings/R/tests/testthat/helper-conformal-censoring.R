# conformal/censoring from R.

vector_calls <- c(vector_calls, list(
  qc_conformal_censoring_weights = function(case) {
    found <- call_with(conformal_censoring_weights, times = case$times, events = case$events,
                       weights = case$weights, points = case$points,
                       point_events = case$point_events, horizon = case$horizon, cap = case$cap)
    list(survival = found$survival, point_weights = found$weights, capped = found$capped)
  }
))
