#' Bounds for one score of a batch
#'
#' `n` calibration scores and `m` test scores are exchangeable. The rank of the
#' `zeta`-th smallest test score is 1 and one more for each calibration score below
#' it, 1 to `n + 1`. Without ties all orders of the `n + m` scores are equally likely;
#' with ties the bounds hold with at least the same probability.
#'
#' `conformal_batch_rank()` gives the ranks of calibration scores that the `zeta`-th
#' smallest test score is less than, and greater than, with probabilities of at most
#' `alpha_lower` and `alpha_upper`; [conformal_order_statistic()] gives the scores of these ranks.
#' With `zeta = m` all test scores together are at most the upper one. With scores of a
#' selection, `zeta = k` and `alpha_lower`: select the test points whose score is less
#' than the lower one, and `k` or more are selected falsely with probability at most
#' `alpha_lower`.
#'
#' `conformal_batch_bracket()` gives ranks between which the `zeta_low`-th and the
#' `zeta_high`-th smallest test score lie together with probability at least
#' `1 - alpha`. The bracket widens by one rank at a time, up and down in turn, from
#' where these quantiles are expected.
#'
#' @param ranks Ranks at which to evaluate the law.
#' @param n,m The numbers of calibration and of test scores, at most 2^40 each (2^20
#'   for `conformal_batch_bracket()`).
#' @param zeta,zeta_low,zeta_high Which of the test scores, 1 to `m`, counted from the
#'   smallest.
#' @param alpha_lower,alpha_upper Probabilities of failing on each side, as the decimals
#'   that were typed; 0 asks for no bound. Their sum is strictly between 0 and 1.
#' @param alpha The probability of failing, strictly between 0 and 1.
#' @return `conformal_batch_law()`: a data frame with a row for each rank and the
#'   columns `pmf`, `at_most` and `at_least`. `conformal_batch_rank()`: the ranks,
#'   `c(lower = , upper = )`; 0 stands for `-Inf`, `n + 1` for `Inf`.
#'   `conformal_batch_bracket()`: a list of `lower`, `upper` and the `probability` of
#'   the bracket.
#' @references Lee, Tchetgen Tchetgen and Dobriban (2024), Batch predictive inference.
#' @examples
#' conformal_batch_rank(200, 40, 20, alpha_upper = 0.05)
#' conformal_batch_law(126:127, 200, 40, 20)
#' # all of five points together
#' conformal_batch_rank(99, 5, 5, alpha_upper = 0.1)[["upper"]]
#' conformal_batch_bracket(100, 20, 5, 15, alpha = 0.1)
#' @export
conformal_batch_rank <- function(n, m, zeta, alpha_lower = 0, alpha_upper = 0) {
  ranks <- .Call(C_conformal_batch_rank, numbers(n, "n"), numbers(m, "m"), numbers(zeta, "zeta"),
                 numbers(alpha_lower, "alpha_lower"), numbers(alpha_upper, "alpha_upper"))
  names(ranks) <- c("lower", "upper")
  ranks
}

#' @rdname conformal_batch_rank
#' @export
conformal_batch_law <- function(ranks, n, m, zeta) {
  as.data.frame(.Call(C_conformal_batch_law, numbers(n, "n"), numbers(m, "m"),
                      numbers(zeta, "zeta"), numbers(ranks, "ranks")))
}

#' @rdname conformal_batch_rank
#' @export
conformal_batch_bracket <- function(n, m, zeta_low, zeta_high, alpha) {
  .Call(C_conformal_batch_bracket, numbers(n, "n"), numbers(m, "m"),
        numbers(zeta_low, "zeta_low"), numbers(zeta_high, "zeta_high"), numbers(alpha, "alpha"))
}

#' The score of a rank
#'
#' @param scores Scores in any order; `Inf` and `-Inf` are allowed. They are neither
#'   sorted nor copied.
#' @param rank 0 to `length(scores) + 1`.
#' @return The `rank`-th smallest score; `-Inf` for rank 0, `Inf` for
#'   `length(scores) + 1`.
#' @examples
#' scores <- abs(lm(dist ~ speed, cars)$residuals)
#' # the median of 40 more cars
#' rank <- conformal_batch_rank(length(scores), 40, 20, alpha_upper = 0.05)[["upper"]]
#' conformal_order_statistic(scores, rank)
#' @export
conformal_order_statistic <- function(scores, rank) {
  .Call(C_conformal_order_statistic, numbers(scores, "scores"), numbers(rank, "rank"))
}

#' An upper bound for the mean of a batch
#'
#' `conformal_batch_rank_sum()` gives the smallest number that the ranks of all `m`
#' test scores, less 1 each, add up to at most with probability at least `1 - alpha`:
#' a quantile of the Mann-Whitney statistic, exact. Whenever they do, the mean of the
#' test scores is at most `conformal_batch_mean()`. For a lower bound, negate the scores.
#'
#' @param n,m The numbers of calibration and of test scores.
#' @param alpha The probability of failing, strictly between 0 and 1.
#' @param scores Calibration scores in any order; `Inf` and `-Inf` are allowed.
#' @param rank_sum 0 to `length(scores) * m`.
#' @param upper What no score exceeds. Without it the bound is `Inf` if `rank_sum` is
#'   `length(scores)` or more.
#' @return One number.
#' @references Lee, Tchetgen Tchetgen and Dobriban (2024), Batch predictive inference.
#' @examples
#' scores <- c(0.1, 0.2, 0.3, 0.5)
#' rank_sum <- conformal_batch_rank_sum(length(scores), 3, alpha = 0.2)
#' conformal_batch_mean(scores, 3, rank_sum, upper = 1)
#' @export
conformal_batch_mean <- function(scores, m, rank_sum, upper = Inf) {
  .Call(C_conformal_batch_mean, numbers(scores, "scores"), numbers(m, "m"),
        numbers(rank_sum, "rank_sum"), numbers(upper, "upper"))
}

#' @rdname conformal_batch_mean
#' @export
conformal_batch_rank_sum <- function(n, m, alpha) {
  .Call(C_conformal_batch_rank_sum, numbers(n, "n"), numbers(m, "m"), numbers(alpha, "alpha"))
}
