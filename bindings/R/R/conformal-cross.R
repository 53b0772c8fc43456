#' Prediction intervals without a calibration set
#'
#' Intervals of CV+, the jackknife+, their minmax forms, and the jackknife+ after the
#' bootstrap. Every training point has a residual from a model that was fitted
#' without it; the candidates for the ends of an interval are the predictions of that
#' model less and plus the residual, and the ends are candidates of exact ranks. No
#' matrix of training by test points is made.
#'
#' Coverage is at least `1 - 2 * alpha` (a little less for a few small folds) and
#' typically `1 - alpha`; with `"minmax"` it is at least `1 - alpha`.
#'
#' @param residuals Of the training points: absolute, or signed (outcome less
#'   prediction) for sides other than `"symmetric"`. After the bootstrap, those of
#'   `conformal_cross_bootstrap_predictions()`; the residual of a point that every bag
#'   holds is not looked at.
#' @param predictions A matrix with a row for each point (test points for intervals,
#'   training points for `conformal_cross_bootstrap_predictions()`) and a column for
#'   each model: that without each fold, or that of each bag.
#' @param alpha The level, between 0 and 1.
#' @param fold The fold of each training point, counted from 1; `NULL` if each is a fold of
#'   its own, the jackknife+.
#' @param method `"plus"`, or `"minmax"`: the least and the greatest prediction less and
#'   plus the residual of the rank.
#' @param sides `"symmetric"` for absolute residuals. With signed ones,
#'   `"asymmetric"` lets each side miss with half the level; `"lower"` and `"upper"` give
#'   one end alone.
#' @return Intervals: a matrix with the columns `lower` and `upper`, infinite where there
#'   are too few points for the level.
#'   `conformal_cross_bootstrap_predictions()`: a vector, `NaN` for a point that every
#'   bag holds.
#' @references Barber, Candès, Ramdas and Tibshirani (2021), Predictive inference with the
#'   jackknife+. Kim, Xu and Barber (2020), Predictive inference is free with the
#'   jackknife+-after-bootstrap.
#' @examples
#' conformal_cross_intervals(c(0.5, 1, 0.25, 0.75), cbind(2, 3), alpha = 0.4,
#'                           fold = c(1, 1, 2, 2))
#' in_bag <- rbind(c(1, 0, 0), c(0, 2, 1))
#' conformal_cross_bootstrap_predictions(in_bag, rbind(c(1, 2, 4), 5:7))
#' @export
conformal_cross_intervals <- function(residuals, predictions, alpha, fold = NULL,
                                      method = c("plus", "minmax"),
                                      sides = c("symmetric", "asymmetric", "lower", "upper")) {
  values <- number_matrix(predictions, "predictions")
  limits <- .Call(C_conformal_cross_intervals, numbers(residuals, "residuals"),
                  numbers_or_null(fold, "fold"), values, numbers(alpha, "alpha"),
                  cross_options(method, sides, "mean"))
  dimnames(limits) <- list(rownames(values), c("lower", "upper"))
  limits
}

#' @param in_bag A matrix with a row for each training point and a column for each model:
#'   whether, or how often, the model's bag holds the point.
#' @param aggregation How the predictions of several models become one.
#' @rdname conformal_cross_intervals
#' @export
conformal_cross_bootstrap_predictions <- function(in_bag, predictions,
                                                  aggregation = c("mean", "median")) {
  values <- number_matrix(predictions, "predictions")
  aggregated <- .Call(C_conformal_cross_bootstrap_predictions, number_matrix(in_bag, "in_bag"), values,
                      cross_options("plus", "symmetric", aggregation))
  names(aggregated) <- rownames(values)
  aggregated
}

#' @rdname conformal_cross_intervals
#' @export
conformal_cross_bootstrap_intervals <- function(residuals, in_bag, predictions, alpha,
                                                method = c("plus", "minmax"),
                                                sides = c("symmetric", "asymmetric", "lower",
                                                          "upper"),
                                                aggregation = c("mean", "median")) {
  values <- number_matrix(predictions, "predictions")
  limits <- .Call(C_conformal_cross_bootstrap_intervals, numbers(residuals, "residuals"),
                  number_matrix(in_bag, "in_bag"), values, numbers(alpha, "alpha"),
                  cross_options(method, sides, aggregation))
  dimnames(limits) <- list(rownames(values), c("lower", "upper"))
  limits
}

# The options as C takes them.
cross_options <- function(method, sides, aggregation, call = sys.call(-1)) {
  c(choice(method, c("plus", "minmax"), "method", call),
    choice(sides, c("symmetric", "asymmetric", "lower", "upper"), "sides", call),
    choice(aggregation, c("mean", "median"), "aggregation", call))
}
