#' Isotonic regression
#'
#' Isotonic regression of a sequence: the `x` that minimises
#' `sum(weights * (y - x)^2)`, or another loss, while never falling (or never
#' rising). It is made of blocks of neighbours that share one value: their
#' weighted mean, or for another loss a quantile, an expectile, and so on.
#'
#' Unlike [stats::isoreg()] it takes weights, also of 0, fits falling sequences
#' too, and reports the blocks. Points are taken in the order given; sort them
#' by their covariate first. Time and memory grow in proportion to their number.
#'
#' @param y Values, finite. May be empty.
#' @param weights Weights, one for each value, finite, not negative and not all
#'   0; `NULL` for ones. A point of weight 0 joins the block to its left.
#' @param increasing `TRUE` for a fit that never falls, `FALSE` for one that
#'   never rises, `"auto"` for what the sign of Spearman's rank correlation of `y`
#'   with its position says.
#' @param loss What a residual r = y - x costs: `"squared"` r^2; `"quantile"`
#'   level * r above the fit and (1 - level) * -r below, the absolute loss for
#'   level 0.5; `"expectile"` the same of r^2; `"huber"` squared up to
#'   `huber_threshold` and linear beyond; `"power"` |r|^power; `"chebyshev"` the
#'   largest weights * |r| instead of a sum. The `"poisson"` and `"binomial"`
#'   deviances, for `y` >= 0 and 0 to 1, have the fit of the squared loss.
#' @param level Of the quantile and the expectile loss; above 0, below 1.
#' @param huber_threshold Where the Huber loss becomes linear.
#' @param power Of the power loss; above 1.
#' @param solution Which optimal fit, where there are several: the default is the
#'   middle for `"chebyshev"` and the lower for the others.
#' @param lower,upper Bounds on the fit.
#' @param minimum_gap How far neighbours in the fit must lie apart. A block is then
#'   a run of neighbours that lie no further apart.
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
#' isotonic_regression(c(3, 1, 2, 5, 4), loss = "quantile", lower = 1.5)$x
#' @export
isotonic_regression <- function(y, weights = NULL, increasing = TRUE,
                                loss = c("squared", "quantile", "expectile", "huber", "power",
                                         "chebyshev", "poisson", "binomial"),
                                level = 0.5, huber_threshold = 1, power = 2,
                                solution = c("default", "lower", "upper", "middle"),
                                lower = -Inf, upper = Inf, minimum_gap = 0) {
  settings <- regression_settings(
    increasing, loss, solution, "secondary", level = level,
    huber_threshold = huber_threshold, power = power, lower = lower, upper = upper,
    minimum_gap = minimum_gap, tie_tolerance = 0
  )
  fit <- .Call(
    C_isotonic_regression,
    numbers(y, "y"),
    numbers_or_null(weights, "weights"),
    settings
  )
  structure(fit, class = "quantcal_isotonic_regression")
}

# The options of a regression as numbers, in the order in which C reads them.
regression_settings <- function(increasing, loss, solution, ties, ..., call = sys.call(-1)) {
  losses <- c("squared", "quantile", "expectile", "huber", "power", "chebyshev", "poisson",
              "binomial")
  choices <- c(
    if (identical(increasing, "auto")) 2 else !flag(increasing, "increasing", call),
    choice(loss, losses, "loss", call),
    choice(solution, c("default", "lower", "upper", "middle"), "solution", call),
    choice(ties, c("secondary", "primary", "tertiary"), "ties", call)
  )
  one_number <- function(name, value) {
    value <- numbers(value, name, call)
    if (length(value) != 1) {
      refuse("size", call, "%s must be one number", name)
    }
    value
  }
  values <- list(...)
  as.double(c(choices, unlist(Map(one_number, names(values), values))))
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
