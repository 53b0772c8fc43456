#' Online conformal prediction
#'
#' For scores that come one after the other and may drift. Before each point the
#' threshold says what its score must lie between to count as covered; afterwards
#' the score is observed, and the threshold adapts, so that in the long run a share
#' of about `alpha` is missed.
#'
#' **A state is changed in place**, as an environment is: after `b <- a`, both
#' names stand for one state. `conformal_online_deserialize(conformal_online_serialize(a))`
#' is a copy. A state is of the running session; what `save()` or `saveRDS()` keeps of
#' it cannot be used. Save what `conformal_online_serialize()` gives.
#'
#' @param method `"aci"`, adaptive conformal inference (Gibbs and Candes 2021);
#'   `"agaci"`, many of those aggregated (Zaffran et al. 2022; signed residuals);
#'   `"dtaci"`, dynamically tuned (Gibbs and Candes 2024); `"sf_ogd"`, scale-free
#'   gradient descent, and `"saocp"`, a strongly adaptive mixture of it (Bhatnagar et
#'   al. 2023); `"pid"`, the PID controller (Angelopoulos, Candes, Tibshirani 2023);
#'   `"enbpi"`, the narrowest interval of a window of signed residuals (Xu and Xie
#'   2021); `"nexcp"`, weights that fall with age (Barber et al. 2023).
#' @param alpha Wanted share of misses, above 0 and below 1.
#' @param gamma Step size of the levels: one for `"aci"` (0.005), or a grid for
#'   `"agaci"` and `"dtaci"` (0.001, 0.002, 0.004, ..., 0.128).
#' @param sides `"two"` for signed scores: each side is followed by itself, at half
#'   of `alpha`. `"agaci"` and `"enbpi"` have two sides in any case.
#' @param start The first level, radius or P term; by default `alpha` (of a side), 0
#'   and 0.
#' @param window How many of the latest scores are kept; 0 for all.
#' @param horizon Of `"dtaci"`: in about how many steps the best level may change.
#' @param score_bound Of `"sf_ogd"` and `"saocp"`: what scores are not expected to exceed.
#' @param lifetime Of `"saocp"`: steps that the shortest-lived radius lives.
#' @param learning_rate Of the P term of `"pid"`.
#' @param rate Whether `learning_rate` is times the largest magnitude of the scores in
#'   the window.
#' @param integrator The I term of `"pid"`.
#' @param saturation,integral_gain C_sat and K_I of the tangent integrator.
#' @param rho Of `"nexcp"`: what the weight of a score falls by with each step.
#' @param cap Of `"agaci"`: what an infinite end counts as; 0 for the largest magnitude
#'   in the window.
#' @param batch Of `"enbpi"`: how many residuals join the window at a time.
#' @return `conformal_online()` and `conformal_online_deserialize()` give a state, an
#'   object of class `quantcal_conformal_online`; `conformal_online_calibrate()` the
#'   state that it changed, invisibly. `conformal_online_threshold()` gives `lower` and
#'   `upper`, the ends of what is covered: `-Inf` and `Inf` for everything, an upper end
#'   of `-Inf` for nothing. `conformal_online_observe()` gives whether the point was
#'   covered, `NA` if its outcome is missing; `conformal_online_run()` a data frame of
#'   `lower`, `upper` and `covered` with a row for each score. `summary()` gives a list of
#'   counts and of what the method steers. `conformal_online_serialize()` gives a raw
#'   vector, the same on every machine.
#' @examples
#' state <- conformal_online("aci", alpha = 0.25, gamma = 0.125)
#' conformal_online_calibrate(state, c(4, 1, 3, 2))
#' conformal_online_threshold(state)
#' conformal_online_observe(state, 5)
#' conformal_online_run(state, c(2.5, 1.5, NA, 0.5))
#' summary(state)$misses
#' @export
conformal_online <- function(method = c("aci", "agaci", "dtaci", "sf_ogd", "saocp", "pid", "enbpi",
                                        "nexcp"),
                             alpha = 0.1, gamma = NULL, sides = c("one", "two"), start = NaN,
                             window = 0, horizon = 100, score_bound = 1, lifetime = 8,
                             learning_rate = 0.1, rate = c("scaled", "fixed"),
                             integrator = c("tangent", "none"), saturation = 1, integral_gain = 1,
                             rho = 0.99, cap = 0, batch = 1) {
  words <- c(chosen(method), chosen(sides), chosen(integrator), chosen(rate))
  new_online(.Call(
    C_conformal_online_create,
    words,
    list(
      numbers(alpha, "alpha"), numbers(start, "start"), numbers(horizon, "horizon"),
      numbers(score_bound, "score_bound"), numbers(learning_rate, "learning_rate"),
      numbers(saturation, "saturation"), numbers(integral_gain, "integral_gain"),
      numbers(rho, "rho"), numbers(cap, "cap")
    ),
    list(numbers(window, "window"), numbers(batch, "batch"), numbers(lifetime, "lifetime")),
    numbers_or_null(gamma, "gamma")
  ))
}

new_online <- function(handle) {
  structure(list(handle = handle), class = "quantcal_conformal_online")
}

online_handle <- function(state, call = sys.call(sys.parent())) {
  if (!inherits(state, "quantcal_conformal_online")) {
    refuse("type", call, "state must be a state of conformal_online(), not of class %s",
           class(state)[1])
  }
  state$handle
}

#' @param state,object,x A state.
#' @param scores Scores, finite, one after the other; with one side also `Inf`. Not
#'   `NA` for calibration; else `NA` is an outcome that is missing: nothing moves, but
#'   that `"enbpi"` takes the last residual again.
#' @rdname conformal_online
#' @export
conformal_online_calibrate <- function(state, scores) {
  .Call(C_conformal_online_calibrate, online_handle(state), numbers(scores, "scores"))
  invisible(state)
}

#' @param forecast,forecasts Of the scores, for `"pid"`.
#' @rdname conformal_online
#' @export
conformal_online_threshold <- function(state, forecast = 0) {
  ends <- .Call(C_conformal_online_threshold, online_handle(state), numbers(forecast, "forecast"))
  c(lower = ends[1], upper = ends[2])
}

#' @param score The score of the point that the threshold was for.
#' @rdname conformal_online
#' @export
conformal_online_observe <- function(state, score, forecast = 0) {
  .Call(C_conformal_online_observe, online_handle(state), numbers(score, "score"),
        numbers(forecast, "forecast"))
}

#' @rdname conformal_online
#' @export
conformal_online_run <- function(state, scores, forecasts = NULL) {
  as.data.frame(.Call(C_conformal_online_run, online_handle(state), numbers(scores, "scores"),
                      numbers_or_null(forecasts, "forecasts")))
}

#' @param ... Not used.
#' @rdname conformal_online
#' @export
summary.quantcal_conformal_online <- function(object, ...) {
  .Call(C_conformal_online_summarize, object$handle)
}

#' @rdname conformal_online
#' @export
conformal_online_serialize <- function(state) {
  .Call(C_conformal_online_serialize, online_handle(state))
}

#' @param bytes What `conformal_online_serialize()` gave. It may come from anyone: what is
#'   not a state is an error of class `quantcal_error_format`.
#' @rdname conformal_online
#' @export
conformal_online_deserialize <- function(bytes) {
  new_online(.Call(C_conformal_online_deserialize, raw_vector(bytes, "bytes")))
}

#' @rdname conformal_online
#' @export
print.quantcal_conformal_online <- function(x, ...) {
  counts <- summary(x)
  cat(sprintf("Online conformal prediction: %.0f of %.0f points missed, %.0f without an outcome\n",
              counts$misses, counts$observed, counts$missing))
  if (!is.nan(counts$upper_position)) {
    cat(sprintf("level or radius: %s\n", format(counts$upper_position)))
  }
  invisible(x)
}
