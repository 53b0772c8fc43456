#' Unimodal regression
#'
#' Weighted least-squares unimodal regression of a sequence: the `x` that
#' minimises `sum(weights * (y - x)^2)` while rising up to the mode and falling
#' after it (for a valley the other way round). Linear time.
#'
#' @param y Values, finite. May be empty.
#' @param weights Weights, one for each value, finite, not negative and not all
#'   0; `NULL` for ones. A point of weight 0 has the value of its neighbour away
#'   from the mode, or if there is none, of the other.
#' @param shape `"peak"` or `"valley"`.
#' @param mode The place of the peak or valley, counted from 1; `NULL` for the
#'   one with the least error, the first if some tie.
#' @return A list with the fitted values `x` and the place of the `mode`, counted
#'   from 1 (of length 0 if there are no points).
#' @references Stout (2008), Unimodal regression via prefix isotonic regression.
#'   Computational Statistics & Data Analysis 53(2).
#' @examples
#' isotonic_unimodal(c(1, 3, 2, 5, 4, 4, 1, 2))
#' isotonic_unimodal(c(1, 3, 2, 5, 4, 4, 1, 2), mode = 2)$x
#' isotonic_unimodal(c(3, 1, 2, 0, 4), shape = "valley")$mode
#' @export
isotonic_unimodal <- function(y, weights = NULL, shape = c("peak", "valley"), mode = NULL) {
  .Call(
    C_isotonic_unimodal,
    numbers(y, "y"),
    numbers_or_null(weights, "weights"),
    chosen(shape),
    numbers_or_null(mode, "mode")
  )
}

#' Convex and concave regression
#'
#' Weighted least-squares regression on a predictor by a convex or concave
#' function, which may have to be increasing or decreasing too: the function `g`
#' that minimises `sum(weights * (y - g(x))^2)`. It is piecewise linear with few
#' knots. The solution is exact up to rounding.
#'
#' Between knots the function is linear, and beyond the first and the last it goes
#' on with the slope at the end.
#'
#' @param x Predictors, finite, in any order. Points with equal predictors count
#'   as one, with their weighted mean.
#' @param y Values, one for each predictor, finite.
#' @param weights Weights, one for each point, finite, not negative and not all
#'   0; `NULL` for ones. A point of weight 0 does not move the fit.
#' @param curvature `"convex"` or `"concave"`.
#' @param monotonicity `"any"`, `"increasing"` or `"decreasing"`.
#' @return A list with
#'   \item{fitted}{the function at each predictor;}
#'   \item{knots}{the predictors at which the function begins, bends, and ends, in
#'     ascending order;}
#'   \item{values}{the function at the knots.}
#' @references Lawson and Hanson (1974), Solving Least Squares Problems, chapter
#'   23. Fraser and Massam (1989), A mixed primal-dual bases algorithm for
#'   regression under inequality constraints. Scandinavian Journal of Statistics
#'   16.
#' @examples
#' fit <- isotonic_convex(0:5, c(3, 1, 2, 0, 2, 6))
#' fit$fitted
#' fit$knots
#' isotonic_convex(0:5, c(3, 1, 2, 0, 2, 6), monotonicity = "increasing")$fitted
#' @export
isotonic_convex <- function(x, y, weights = NULL, curvature = c("convex", "concave"),
                            monotonicity = c("any", "increasing", "decreasing")) {
  .Call(
    C_isotonic_convex,
    numbers(x, "x"),
    numbers(y, "y"),
    numbers_or_null(weights, "weights"),
    chosen(curvature),
    c(2, 0, 1)[chosen(monotonicity) + 1]
  )
}
