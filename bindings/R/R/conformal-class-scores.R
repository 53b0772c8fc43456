#' Conformal scores and sets of classifiers
#'
#' `conformal_label_scores()` says how strange the true label of each row is; a
#' calibrator such as [conformal_threshold()] makes a threshold of the scores;
#' `conformal_class_sets()` gives the classes whose scores are at most the
#' threshold, straight from probabilities. `conformal_class_scores()` gives the
#' scores of all classes.
#'
#' With `p` the probability of a class, `o` its rank from 1 (larger first, ties by
#' column), `A` the sum of the probabilities before it, `u` the point's share and
#' `p1` the largest:
#'
#' | `kind` | score |
#' |---|---|
#' | `"lac"` | `1 - p` |
#' | `"margin"` | the largest probability of another class, less `p` |
#' | `"aps"` | `A + u p` |
#' | `"raps"` | `A + u p + lambda max(0, o - k_reg)` |
#' | `"saps"` | `u p1` if `o` is 1, else `p1 + lambda (o - 2 + u)` |
#' | `"top_k"` | `o - 1 + u` |
#' | `"log_loss"` | `-log(p)` |
#' | `"entropy"` | `-log(p)`, less the row's entropy |
#' | `"entmax"` | of logits: the norm, of exponent `1 / (gamma - 1)`, of their distances to the larger ones |
#'
#' Labels, classes and sets agree to the last bit, though no row is sorted.
#'
#' @param probs A matrix with a row for each point and a column for each class,
#'   each 0 to 1; for `"entmax"` logits.
#' @param labels The true class of each point: its column number, counted from 1,
#'   or a factor. The levels of a factor are matched to the columns' names if all
#'   of them are found there, otherwise they stand for the columns in order.
#' @param kind The kind of score; the same for calibration and test, like all
#'   that follows but `points`.
#' @param randomisation `u` is 1 (`"inclusive"`), 0 (`"exclusive"`) or uniform and
#'   another for each point (`"randomised"`). All are valid; the last makes
#'   coverage exact, the others may exceed it.
#' @param points Whose random shares: calibration and test points have different
#'   ones. By call, label scores are those of calibration points, and all else is
#'   of test points.
#' @param lambda Of `"raps"` and `"saps"`, at least 0.
#' @param k_reg Of `"raps"`: ranks up to it cost nothing.
#' @param gamma Of `"entmax"`: 1 (log-margin), 1.5 or 2 (sparsemax).
#' @param seed,first_row The random share of a point is a function of the seed and
#'   of the point's number, which is `first_row` for the first row.
#' @return `conformal_label_scores()`: a vector. `conformal_class_scores()`: a
#'   matrix like `probs`. `conformal_class_sets()`: as [conformal_sets()].
#' @references Sadinle, Lei and Wasserman (2019), Least ambiguous set-valued
#'   classifiers with bounded error levels. Romano, Sesia and Candès (2020),
#'   Classification with valid and adaptive coverage. Angelopoulos, Bates, Malik
#'   and Jordan (2021), Uncertainty sets for image classifiers using conformal
#'   prediction. Huang and others (2024), Conformal prediction for deep classifier
#'   via label ranking. Campos and others (2025), Sparse activations as conformal
#'   predictors.
#' @examples
#' probs <- rbind(c(0.5, 0.375, 0.125), c(0.25, 0.625, 0.125))
#' conformal_label_scores(probs, labels = c(2, 1), kind = "aps")
#' conformal_class_scores(probs, kind = "aps")
#' as.matrix(conformal_class_sets(probs, 0.9, kind = "aps"))
#' @export
conformal_label_scores <- function(probs, labels,
                                   kind = c("lac", "margin", "aps", "raps", "saps", "top_k",
                                            "log_loss", "entropy", "entmax"),
                                   randomisation = c("inclusive", "exclusive", "randomised"),
                                   points = c("by_call", "calibration", "test"), lambda = 0.2,
                                   k_reg = 5L, gamma = 1.5, seed = 42L, first_row = 0L) {
  options <- class_options(kind, randomisation, points, lambda, k_reg, gamma, seed, first_row)
  values <- number_matrix(probs, "probs")
  scores <- .Call(C_conformal_label_scores, values, column_numbers(labels, values), options)
  names(scores) <- rownames(values)
  scores
}

#' @rdname conformal_label_scores
#' @export
conformal_class_scores <- function(probs,
                                   kind = c("lac", "margin", "aps", "raps", "saps", "top_k",
                                            "log_loss", "entropy", "entmax"),
                                   randomisation = c("inclusive", "exclusive", "randomised"),
                                   points = c("by_call", "calibration", "test"), lambda = 0.2,
                                   k_reg = 5L, gamma = 1.5, seed = 42L, first_row = 0L) {
  options <- class_options(kind, randomisation, points, lambda, k_reg, gamma, seed, first_row)
  values <- number_matrix(probs, "probs")
  scores <- .Call(C_conformal_class_scores, values, options)
  dimnames(scores) <- dimnames(values)
  scores
}

#' @param thresholds One number for all, one for each row, or one for each class.
#'   `Inf` takes in every class.
#' @param threshold_for Whose `thresholds` are.
#' @param empty_sets Whether sets may be empty, or hold the top label instead:
#'   coverage can only rise, and is no longer exact.
#' @rdname conformal_label_scores
#' @export
conformal_class_sets <- function(probs, thresholds,
                                 kind = c("lac", "margin", "aps", "raps", "saps", "top_k",
                                          "log_loss", "entropy", "entmax"),
                                 randomisation = c("inclusive", "exclusive", "randomised"),
                                 threshold_for = c("all", "each_row", "each_class"),
                                 empty_sets = c("kept", "top_label"),
                                 points = c("by_call", "calibration", "test"), lambda = 0.2,
                                 k_reg = 5L, gamma = 1.5, seed = 42L, first_row = 0L) {
  options <- class_options(kind, randomisation, points, lambda, k_reg, gamma, seed, first_row)
  options$threshold_for <- choice(threshold_for, c("all", "each_row", "each_class"),
                                  "threshold_for")
  options$empty_sets <- choice(empty_sets, c("kept", "top_label"), "empty_sets")
  values <- number_matrix(probs, "probs")
  sets <- .Call(C_conformal_class_sets, values, numbers(thresholds, "thresholds"), options)
  shape <- list(threshold = thresholds, dim = dim(values), dimnames = dimnames(values))
  structure(c(sets, shape), class = "quantcal_conformal_sets")
}

#' The penalty of regularised adaptive prediction sets
#'
#' `k_reg` and `lambda` for scores of the kind `"raps"`, from rows of their own,
#' which must be neither calibration nor test points: `k_reg` is the conformal
#' quantile of the true labels' ranks, `lambda` the candidate whose sets, at the
#' threshold of the same rows, have the smallest mean size.
#'
#' @inheritParams conformal_label_scores
#' @param alpha The miscoverage level that is aimed at, strictly between 0 and 1.
#' @param lambdas The candidates, at least 0; of equals the first wins.
#' @param empty_sets As of [conformal_class_sets()].
#' @return A list of `k_reg`, `lambda`, `mean_size` and `mean_sizes`, that of every
#'   candidate.
#' @references Angelopoulos, Bates, Malik and Jordan (2021), Uncertainty sets for
#'   image classifiers using conformal prediction, appendix E.
#' @examples
#' probs <- rbind(c(0.5, 0.375, 0.125), c(0.25, 0.625, 0.125), c(0.5, 0.25, 0.25))
#' conformal_raps_tune(probs, labels = c(1, 2, 2), alpha = 0.3)
#' @export
conformal_raps_tune <- function(probs, labels, alpha, lambdas = c(0.001, 0.01, 0.1, 0.2, 0.5),
                                randomisation = c("inclusive", "exclusive", "randomised"),
                                empty_sets = c("kept", "top_label"),
                                points = c("by_call", "calibration", "test"), seed = 42L,
                                first_row = 0L) {
  options <- class_options("raps", randomisation, points, 0, 0, 1, seed, first_row)
  options$empty_sets <- choice(empty_sets, c("kept", "top_label"), "empty_sets")
  values <- number_matrix(probs, "probs")
  .Call(C_conformal_raps_tune, values, column_numbers(labels, values),
        numbers(alpha, "alpha"), numbers(lambdas, "lambdas"), options)
}

# The options as C takes them.
class_options <- function(kind, randomisation, points, lambda, k_reg, gamma, seed, first_row,
                          call = sys.call(-1)) {
  list(
    kind = choice(kind, c("lac", "margin", "aps", "raps", "saps", "top_k", "log_loss", "entropy",
                          "entmax"), "kind", call),
    randomisation = choice(randomisation, c("inclusive", "exclusive", "randomised"),
                           "randomisation", call),
    points = choice(points, c("by_call", "calibration", "test"), "points", call),
    lambda = numbers(lambda, "lambda", call),
    k_reg = numbers(k_reg, "k_reg", call),
    gamma = numbers(gamma, "gamma", call),
    seed = numbers(seed, "seed", call),
    first_row = numbers(first_row, "first_row", call),
    threshold_for = 0,
    empty_sets = 0
  )
}

# Labels as column numbers from 1, also where there is one column.
column_numbers <- function(labels, values, call = sys.call(-1)) {
  class_numbers(labels, max(ncol(values), 2), colnames(values), call)$values
}
