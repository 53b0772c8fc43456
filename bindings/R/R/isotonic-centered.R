#' Centered isotonic regression
#'
#' Isotonic regression of `y` on `x` whose steps are points: neighbours whose
#' means are out of order are pooled at the weighted mean of their `x`, and the
#' curve runs straight from point to point. So it rises strictly inside. With
#' intervals for shares of successes, as in studies of dose and response.
#'
#' Means are compared exactly. A share stands for the fraction of its whole number
#' of trials that it is nearest to, so shares tie where the fractions do.
#'
#' @param x Predictors, such as doses; finite, in any order. Equal ones are pooled.
#'   Of `print()` and `plot()`: a fit.
#' @param y Responses, one for each predictor; for an interval shares of successes,
#'   0 to 1.
#' @param weights Weights, finite, not negative and not all 0; `NULL` for ones. For
#'   an interval whole numbers of trials. A point of weight 0 takes no part.
#' @param increasing `FALSE` for a curve that falls.
#' @param ties Whether neighbours with equal means are pooled: `"boundary"` is
#'   always but where both are at the same end of `y_range`.
#' @param interval `"morris"`: Morris's exact bounds for ordered chances, narrowed
#'   by Wilson's; `"wilson"`: these alone, point by point; `"none"`: then `y` may be
#'   anything.
#' @param confidence The confidence of the intervals, strictly between 0 and 1.
#' @param y_range The ends of the range of `y`, for `ties`; either may be infinite.
#' @return An object of class `quantcal_isotonic_centered`, a list of
#'   \item{x, y, weights}{the data;}
#'   \item{fitted}{the curve at each `x`;}
#'   \item{lower, upper}{its bounds there, `NULL` if there is no interval;}
#'   \item{knots, values}{where the curve bends, ascending, and its value there;}
#'   \item{knot_weights}{the weight behind each knot; 0 for one that only leads the
#'     curve to the first or last `x`;}
#'   \item{knot_lower, knot_upper}{the bounds of each.}
#'
#'   `predict()` gives the curve at new `x`, level beyond the data; with
#'   `interval = "confidence"` a matrix with the columns `fit`, `lwr` and `upr`.
#' @references Oron and Flournoy (2017), Centered isotonic regression: point and
#'   interval estimation for dose-response studies. Statistics in
#'   Biopharmaceutical Research 9, 258-267. Morris (1988), Small-sample confidence
#'   limits for parameters under inequality constraints with application to quantal
#'   bioassay. Biometrics 44, 1083-1092.
#' @examples
#' successes <- c(1, 3, 2, 6, 8)
#' fit <- isotonic_centered(1:5, successes / 10, weights = rep(10, 5))
#' fit
#' predict(fit, c(1.75, 3.2))
#' predict(fit, c(1.75, 3.2), interval = "confidence")
#' plot(fit)
#' @export
isotonic_centered <- function(x, y, weights = NULL, increasing = TRUE,
                              ties = c("boundary", "never", "always"),
                              interval = c("morris", "wilson", "none"), confidence = 0.9,
                              y_range = c(0, 1)) {
  x <- numbers(x, "x")
  y <- numbers(y, "y")
  weights <- numbers_or_null(weights, "weights")
  confidence <- numbers(confidence, "confidence")
  y_range <- numbers(y_range, "y_range")
  if (length(confidence) != 1 || length(y_range) != 2) {
    refuse("size", sys.call(), "confidence must be one number, y_range two")
  }
  settings <- c(
    !flag(increasing, "increasing"),
    chosen(ties),
    2 - chosen(interval),
    confidence, y_range
  )
  fit <- .Call(C_isotonic_centered, x, y, weights, settings)
  structure(
    c(list(x = x, y = y, weights = weights), fit, list(confidence = confidence)),
    class = "quantcal_isotonic_centered"
  )
}

#' @param object A fit.
#' @param newdata Where to predict; not `NaN`.
#' @param ... For `plot()`, passed on to [graphics::plot()]; otherwise not used.
#' @rdname isotonic_centered
#' @export
predict.quantcal_isotonic_centered <- function(object, newdata = object$x,
                                               interval = c("none", "confidence"), ...) {
  curve <- function(values) isotonic_predict(object$knots, values, newdata, outside = "clip")
  if (chosen(interval) == 0) {
    return(curve(object$values))
  }
  if (is.null(object$knot_lower)) {
    refuse("options", sys.call(), "the fit was made with interval = \"none\"")
  }
  cbind(fit = curve(object$values), lwr = curve(object$knot_lower),
        upr = curve(object$knot_upper))
}

#' @rdname isotonic_centered
#' @export
print.quantcal_isotonic_centered <- function(x, ...) {
  cat(sprintf("Centered isotonic regression: %.0f points, %d knots\n", length(x$x),
              length(x$knots)))
  knots <- data.frame(x = x$knots, value = x$values, weight = x$knot_weights)
  knots$lower <- x$knot_lower
  knots$upper <- x$knot_upper
  print(knots[seq_len(min(nrow(knots), 20)), ], row.names = FALSE)
  if (nrow(knots) > 20) {
    cat(sprintf("and %d more\n", nrow(knots) - 20L))
  }
  if (!is.null(x$knot_lower)) {
    cat(sprintf("confidence %s\n", format(x$confidence)))
  }
  invisible(x)
}

#' @param xlab,ylab As for [graphics::plot()].
#' @rdname isotonic_centered
#' @export
plot.quantcal_isotonic_centered <- function(x, xlab = "x", ylab = "y", ...) {
  graphics::plot(x$x, x$y, xlab = xlab, ylab = ylab, ...)
  graphics::lines(x$knots, x$values)
  if (!is.null(x$knot_lower)) {
    graphics::matlines(x$knots, cbind(x$knot_lower, x$knot_upper), col = 1, lty = 2)
  }
  invisible(x)
}
