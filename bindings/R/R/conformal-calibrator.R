#' Conformal calibrators
#'
#' A calibrator takes calibration scores as they come and gives the thresholds and
#' p-values of split, Mondrian, class-conditional, clustered and weighted conformal
#' prediction. Points may have weights and groups. Calibrators of parts of the data
#' merge to that of all of it, to the last bit: nothing depends on the order of
#' the points.
#'
#' **A calibrator is changed in place**, as an environment is: after `b <- a`, both
#' names stand for one calibrator, and
#' `conformal_calibrator_deserialize(conformal_calibrator_serialize(a))` is a copy. It is
#' of the running session; save what `conformal_calibrator_serialize()` gives.
#'
#' @param groups For `conformal_calibrator()`, how many groups there are, or 0 for
#'   none. Elsewhere the group of each point, 1 to that number, or `NA` for a point of
#'   no group; `NULL` if there are no groups.
#' @param weighted Whether points have weights (covariate shift).
#' @param last_group With `"all"` the last group holds every point, whatever group
#'   it comes with: its threshold is the marginal one.
#' @return `conformal_calibrator()` and `conformal_calibrator_deserialize()` give a
#'   calibrator, an object of class `quantcal_conformal_calibrator`; `update()` and
#'   `merge()` the calibrator that they changed, invisibly.
#'   `conformal_calibrator_counts()` gives the number of points of each group.
#'   `conformal_calibrator_thresholds()` gives a matrix with a row for each group (one if
#'   there are none) and a column for each level; `Inf` where there are too few points.
#'   `conformal_calibrator_point_thresholds()` and `conformal_calibrator_p_values()` give a
#'   number for each test point. `conformal_calibrator_serialize()` gives a raw
#'   vector, the same on every machine.
#' @references Vovk, Gammerman and Shafer (2005), Algorithmic learning in a random
#'   world. Tibshirani, Foygel Barber, Candes and Ramdas (2019), Conformal prediction
#'   under covariate shift.
#' @examples
#' calibrator <- conformal_calibrator()
#' update(calibrator, c(0.3, 0.1, 0.9, 0.5))
#' conformal_calibrator_thresholds(calibrator, c(0.4, 0.1))
#' conformal_calibrator_p_values(calibrator, c(0.4, 0.9))
#'
#' shifted <- conformal_calibrator(weighted = TRUE)
#' update(shifted, 1:4, weights = c(1, 2, 1, 4))
#' conformal_calibrator_point_thresholds(shifted, 0.3, test_weights = c(2, 4))
#' @export
conformal_calibrator <- function(groups = 0, weighted = FALSE, last_group = c("own", "all")) {
  new_calibrator(.Call(
    C_conformal_calibrator_create,
    numbers(groups, "groups"),
    as.double(flag(weighted, "weighted")),
    chosen(last_group)
  ))
}

new_calibrator <- function(handle) {
  structure(list(handle = handle), class = "quantcal_conformal_calibrator")
}

calibrator_handle <- function(calibrator, name, call) {
  if (!inherits(calibrator, "quantcal_conformal_calibrator")) {
    refuse("type", call, "%s must be a conformal calibrator, not of class %s", name,
           class(calibrator)[1])
  }
  calibrator$handle
}

#' @param object,calibrator A calibrator.
#' @param scores Scores; larger is stranger. Infinities are data.
#' @param weights Weights, one for each point, finite and not negative, of any scale;
#'   for a weighted calibrator and no other.
#' @param ... Not used.
#' @rdname conformal_calibrator
#' @importFrom stats update
#' @export
update.quantcal_conformal_calibrator <- function(object, scores, weights = NULL, groups = NULL,
                                                 ...) {
  .Call(
    C_conformal_calibrator_update, object$handle, numbers(scores, "scores"),
    numbers_or_null(weights, "weights"), numbers_or_null(groups, "groups")
  )
  invisible(object)
}

#' @param x,y Calibrators made with the same options: `x` is changed, it gets the points
#'   of `y`.
#' @rdname conformal_calibrator
#' @export
merge.quantcal_conformal_calibrator <- function(x, y, ...) {
  .Call(C_conformal_calibrator_merge, x$handle, calibrator_handle(y, "y", sys.call()))
  invisible(x)
}

#' @rdname conformal_calibrator
#' @export
conformal_calibrator_counts <- function(calibrator) {
  .Call(C_conformal_calibrator_counts, calibrator_handle(calibrator, "calibrator", sys.call()))
}

#' @param alpha The miscoverage level, strictly between 0 and 1; for
#'   `conformal_calibrator_thresholds()`, several.
#' @rdname conformal_calibrator
#' @export
conformal_calibrator_thresholds <- function(calibrator, alpha) {
  .Call(
    C_conformal_calibrator_thresholds,
    calibrator_handle(calibrator, "calibrator", sys.call()), numbers(alpha, "alpha")
  )
}

#' @param test_weights Weights of test points, not negative, of the scale of the points'
#'   weights, `Inf` allowed; `NULL` for ones.
#' @param m The number of test points: that of their weights or groups, or 1, by default.
#' @rdname conformal_calibrator
#' @export
conformal_calibrator_point_thresholds <- function(calibrator, alpha, test_weights = NULL,
                                                  groups = NULL, m = NULL) {
  if (is.null(m)) {
    given <- if (is.null(test_weights)) groups else test_weights
    m <- if (is.null(given)) 1 else length(given)
  }
  .Call(
    C_conformal_calibrator_point_thresholds,
    calibrator_handle(calibrator, "calibrator", sys.call()), numbers(alpha, "alpha"),
    numbers_or_null(test_weights, "test_weights"), numbers_or_null(groups, "groups"), numbers(m, "m")
  )
}

#' @param tail Whether scores at least as large count against a test point, so that
#'   small p-values mean strange points, or those at most as large.
#' @param randomised Whether ties, and the point itself, count in a random share; p-values
#'   are then exactly uniform for exchangeable points.
#' @param seed Of the shares.
#' @param first_point The number of the first test point, from 0: calls for parts of the
#'   points give what one call for all of them does.
#' @rdname conformal_calibrator
#' @export
conformal_calibrator_p_values <- function(calibrator, scores, test_weights = NULL, groups = NULL,
                                          tail = c("upper", "lower"), randomised = FALSE, seed = 0,
                                          first_point = 0) {
  .Call(
    C_conformal_calibrator_p_values,
    calibrator_handle(calibrator, "calibrator", sys.call()), numbers(scores, "scores"),
    numbers_or_null(test_weights, "test_weights"), numbers_or_null(groups, "groups"), chosen(tail),
    as.double(flag(randomised, "randomised")), numbers(seed, "seed"),
    numbers(first_point, "first_point")
  )
}

#' @rdname conformal_calibrator
#' @export
conformal_calibrator_serialize <- function(calibrator) {
  .Call(C_conformal_calibrator_serialize, calibrator_handle(calibrator, "calibrator", sys.call()))
}

#' @param bytes What `conformal_calibrator_serialize()` gave. It may come from anyone: what is
#'   not a calibrator is an error of class `quantcal_error_format`.
#' @rdname conformal_calibrator
#' @export
conformal_calibrator_deserialize <- function(bytes) {
  new_calibrator(.Call(
    C_conformal_calibrator_deserialize, raw_vector(bytes, "bytes", sys.call())
  ))
}

#' @rdname conformal_calibrator
#' @export
print.quantcal_conformal_calibrator <- function(x, ...) {
  counts <- conformal_calibrator_counts(x)
  cat(sprintf("Conformal calibrator: %.0f points", sum(counts)))
  if (length(counts) > 1) cat(sprintf(" in %d groups", length(counts)))
  cat("\n")
  invisible(x)
}
