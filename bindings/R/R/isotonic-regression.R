#' Isotonic regression
#'
#' Weighted least-squares isotonic regression of a sequence: the `x` that
#' minimises `sum(weights * (y - x)^2)` while never falling (or never rising). It
#' is made of blocks of neighbours that share one value, their weighted mean.
#'
#' Unlike [stats::isoreg()] it takes weights, also of 0, fits falling sequences
#' too, and reports the blocks. Points are taken in the order given; sort them
#' by their covariate first. Time and memory grow in proportion to their number.
#'
#' @param y Values, finite. May be empty.
#' @param weights Weights, one for each value, finite, not negative and not all
#'   0; `NULL` for ones. A point of weight 0 joins the block to its left.
#' @param increasing `TRUE` for a fit that never falls, `FALSE` for one that
#'   never rises.
#' @return An object of class `quantcal_isotonic_regression`, a list of
#'   \item{x}{the fitted values, as many as `y`;}
#'   \item{weights}{the sum of the weights of each block;}
#'   \item{blocks}{where the blocks start, counted from 1, and one past the end:
#'     block `b` holds the points from `blocks[b]` to `blocks[b + 1] - 1`. Doubles
#'     instead of integers beyond 2^31 points.}
#' @references Busing (2022), Monotone regression: a simple and fast O(n) PAVA
#'   implementation. Journal of Statistical Software 102(1).
#' @examples
#' fit <- isotonic_regression(c(1, 3, 2, 4, 3.5))
#' fit
#' fit$x
#' fit$blocks
#' isotonic_regression(c(3, 1, 2), weights = c(1, 1, 3), increasing = FALSE)$x
#' @export
isotonic_regression <- function(y, weights = NULL, increasing = TRUE) {
  fit <- .Call(
    C_isotonic_regression,
    numbers(y, "y"),
    numbers_or_null(weights, "weights"),
    as.double(!flag(increasing, "increasing"))
  )
  structure(fit, class = "quantcal_isotonic_regression")
}

#' @param x A fit.
#' @param ... Not used.
#' @rdname isotonic_regression
#' @export
print.quantcal_isotonic_regression <- function(x, ...) {
  cat(sprintf("Isotonic regression: %.0f points in %d blocks\n", length(x$x), length(x$weights)))
  if (length(x$x) > 0) {
    cat(sprintf("from %s to %s\n", format(x$x[1]), format(x$x[length(x$x)])))
  }
  invisible(x)
}
