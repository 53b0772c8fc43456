#' What a calibration set can promise
#'
#' The threshold is the `rank`-th smallest of `n` scores, which are drawn
#' independently from a law without ties (`Inf` for rank `n + 1`). Given these scores,
#' a new score is at most the threshold with a probability, the coverage, that varies
#' from one calibration set to the next: its law is Beta(`rank`, `n + 1 - rank`).
#' Of `m` new points so many are covered as BetaBinomial(`m`, `rank`,
#' `n + 1 - rank`) says, over calibration sets and new points together. With ties both
#' are stochastically larger.
#'
#' @param values Coverages at which to evaluate the law.
#' @param n The number of calibration scores, at most 2^40.
#' @param rank 1 to `n + 1`, as from [conformal_rank()] or [conformal_pac_rank()].
#' @param counts Numbers of covered points.
#' @param m The number of new points, at most 2^40.
#' @param levels Probabilities, 0 to 1.
#' @return `conformal_coverage_law()` and `conformal_covered_law()`: a data frame with a
#'   row for each value or count and the columns `at_most` and `at_least`, the
#'   probabilities of both tails, each accurate however small; and `pmf`, the
#'   probability of each count. `conformal_coverage_quantile()`: what the coverage does
#'   not exceed with these probabilities. `conformal_covered_quantile()`: the smallest
#'   numbers of points that are not exceeded with at least these probabilities.
#' @references Vovk (2012), Conditional validity of inductive conformal predictors.
#' @examples
#' rank <- conformal_rank(99, alpha = 0.1)
#' conformal_coverage_quantile(c(0.05, 0.95), 99, rank)
#' conformal_covered_quantile(c(0.005, 0.995), 99, rank, m = 1000)
#' conformal_coverage_law(c(0.85, 0.95), 99, rank)
#' conformal_covered_law(0:2, n = 1, rank = 1, m = 2)
#' @export
conformal_coverage_law <- function(values, n, rank) {
  as.data.frame(.Call(C_conformal_coverage_law, numbers(n, "n"), numbers(rank, "rank"),
                      numbers(values, "values")))
}

#' @rdname conformal_coverage_law
#' @export
conformal_coverage_quantile <- function(levels, n, rank) {
  .Call(C_conformal_coverage_quantile, numbers(n, "n"), numbers(rank, "rank"),
        numbers(levels, "levels"))
}

#' @rdname conformal_coverage_law
#' @export
conformal_covered_law <- function(counts, n, rank, m) {
  as.data.frame(.Call(C_conformal_covered_law, numbers(n, "n"), numbers(rank, "rank"),
                      numbers(m, "m"), numbers(counts, "counts")))
}

#' @rdname conformal_coverage_law
#' @export
conformal_covered_quantile <- function(levels, n, rank, m) {
  .Call(C_conformal_covered_quantile, numbers(n, "n"), numbers(rank, "rank"), numbers(m, "m"),
        numbers(levels, "levels"))
}

#' A rank that holds for nearly every calibration set
#'
#' The smallest rank for which the coverage is at least `1 - alpha` with probability at
#' least `1 - delta` over the `n` calibration scores. ([conformal_rank()] promises that
#' on the average of calibration sets only.)
#'
#' @param n The number of calibration scores, at most 2^40.
#' @param alpha The miscoverage level, strictly between 0 and 1.
#' @param delta The probability of a calibration set that fails, strictly between 0
#'   and 1.
#' @return `conformal_pac_rank()`: the rank, 1 to `n + 1`; `n + 1` says that `n` scores
#'   are too few. `conformal_pac_sample_size()`: how many suffice for a rank below
#'   `n + 1`, the smallest `n` with `(1 - alpha)^n <= delta`; a `quantcal_error` of class
#'   `quantcal_error_infeasible` if that is more than 10^8.
#' @references Vovk (2012), Conditional validity of inductive conformal predictors.
#' @examples
#' conformal_pac_rank(100, alpha = 0.1, delta = 0.05)
#' conformal_pac_sample_size(alpha = 0.05, delta = 0.05)
#' @export
conformal_pac_rank <- function(n, alpha, delta) {
  .Call(C_conformal_pac_rank, numbers(n, "n"), numbers(alpha, "alpha"), numbers(delta, "delta"))
}

#' @rdname conformal_pac_rank
#' @export
conformal_pac_sample_size <- function(alpha, delta) {
  .Call(C_conformal_pac_sample_size, numbers(alpha, "alpha"), numbers(delta, "delta"))
}

#' How many calibration scores are needed
#'
#' The smallest number for which the threshold is finite and the coverage within
#' `tolerance` of `1 - alpha` with probability at least `1 - delta`. As ranks go in steps,
#' a few numbers above it may fall a little short again.
#'
#' @param alpha The miscoverage level, strictly between 0 and 1.
#' @param tolerance How far the coverage may be from `1 - alpha`, strictly between 0 and 1.
#' @param delta The probability with which it may be farther, strictly between 0 and 1.
#' @return One whole number; a `quantcal_error` of class `quantcal_error_infeasible` if
#'   10^8 scores do not suffice.
#' @examples
#' conformal_sample_size(alpha = 0.1, tolerance = 0.03, delta = 0.05)
#' @export
conformal_sample_size <- function(alpha, tolerance, delta) {
  .Call(C_conformal_sample_size, numbers(alpha, "alpha"), numbers(tolerance, "tolerance"),
        numbers(delta, "delta"))
}
