#' Conformal scores and intervals of regression models
#'
#' `conformal_regression_scores()` says how far each outcome lies outside what
#' was predicted; a calibrator such as [conformal_threshold()] makes a threshold
#' of the scores; `conformal_regression_intervals()` gives all outcomes whose
#' scores are at most the threshold.
#'
#' A score is the larger of two sides, below and above:
#'
#' | `kind` | columns of `predictions` | below, above |
#' |---|---|---|
#' | `"absolute"` | mean | `mean - y`, `y - mean` |
#' | `"normalised"` | mean, sigma | the same, divided by `sigma + beta` |
#' | `"gamma"` | mean, above 0 | the same, divided by the mean; `y >= 0` |
#' | `"cqr"` | low and high quantile | `low - y`, `y - high` |
#' | `"cqr_r"` | low and high quantile | the same, divided by `high - low` |
#' | `"cqr_m"` | low, middle, high | the same, divided by `middle - low` and by `high - middle` |
#' | `"quantiles"` | one for each level | `1/2 - F(y)`, `F(y-) - 1/2` |
#'
#' Columns of quantiles that cross are sorted. For `"quantiles"`, `F` is the
#' distribution function that is linear between the predicted quantiles, with
#' the outermost probabilities at the outermost quantiles. Scores are rounded up
#' and the ends of intervals inwards, so that an outcome lies in its interval
#' exactly if its score is at most the threshold.
#'
#' @param y Outcomes, finite.
#' @param predictions A matrix with a row for each point, or a vector for one
#'   column.
#' @param kind The kind of score; the same for scores and intervals, like
#'   `sides`, `levels`, `beta` and `minimum_scale`.
#' @param sides `"symmetric"`: one score for both sides. `"asymmetric"`: one for
#'   each, with thresholds of their own at their own levels; coverage is at least
#'   1 less the sum of the levels. `"lower"`, `"upper"`: one side alone, for a
#'   one-sided bound.
#' @param levels For `"quantiles"`: the levels of the columns, strictly
#'   increasing, between 0 and 1.
#' @param beta Added to sigma, at least 0.
#' @param minimum_scale The least that `"normalised"`, `"cqr_r"` and `"cqr_m"`
#'   divide by.
#' @return `conformal_regression_scores()`: a vector; for asymmetric sides a
#'   matrix with the columns `below` and `above`.
#'   `conformal_regression_intervals()`: a matrix with the columns `lower` and
#'   `upper`.
#' @references Papadopoulos, Gammerman and Vovk (2008), Normalized nonconformity
#'   measures for regression conformal prediction. Romano, Patterson and Candès
#'   (2019), Conformalized quantile regression. Chernozhukov, Wüthrich and Zhu
#'   (2021), Distributional conformal prediction.
#' @examples
#' quantiles <- cbind(low = c(2, 2, 2), high = c(5, 5, 5))
#' scores <- conformal_regression_scores(c(1, 4, 7), quantiles, kind = "cqr")
#' scores
#' threshold <- conformal_threshold(scores, alpha = 0.25)
#' conformal_regression_intervals(cbind(0, 3), threshold, kind = "cqr")
#' @export
conformal_regression_scores <- function(y, predictions,
                                        kind = c("absolute", "normalised", "gamma", "cqr",
                                                 "cqr_r", "cqr_m", "quantiles"),
                                        sides = c("symmetric", "asymmetric", "lower", "upper"),
                                        levels = NULL, beta = 0, minimum_scale = 1e-8) {
  options <- regression_options(kind, sides, levels, beta, minimum_scale)
  scores <- .Call(C_conformal_regression_scores, numbers(y, "y"),
                  columns_of(predictions, "predictions"), options)
  if (is.matrix(scores)) {
    dimnames(scores) <- list(names(y), c("below", "above"))
  } else {
    names(scores) <- names(y)
  }
  scores
}

#' @param thresholds For all points one number, or two (for below and above) with
#'   asymmetric sides; for each row a vector, or a matrix of two columns. `Inf`
#'   gives the whole line.
#' @param threshold_for Whose `thresholds` are.
#' @param empty What becomes of an interval that a negative threshold leaves
#'   empty: `"midpoint"`, which can only add coverage, or `"marked"` by `NaN`.
#' @rdname conformal_regression_scores
#' @export
conformal_regression_intervals <- function(predictions, thresholds,
                                           kind = c("absolute", "normalised", "gamma", "cqr",
                                                    "cqr_r", "cqr_m", "quantiles"),
                                           sides = c("symmetric", "asymmetric", "lower", "upper"),
                                           threshold_for = c("all", "each_row"),
                                           empty = c("midpoint", "marked"),
                                           levels = NULL, beta = 0, minimum_scale = 1e-8) {
  options <- regression_options(kind, sides, levels, beta, minimum_scale)
  options$threshold_for <- choice(threshold_for, c("all", "each_row"), "threshold_for")
  options$empty <- choice(empty, c("midpoint", "marked"), "empty")
  values <- columns_of(predictions, "predictions")
  limits <- .Call(C_conformal_regression_intervals, values,
                  columns_of(thresholds, "thresholds"), options)
  dimnames(limits) <- list(rownames(values), c("lower", "upper"))
  limits
}

# The options as C takes them.
regression_options <- function(kind, sides, levels, beta, minimum_scale, call = sys.call(-1)) {
  list(
    kind = choice(kind, c("absolute", "normalised", "gamma", "cqr", "cqr_r", "cqr_m",
                          "quantiles"), "kind", call),
    sides = choice(sides, c("symmetric", "asymmetric", "lower", "upper"), "sides", call),
    levels = numbers_or_null(levels, "levels", call),
    beta = numbers(beta, "beta", call),
    minimum_scale = numbers(minimum_scale, "minimum_scale", call),
    threshold_for = 0,
    empty = 0
  )
}

# A matrix, or a vector as one column.
columns_of <- function(x, name, call = sys.call(-1)) {
  if (is.null(dim(x))) numbers(x, name, call) else number_matrix(x, name, call)
}
