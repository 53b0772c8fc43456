#' Isotonic regression on a predictor
#'
#' Fits a curve that rises (or falls) with `x`: the nearest to the points in
#' weighted least squares, or in another loss. The curve is linear between knots,
#' the ends of the runs of equal fitted values, and can be asked at new points.
#'
#' @param x Predictors, finite, in any order. May be empty.
#' @param y Responses, finite, one for each predictor.
#' @param weights Weights, one for each point, finite, not negative and not all
#'   0; `NULL` for ones. A point of weight 0 takes no part; its fitted value is
#'   that of the curve.
#' @param increasing `TRUE`, `FALSE`, or `"auto"`, which decides as
#'   [isotonic_direction()] does.
#' @param loss What a residual costs. The Poisson and binomial deviances have the
#'   fit of the squared loss.
#' @param level Of the quantile and the expectile loss; above 0, below 1.
#' @param huber_threshold Where the Huber loss becomes linear.
#' @param power Of the power loss; above 1.
#' @param solution Which optimal fit, where there are several: the default is the
#'   middle for `"chebyshev"` and the lower for the others.
#' @param lower,upper Bounds on the curve.
#' @param minimum_gap How far the values of neighbouring, different `x` must lie
#'   apart.
#' @param ties What is asked of points of equal `x`. `"secondary"`: one fitted
#'   value; `"primary"`: nothing, they are put in order of `y`; `"tertiary"`: only
#'   what they have in common is in order.
#' @param tie_tolerance Predictors are equal that differ from the least of them by
#'   no more than this part of the larger magnitude.
#' @return An object of class `quantcal_isotonic`, a list of
#'   \item{knots}{strictly ascending predictors;}
#'   \item{values}{the value of the curve at each knot;}
#'   \item{fitted}{the fitted value of each point;}
#'   \item{direction}{which way the curve goes, as [isotonic_direction()] says it;}
#'   \item{x, y}{the points;}
#'   \item{call}{the call.}
#'   It has methods for [predict()][predict.quantcal_isotonic], `fitted()`,
#'   `residuals()`, `plot()` and `print()`.
#' @references de Leeuw, Hornik, Mair (2009), Isotone optimization in R.
#'   Journal of Statistical Software 32(5).
#' @seealso [isotonic_regression()] for a sequence.
#' @examples
#' model <- isotonic(c(1, 2, 2, 3, 4), c(1, 5, 1, 2, 4), weights = c(1, 1, 3, 1, 0))
#' model
#' predict(model, c(0, 1.5, 9), outside = "clip")
#' isotonic(cars$speed, cars$dist, loss = "quantile", level = 0.9)$values
#' @export
isotonic <- function(x, y, weights = NULL, increasing = TRUE,
                     loss = c("squared", "quantile", "expectile", "huber", "power", "chebyshev",
                              "poisson", "binomial"),
                     level = 0.5, huber_threshold = 1, power = 2,
                     solution = c("default", "lower", "upper", "middle"),
                     lower = -Inf, upper = Inf, minimum_gap = 0,
                     ties = c("secondary", "primary", "tertiary"), tie_tolerance = 0) {
  settings <- regression_settings(
    increasing, loss, solution, ties, level = level, huber_threshold = huber_threshold,
    power = power, lower = lower, upper = upper, minimum_gap = minimum_gap,
    tie_tolerance = tie_tolerance
  )
  x <- numbers(x, "x")
  y <- numbers(y, "y")
  fit <- .Call(C_isotonic_fit, x, y, numbers_or_null(weights, "weights"), settings)
  structure(c(fit, list(x = x, y = y, call = match.call())), class = "quantcal_isotonic")
}

#' Whether a response rises or falls
#'
#' By the sign of Spearman's rank correlation, as scikit-learn decides it.
#'
#' @param x,y Finite numbers, one response for each predictor.
#' @return A list of
#'   \item{increasing}{whether the correlation is 0 or positive;}
#'   \item{ambiguous}{whether the data do not tell: the interval holds 0, or there
#'     is no correlation;}
#'   \item{correlation}{Spearman's rho; `NaN` if all of one side are equal;}
#'   \item{interval}{Fisher's interval, about 95 \%; `NaN` for three points or
#'     fewer.}
#' @examples
#' isotonic_direction(cars$speed, cars$dist)
#' @export
isotonic_direction <- function(x, y) {
  .Call(C_isotonic_direction, numbers(x, "x"), numbers(y, "y"))
}

#' Predictions of an isotonic curve
#'
#' @param knots Strictly ascending predictors, at least one.
#' @param values The value of the curve at each knot, in any order.
#' @param x,newdata Where to predict; not `NaN`.
#' @param interpolation Linear, or the value of the last knot at or below `x`.
#' @param outside What `x` beyond the knots gives: `NaN`, the value of the nearest
#'   knot, an error, or the line through the last two knots at that end. One knot
#'   is its value everywhere.
#' @return The values of the curve.
#' @examples
#' isotonic_predict(c(0, 1, 3), c(0, 2, 3), c(0.5, 2, 4), outside = "extrapolate")
#' @export
isotonic_predict <- function(knots, values, x, interpolation = c("linear", "step"),
                             outside = c("nan", "clip", "error", "extrapolate")) {
  .Call(
    C_isotonic_predict,
    numbers(knots, "knots"),
    numbers(values, "values"),
    numbers(x, "x"),
    chosen(interpolation),
    chosen(outside)
  )
}

#' @param object A fit of [isotonic()].
#' @param ... Not used.
#' @rdname isotonic_predict
#' @importFrom stats predict
#' @export
predict.quantcal_isotonic <- function(object, newdata = object$x,
                                      interpolation = c("linear", "step"),
                                      outside = c("nan", "clip", "error", "extrapolate"), ...) {
  isotonic_predict(
    object$knots, object$values, newdata,
    if (missing(interpolation)) "linear" else interpolation,
    if (missing(outside)) "nan" else outside
  )
}

#' @importFrom stats fitted
#' @export
fitted.quantcal_isotonic <- function(object, ...) object$fitted

#' @importFrom stats residuals
#' @export
residuals.quantcal_isotonic <- function(object, ...) object$y - object$fitted

#' @export
print.quantcal_isotonic <- function(x, ...) {
  cat(sprintf("Isotonic regression, %s: %.0f points, %d knots\n",
              if (x$direction$increasing) "increasing" else "decreasing",
              length(x$x), length(x$knots)))
  if (length(x$knots) > 0) {
    last <- length(x$knots)
    cat(sprintf("from %s at %s to %s at %s\n", format(x$values[1]), format(x$knots[1]),
                format(x$values[last]), format(x$knots[last])))
  }
  invisible(x)
}

#' @importFrom graphics lines plot
#' @export
plot.quantcal_isotonic <- function(x, xlab = "x", ylab = "y", ...) {
  plot(x$x, x$y, xlab = xlab, ylab = ylab, ...)
  lines(x$knots, x$values, lwd = 2)
  invisible(x)
}
