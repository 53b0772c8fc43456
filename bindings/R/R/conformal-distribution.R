#' Predictive distributions from residuals
#'
#' The residuals of calibration points turn each prediction into a distribution of its
#' outcome, `mean + scale * residual`, which holds if the outcome is exchangeable with
#' the calibration points, however wrong the model.
#'
#' With `z = (threshold - mean) / scale` the distribution function lies between
#' `sum(residuals < z) / (n + 1)` and `(sum(residuals <= z) + 1) / (n + 1)`. Residuals
#' and `z` are compared as they are, so that residuals must come of the same arithmetic:
#' `(y - mean) / scale`.
#'
#' @param residuals Residuals of calibration points, in any order; may be infinite.
#' @param mean Finite predictions.
#' @param thresholds In any order; may be infinite.
#' @param levels Strictly between 0 and 1, in any order; their ranks are exact for the
#'   decimals typed.
#' @param y As many outcomes as predictions.
#' @param scale As many scales, finite and greater than 0; or `NULL` for ones.
#' @param residual_groups,groups Groups of the residuals and of the predictions (Mondrian
#'   categories), whole numbers: each prediction has the residuals of its own group. `NULL`,
#'   both, for one group of all.
#' @param seed A whole number from 0 to 2^53. The same seed gives the same draws.
#' @return `conformal_distribution_cdf()`: a list of three matrices with a row for each
#'   prediction and a column for each threshold: the bounds `lower` and `upper`, and
#'   `smoothed` between them, by one uniform number for each prediction.
#'
#'   `conformal_distribution_quantile()`: a list of two matrices with a column for each
#'   level: the outcome is at most `upper` with probability at least the level, and
#'   below `lower` with probability at most the level. `-Inf` and `Inf` where there are
#'   too few residuals.
#'
#'   `conformal_distribution_crps()`: the continuous ranked probability score of each
#'   distribution for its outcome, with mass `1 / n` on each of the residuals.
#'
#'   `conformal_distribution_pit()`: a data frame with the bounds at each outcome
#'   (`lower`, `upper`), and the smoothed value (`pit`): a p-value, uniform on 0 to 1.
#' @references Vovk, Petej, Nouretdinov, Manokhin and Gammerman (2020), Computationally
#'   efficient versions of conformal predictive distributions. Neurocomputing 397,
#'   292-308.
#' @examples
#' residuals <- c(-2, -1, 1, 4)
#' conformal_distribution_cdf(residuals, 10, c(11, 12), scale = 2)
#' conformal_distribution_quantile(residuals, c(10, 20), c(0.2, 0.8))
#' conformal_distribution_crps(residuals, 10, 11, scale = 2)
#' conformal_distribution_pit(residuals, c(10, 20), c(11, 19), seed = 7)
#' @export
conformal_distribution_cdf <- function(residuals, mean, thresholds, scale = NULL, residual_groups = NULL,
                                       groups = NULL, seed = 0) {
  .Call(C_conformal_distribution_cdf, distributions(residuals, mean, scale, residual_groups, groups),
        numbers(thresholds, "thresholds"), numbers(seed, "seed"))
}

#' @rdname conformal_distribution_cdf
#' @export
conformal_distribution_quantile <- function(residuals, mean, levels, scale = NULL,
                                            residual_groups = NULL, groups = NULL) {
  .Call(C_conformal_distribution_quantile, distributions(residuals, mean, scale, residual_groups, groups),
        numbers(levels, "levels"))
}

#' @rdname conformal_distribution_cdf
#' @export
conformal_distribution_crps <- function(residuals, mean, y, scale = NULL, residual_groups = NULL,
                                        groups = NULL) {
  .Call(C_conformal_distribution_crps, distributions(residuals, mean, scale, residual_groups, groups),
        numbers(y, "y"))
}

#' @rdname conformal_distribution_cdf
#' @export
conformal_distribution_pit <- function(residuals, mean, y, scale = NULL, residual_groups = NULL,
                                       groups = NULL, seed = 0) {
  as.data.frame(.Call(C_conformal_distribution_pit,
                      distributions(residuals, mean, scale, residual_groups, groups),
                      numbers(y, "y"),
                      numbers(seed, "seed")))
}

# What every call takes, in one list.
distributions <- function(residuals, mean, scale, residual_groups, groups) {
  list(numbers(residuals, "residuals"), numbers(mean, "mean"), numbers_or_null(scale, "scale"),
       numbers_or_null(residual_groups, "residual_groups"), numbers_or_null(groups, "groups"))
}
