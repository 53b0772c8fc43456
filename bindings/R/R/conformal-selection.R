#' Conformal p-values
#'
#' How strange test points are among calibration points: the share of weight, that of
#' the test point included, of the points that are at least as strange. If the points are
#' exchangeable, the p-value is at most t with probability at most t.
#'
#' @param calibration Calibration scores. Infinities are data.
#' @param test Scores of the test points.
#' @param calibration_weights Weights of the calibration points, finite, not negative and
#'   not all 0: likelihood ratios of where the test points come from to where the
#'   calibration points come from, on any scale. `NULL` for ones.
#' @param test_weights The same for the test points.
#' @param tail Whether large scores are strange (`"upper"`), or small ones.
#' @param randomised Whether to make the p-values exactly uniform: the test point and what is
#'   tied with it then count with a random share.
#' @param seed A whole number from 0 to 2^53. Random numbers depend on it and the number of a
#'   point only.
#' @param first_point The number of the first test point: calls for parts of the test points
#'   give what one call for all does.
#' @return A p-value for each test point.
#' @references Vovk, Gammerman and Shafer (2005), Algorithmic learning in a random world.
#' @examples
#' conformal_p_values(c(1, 2, 3, 4), c(0, 3, 9))
#' @export
conformal_p_values <- function(calibration, test, calibration_weights = NULL,
                               test_weights = NULL, tail = c("upper", "lower"),
                               randomised = FALSE, seed = 0, first_point = 0) {
  .Call(C_conformal_p_values, numbers(calibration, "calibration"),
        numbers_or_null(calibration_weights, "calibration_weights"), numbers(test, "test"),
        numbers_or_null(test_weights, "test_weights"),
        c(chosen(tail), flag(randomised, "randomised")), numbers(seed, "seed"), numbers(first_point, "first_point"))
}

#' The Benjamini-Hochberg procedure
#'
#' Which hypotheses are rejected such that the expected share of true ones among them is at
#' most `q`; all that are tied with a rejected one are rejected. The second function takes
#' e-values, which may depend on each other in any way.
#'
#' @param p p-values, 0 to 1. Ratios that were rounded to doubles are compared as ratios.
#' @param e e-values, not negative.
#' @param q The bound, strictly between 0 and 1: the decimal that was typed.
#' @return A logical vector.
#' @references Benjamini and Hochberg (1995), Controlling the false discovery rate. Wang and
#'   Ramdas (2022), False discovery rate control with e-values.
#' @examples
#' conformal_benjamini_hochberg(c(0.01, 0.9, 0.04, 0.03), q = 0.05)
#' conformal_e_benjamini_hochberg(c(20, 0, 8, 1), q = 0.25)
#' @export
conformal_benjamini_hochberg <- function(p, q) {
  .Call(C_conformal_benjamini_hochberg, numbers(p, "p"), numbers(q, "q"))
}

#' @rdname conformal_benjamini_hochberg
#' @export
conformal_e_benjamini_hochberg <- function(e, q) {
  .Call(C_conformal_e_benjamini_hochberg, numbers(e, "e"), numbers(q, "q"))
}

#' Conformal selection
#'
#' `conformal_select()` selects test points whose unseen outcome is large, such that the
#' expected share of those whose outcome does not exceed its bound is at most `q`.
#' `conformal_select_models()` gives each test point the best of several scores: that with
#' which most points would be selected if this one were promising. The bound holds although
#' the scores are chosen on the same data.
#'
#' @param calibration V(X, Y) of the calibration points, for a score V(x, y) that does not
#'   fall as y rises; such as `Inf` if y > c, else -prediction(x). For
#'   `conformal_select_models()` a matrix with a column for each score.
#' @param test V(X, c) of the test points: small scores are promising. A matrix likewise.
#' @param q The bound, strictly between 0 and 1: the decimal that was typed.
#' @param calibration_weights,test_weights As for [conformal_p_values()].
#' @param pruning With weights every point has a Benjamini-Hochberg procedure of its own, and
#'   pruning makes one selection of all: with a random number for each point
#'   (`"heterogeneous"`, then the default), one for all, or none. `"none"` is the plain
#'   procedure on the p-values, the default without weights.
#' @param randomised Whether p-values are randomised.
#' @param seed As for [conformal_p_values()], of all random numbers.
#' @param values Whether p-values and e-values are asked for. Which points are selected does not depend on
#'   it; for many points without weights it is known several times sooner than all p-values.
#' @return A data frame with a row for each test point and the columns `selected`, `p` and `e`
#'   (its p-value and e-value, if asked for), and for `conformal_select_models()` `chosen`, the column of the
#'   score that the point has.
#' @references Jin and Candes (2023), Selection by prediction with conformal p-values. Jin and
#'   Candes (2023), Model-free selective inference under covariate shift via weighted
#'   conformal p-values. Bai and Jin (2024), Optimized conformal selection.
#' @examples
#' conformal_select(c(-3, -1, 98, 99), c(-4, -2, 0), q = 0.6)
#' conformal_select_models(cbind(c(5, 6, 7), c(1, 2, 3)), cbind(c(4, 3), c(9, 9)), q = 0.5)
#' @export
conformal_select <- function(calibration, test, q, calibration_weights = NULL,
                             test_weights = NULL,
                             pruning = c("default", "none", "heterogeneous", "homogeneous",
                                         "deterministic"),
                             randomised = FALSE, seed = 0, values = TRUE) {
  as.data.frame(.Call(
    C_conformal_select, numbers(calibration, "calibration"),
    numbers_or_null(calibration_weights, "calibration_weights"), numbers(test, "test"),
    numbers_or_null(test_weights, "test_weights"), numbers(q, "q"),
    c(chosen(pruning), flag(randomised, "randomised"), flag(values, "values")),
    numbers(seed, "seed")
  ))
}

#' @rdname conformal_select
#' @export
conformal_select_models <- function(calibration, test, q,
                                    pruning = c("default", "none", "heterogeneous",
                                                "homogeneous", "deterministic"),
                                    seed = 0) {
  calibration <- number_matrix(calibration, "calibration")
  test <- number_matrix(test, "test")
  if (ncol(calibration) != ncol(test)) {
    refuse("size", sys.call(), "calibration has %d columns; %d are needed", ncol(calibration),
           ncol(test))
  }
  as.data.frame(.Call(C_conformal_select_models, calibration, test, numbers(q, "q"),
                      chosen(pruning), numbers(seed, "seed")))
}

#' Conformal selection without a split
#'
#' Selects test points whose unseen outcome is large by a model that is fitted on the calibration points themselves:
#' ridge regression that leaves each point out, with the test point in question among the others
#' as one that is not promising. The expected share of selected points whose outcome is 0 is at
#' most `q`.
#'
#' @param x A numeric matrix with a row for each calibration point. There is no constant; a
#'   column of ones is one.
#' @param outcomes By how much the outcome of each calibration point exceeds its bound, 0 if it
#'   does not; or 1 and 0.
#' @param test A matrix with a row for each test point.
#' @param q The bound, strictly between 0 and 1: the decimal that was typed.
#' @param penalties Of the squared coefficients, positive. Of several each test point has the one
#'   with which most points would be selected if it were promising.
#' @param pruning,seed As for [conformal_select_models()].
#' @return A data frame with a row for each test point and the columns `selected`, `p`, `e` and
#'   `chosen`, the number of the penalty that the point has.
#' @references Bai and Jin (2024), Optimized conformal selection.
#' @examples
#' x <- cbind(c(-3, -2, -1, 1, 2, 3))
#' conformal_select_ridge(x, c(0, 0, 0, 1, 1, 1), cbind(c(4, 5, -4)), q = 0.5,
#'                        pruning = "deterministic")
#' @export
conformal_select_ridge <- function(x, outcomes, test, q, penalties = 1,
                                   pruning = c("default", "none", "heterogeneous",
                                               "homogeneous", "deterministic"),
                                   seed = 0) {
  x <- number_matrix(x, "x")
  test <- number_matrix(test, "test")
  outcomes <- numbers(outcomes, "outcomes")
  if (ncol(x) != ncol(test)) {
    refuse("size", sys.call(), "test has %d columns; %d are needed", ncol(test), ncol(x))
  }
  if (length(outcomes) != nrow(x)) {
    refuse("size", sys.call(), "outcomes has %d elements; %d are needed", length(outcomes),
           nrow(x))
  }
  as.data.frame(.Call(C_conformal_select_ridge, x, outcomes, test,
                      numbers(penalties, "penalties"), numbers(q, "q"), chosen(pruning),
                      numbers(seed, "seed")))
}
