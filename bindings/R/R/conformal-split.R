#' The conformal rank
#'
#' The smallest whole number `k >= (n + 1) * (1 - alpha)`, where `alpha` is the
#' decimal that was typed and the arithmetic is exact. The usual
#' `ceiling((n + 1) * (1 - alpha))` is one too large for many pairs:
#' `n = 24`, `alpha = 0.44` gives 15 where 14 is right.
#'
#' @param n How many calibration scores there are, whole numbers from 0.
#' @param alpha Miscoverage levels, strictly between 0 and 1. The shorter of `n`
#'   and `alpha` is recycled.
#' @return The ranks, 1 to `n + 1`; `n + 1` says that `n` scores are too few for
#'   this `alpha`. Doubles instead of integers if one exceeds 2^31 - 1.
#' @references Vovk, Gammerman and Shafer (2005), Algorithmic learning in a random
#'   world, section 2.
#' @examples
#' conformal_rank(24, 0.44)
#' ceiling(25 * (1 - 0.44))
#' conformal_rank(c(5, 50, 500), 0.1)
#' @export
conformal_rank <- function(n, alpha) {
  n <- numbers(n, "n")
  alpha <- numbers(alpha, "alpha")
  longer <- max(length(n), length(alpha))
  if (min(length(n), length(alpha)) > 0 && longer %% min(length(n), length(alpha)) != 0) {
    warning("longer object length is not a multiple of shorter object length")
  }
  .Call(C_conformal_rank, n, alpha)
}

#' The conformal threshold
#'
#' The `conformal_rank(length(scores), alpha)`-th smallest score, or `Inf` if the
#' scores are too few. If a test point is exchangeable with the calibration
#' points, its score is at most the threshold with probability at least
#' `1 - alpha`. The scores are neither sorted nor copied.
#'
#' @param scores Calibration scores in any order; larger is stranger. `Inf` and
#'   `-Inf` are allowed.
#' @param alpha The miscoverage level, strictly between 0 and 1.
#' @return The threshold, one number.
#' @references Papadopoulos, Proedrou, Vovk and Gammerman (2002), Inductive
#'   confidence machines for regression.
#' @examples
#' residuals <- abs(lm(dist ~ speed, cars)$residuals)
#' conformal_threshold(residuals, alpha = 0.1)
#' conformal_threshold(1:5, alpha = 0.1)
#' @export
conformal_threshold <- function(scores, alpha) {
  .Call(C_conformal_threshold, numbers(scores, "scores"), numbers(alpha, "alpha"))
}

#' Prediction sets
#'
#' Class `j` is in the set of row `i` if and only if
#' `scores[i, j] <= threshold`.
#'
#' @param scores A matrix with a row for each point and a column for each class;
#'   infinities are allowed.
#' @param threshold As from [conformal_threshold()]. `Inf` takes in every class.
#' @return An object of class `quantcal_conformal_sets`, a list of
#'   \item{mask}{a raw matrix with a row for each point: class `j`, counted from 0,
#'     is bit `j %% 8` (the lowest is bit 0) of column `j %/% 8 + 1`;}
#'   \item{sizes}{the number of classes in each set, which may be 0;}
#'   \item{threshold, dim, dimnames}{of the scores.}
#'
#'   `as.matrix()` and `as.logical()` turn it into a logical matrix shaped and
#'   named like `scores`, `TRUE` where the class is in the set. That matrix is
#'   32 times as large as the mask.
#' @examples
#' scores <- matrix(c(0.1, 0.8, 0.9, 0.4, 0.7, 0.2), 2, dimnames = list(NULL, c("a", "b", "c")))
#' sets <- conformal_sets(scores, threshold = 0.7)
#' sets
#' sets$sizes
#' as.matrix(sets)
#' @export
conformal_sets <- function(scores, threshold) {
  values <- number_matrix(scores, "scores")
  sets <- .Call(C_conformal_sets, values, numbers(threshold, "threshold"))
  shape <- list(threshold = threshold, dim = dim(values), dimnames = dimnames(values))
  structure(c(sets, shape), class = "quantcal_conformal_sets")
}

#' @param x Prediction sets.
#' @param ... Not used.
#' @rdname conformal_sets
#' @export
as.matrix.quantcal_conformal_sets <- function(x, ...) {
  members <- .Call(C_conformal_members, x$mask, as.double(x$dim[2]))
  dimnames(members) <- x$dimnames
  members
}

#' @rdname conformal_sets
#' @export
as.logical.quantcal_conformal_sets <- function(x, ...) as.matrix(x)

#' @rdname conformal_sets
#' @export
print.quantcal_conformal_sets <- function(x, ...) {
  cat(sprintf("Prediction sets: %d points, %d classes, threshold %s\n",
              x$dim[1], x$dim[2], format(x$threshold)))
  if (length(x$sizes) > 0) {
    cat(sprintf("mean size %s, smallest %d, largest %d\n", format(mean(x$sizes), digits = 3),
                min(x$sizes), max(x$sizes)))
  }
  invisible(x)
}

#' Prediction intervals
#'
#' `mean - threshold` to `mean + threshold`, for a threshold on the absolute
#' residuals.
#'
#' @param mean Predictions, finite.
#' @param threshold As from [conformal_threshold()] of `abs(y - mean)` on
#'   calibration data, not negative. `Inf` gives the whole line.
#' @return A matrix with a row for each prediction and the columns `lower` and
#'   `upper`.
#' @examples
#' fit <- lm(dist ~ speed, cars)
#' threshold <- conformal_threshold(abs(fit$residuals), alpha = 0.1)
#' conformal_intervals(predict(fit, data.frame(speed = c(10, 20))), threshold)
#' @export
conformal_intervals <- function(mean, threshold) {
  limits <- .Call(C_conformal_intervals, numbers(mean, "mean"), numbers(threshold, "threshold"))
  dimnames(limits) <- list(names(mean), c("lower", "upper"))
  limits
}
