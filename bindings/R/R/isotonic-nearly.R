#' Nearly-isotonic regression
#'
#' For every penalty `lambda` at once, the `x` that minimises
#' `sum(weights * (y - x)^2) / 2 + lambda * sum(pmax(-diff(x), 0))`: from `y`
#' itself at 0 to the isotonic fit; in between only falls that pay for their
#' penalty are left. `coef()` gives the fits, `isotonic_nearly_df()` their
#' degrees of freedom, `plot()` draws how the values move.
#'
#' As `lambda` grows, neighbours join and never part, and between two breakpoints
#' every value moves on a straight line. The whole path takes O(n log n) time, a
#' fit O(n).
#'
#' The object refers to memory of the library. One that was saved and loaded
#' again keeps its breakpoints, but must be made anew to give fits.
#'
#' @param y Values, finite. May be empty.
#' @param weights Weights, one for each value, finite, not negative and not all
#'   0; `NULL` for ones. A point of weight 0 joins the group to its left.
#' @param increasing `FALSE` to penalise rises instead of falls.
#' @return `isotonic_nearly()`: an object of class `quantcal_isotonic_nearly`, a
#'   list with `n`, the number of points; `breakpoints`, the penalties above 0 at
#'   which groups of neighbours join, in ascending order; and the `path` itself.
#'
#'   `coef()`: a vector for one `lambda`, otherwise a matrix with a column for each.
#'
#'   `isotonic_nearly_df()`: for each `lambda` the number of groups that have
#'   joined, an unbiased estimate of the fit's degrees of freedom if the weights
#'   are equal.
#' @references Tibshirani, Hoefling and Tibshirani (2011), Nearly-isotonic
#'   regression. Technometrics 53, 54-61.
#' @examples
#' path <- isotonic_nearly(c(1, 3, 2, 4, 0))
#' path
#' path$breakpoints
#' coef(path, lambda = 1)
#' coef(path, lambda = c(0, 1.5, Inf))
#' isotonic_nearly_df(path, lambda = c(0, 1.5, Inf))
#' plot(path)
#' @export
isotonic_nearly <- function(y, weights = NULL, increasing = TRUE) {
  y <- numbers(y, "y")
  path <- .Call(C_isotonic_nearly_create, y, numbers_or_null(weights, "weights"),
                as.double(!flag(increasing, "increasing")))
  structure(
    list(path = path, n = length(y), breakpoints = .Call(C_isotonic_nearly_breakpoints, path)),
    class = "quantcal_isotonic_nearly"
  )
}

#' @param object,x A path.
#' @param lambda Penalties, at least 0; `Inf` gives the isotonic fit.
#' @param ... For `plot()`, passed on to [graphics::matplot()]; otherwise not used.
#' @rdname isotonic_nearly
#' @export
coef.quantcal_isotonic_nearly <- function(object, lambda, ...) {
  fit <- nearly_fits(object, lambda)$x
  if (length(lambda) == 1) as.vector(fit) else fit
}

#' @rdname isotonic_nearly
#' @export
isotonic_nearly_df <- function(object, lambda) {
  if (!inherits(object, "quantcal_isotonic_nearly")) {
    refuse("type", sys.call(), "object must be a path from isotonic_nearly(), not of class %s",
           class(object)[1])
  }
  nearly_fits(object, lambda, values = FALSE)$degrees_of_freedom
}

# The fits at each lambda, one a column, and their degrees of freedom; without `values` only these.
nearly_fits <- function(object, lambda, values = TRUE, call = sys.call(-1)) {
  .Call(C_isotonic_nearly_fit, object$path, as.double(if (values) object$n else -1),
        numbers(lambda, "lambda", call))
}

#' @rdname isotonic_nearly
#' @export
print.quantcal_isotonic_nearly <- function(x, ...) {
  cat(sprintf("Nearly-isotonic path: %.0f points, %d breakpoints\n", x$n, length(x$breakpoints)))
  if (length(x$breakpoints) > 0) {
    cat(sprintf("lambda from %s to %s\n", format(x$breakpoints[1]),
                format(x$breakpoints[length(x$breakpoints)])))
  }
  invisible(x)
}

#' @param col,lty,xlab,ylab As for [graphics::matplot()].
#' @rdname isotonic_nearly
#' @export
plot.quantcal_isotonic_nearly <- function(x, col = 1, lty = 1, xlab = expression(lambda),
                                          ylab = "x", ...) {
  last <- if (length(x$breakpoints) > 0) x$breakpoints[length(x$breakpoints)] else 1
  lambda <- c(0, x$breakpoints, 1.1 * last)
  graphics::matplot(lambda, t(nearly_fits(x, lambda)$x), type = "l", col = col, lty = lty,
                    xlab = xlab, ylab = ylab, ...)
  invisible(x)
}
