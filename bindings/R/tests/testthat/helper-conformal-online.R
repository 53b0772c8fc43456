# conformal/online from R.

online_options <- c("method", "sides", "integrator", "rate", "alpha", "start", "horizon", "score_bound",
                    "learning_rate", "saturation", "integral_gain", "rho", "cap", "window", "batch",
                    "lifetime")

new_online_case <- function(case) {
  state <- do.call(call_with, c(list(conformal_online), case[intersect(online_options, names(case))],
                                list(gamma = case$gamma)))
  if (!is.null(case$calibration)) conformal_online_calibrate(state, as.numeric(case$calibration))
  state
}

online_path <- function(state, case) {
  path <- conformal_online_run(state, as.numeric(case$scores), case$forecasts)
  list(lower = path$lower, upper = path$upper, covered = outcome_numbers(path$covered))
}

outcome_numbers <- function(covered) ifelse(is.na(covered), -1L, as.integer(covered))

after_online_run <- function(case) {
  state <- new_online_case(case)
  online_path(state, case)
  state
}

online_threshold <- function(case) {
  as.list(call_with(conformal_online_threshold, after_online_run(case), forecast = case$forecast))
}

vector_calls <- c(vector_calls, list(
  qc_conformal_online_options_init = function(case) {
    sapply(online_options, default, f = conformal_online, simplify = FALSE)
  },
  qc_conformal_online_create = online_threshold,
  qc_conformal_online_destroy = online_threshold,
  qc_conformal_online_calibrate = online_threshold,
  qc_conformal_online_threshold = online_threshold,
  qc_conformal_online_observe = function(case) {
    state <- new_online_case(case)
    covered <- vapply(case$scores, conformal_online_observe, NA, state = state)
    c(list(covered = outcome_numbers(covered)), as.list(conformal_online_threshold(state)))
  },
  qc_conformal_online_run = function(case) online_path(new_online_case(case), case),
  qc_conformal_online_summarize = function(case) summary(after_online_run(case)),
  qc_conformal_online_serialize = function(case) {
    list(bytes = as.integer(conformal_online_serialize(after_online_run(case))))
  },
  qc_conformal_online_deserialize = function(case) {
    online_path(conformal_online_deserialize(as.raw(case$bytes)), case)
  }
))
