#' Weights for right-censored outcomes
#'
#' Points whose outcome is known count for others that were censored, by the inverse of
#' the Kaplan-Meier estimate `G(t-)` of the probability not to be censored before `t`;
#' at equal times events precede censorings. With these weights a weighted
#' [conformal_calibrator()] is calibrated for all points. A candidate outcome `t` of a test
#' point has the weight of `t`; the weight at the horizon is safe for every `t` up to it.
#'
#' @param times When outcomes were observed or censored.
#' @param events `TRUE` where an outcome was observed, `FALSE` where it is only known to be
#'   later.
#' @param weights Weights of the observations, not negative; ones if `NULL`.
#' @param points The times that get weights; `NULL` for the observations themselves.
#' @param point_events As `events`. If `NULL`, the outcomes of all `points` are known.
#' @param horizon Outcomes beyond it are only wanted to be so: their weight is that of the
#'   horizon, and those censored beyond it are known.
#' @param cap No weight is larger; at least 1.
#' @return A list of `weights`, 0 where the outcome is not known and `Inf` where `G(t-)` is
#'   0 (which it can only be later than all observations); `survival`, which is `G(t-)`;
#'   and `capped`, how many weights were above the cap.
#' @references Kaplan and Meier (1958), Nonparametric estimation from incomplete
#'   observations. Robins and Rotnitzky (1992), Recovery of information and adjustment for
#'   dependent censoring using surrogate markers.
#' @examples
#' conformal_censoring_weights(1:5, c(TRUE, FALSE, TRUE, FALSE, TRUE))
#' @export
conformal_censoring_weights <- function(times, events, weights = NULL, points = NULL,
                                        point_events = NULL, horizon = Inf, cap = Inf) {
  if (is.null(points)) {
    points <- times
    if (is.null(point_events)) {
      point_events <- events
    }
  }
  .Call(C_conformal_censoring_weights, numbers(times, "times"), numbers(events, "events"),
        numbers_or_null(weights, "weights"), numbers(points, "points"),
        numbers_or_null(point_events, "point_events"), numbers(horizon, "horizon"),
        numbers(cap, "cap"))
}
