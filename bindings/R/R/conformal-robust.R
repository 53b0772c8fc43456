#' Conformal sets that are robust against an adversary
#'
#' A score from 0 to 1 is smoothed by noise of the input, so that no small change of the
#' input can change it much. `conformal_smoothed_scores()` gives means of draws,
#' `conformal_robust_threshold()` makes a threshold of those of the calibration points, and
#' `conformal_robust_bounds()` says how low the scores of a test point may have been before it
#' was changed. The classes whose bounds are at most the threshold ([conformal_sets()]) hold the
#' true one with probability at least `1 - alpha`, whatever moved the input by at most `radius`.
#' `conformal_transformed_scores()` transforms scores before they are smoothed, for smaller sets.
#'
#' @param samples A matrix with a row of draws for each point, each a score from 0 to 1 under
#'   independent noise.
#' @param earlier What `conformal_smoothed_scores()` gave for earlier draws of the same points,
#'   to which these are added.
#' @return `conformal_smoothed_scores()`: a list of `means`, `variances` (sample variances) and
#'   the number of `draws`. `conformal_robust_threshold()`: a number, `Inf` if there are too few
#'   scores. `conformal_robust_bounds()`, `conformal_transformed_scores()`: numbers in the shape
#'   of the first argument.
#' @references Yan, Romano and Weng (2024), Provably robust conformal prediction with improved
#'   efficiency. Gendler, Weng, Daniel and Romano (2022), Adversarially robust conformal
#'   prediction.
#' @examples
#' draws <- matrix(c(0, 1, 0, 0, 1, 1, 1, 0.5), 2, byrow = TRUE)
#' smoothed <- conformal_smoothed_scores(draws)
#' smoothed$means
#' conformal_robust_threshold(c(0.1, 0.2, 0.3, 0.4), 256, alpha = 0.5)
#' conformal_robust_bounds(0.3, correction = "exact_means", radius = 0.5)
#' @export
conformal_smoothed_scores <- function(samples, earlier = NULL) {
  values <- number_matrix(samples, "samples")
  before <- list(numeric(), numeric(), 0)
  if (!is.null(earlier)) {
    before <- list(numbers(earlier$means, "earlier$means"),
                   numbers(earlier$variances, "earlier$variances"),
                   numbers(earlier$draws, "earlier$draws"))
  }
  .Call(C_conformal_smoothed_scores, values, before)
}

#' @param means Smoothed scores, or any smoothed probabilities.
#' @param draws How many draws each of them is the mean of. Not looked at for exact means.
#' @param variances Sample variances of the draws; needed by `"empirical_bernstein"`.
#' @param side What a score was at the least (`"lower"`) or at the most.
#' @param correction How the error of the draws is bounded: `"empirical_bernstein"`;
#'   `"hoeffding"`, which needs no variances; `"clopper_pearson"` for draws that are 0 or 1;
#'   `"exact_means"` for expectations.
#' @param beta The probability with which a bound, or the threshold's correction, may fail:
#'   1e-20 to below 0.5. The same for threshold and bounds.
#' @param radius Of the attack, in Euclidean norm.
#' @param sigma Standard deviation of the noise.
#' @rdname conformal_smoothed_scores
#' @export
conformal_robust_bounds <- function(means, draws = 0, variances = NULL,
                                    side = c("lower", "upper"),
                                    correction = c("empirical_bernstein", "hoeffding",
                                                   "clopper_pearson", "exact_means"),
                                    beta = 0.001, radius = 0, sigma = 1) {
  values <- numbers(means, "means")
  bounds <- .Call(C_conformal_robust_bounds, values, numbers_or_null(variances, "variances"),
                  numbers(draws, "draws"), chosen(side), chosen(correction),
                  numbers(beta, "beta"), numbers(radius, "radius"), numbers(sigma, "sigma"))
  attributes(bounds) <- attributes(values)
  bounds
}

#' @param scores Smoothed scores of calibration points with their true labels, not attacked; or
#'   the scores to transform.
#' @param alpha Miscoverage level, above `2 * beta`.
#' @rdname conformal_smoothed_scores
#' @export
conformal_robust_threshold <- function(scores, draws, alpha, beta = 0.001) {
  .Call(C_conformal_robust_threshold, numbers(scores, "scores"), numbers(draws, "draws"),
        numbers(alpha, "alpha"), numbers(beta, "beta"))
}

#' @param reference Scores of true labels, of points that are neither calibration nor test
#'   points.
#' @param steepness,centre A score `s`, of which a share `q` of the reference scores is at most,
#'   becomes `1 / (1 + exp(-steepness * (q - centre)))`.
#' @rdname conformal_smoothed_scores
#' @export
conformal_transformed_scores <- function(scores, reference, steepness = 400, centre = 0.9) {
  values <- numbers(scores, "scores")
  transformed <- .Call(C_conformal_transformed_scores, values, numbers(reference, "reference"),
                       numbers(steepness, "steepness"), numbers(centre, "centre"))
  attributes(transformed) <- attributes(values)
  transformed
}
