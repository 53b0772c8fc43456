#' Conformal risk control
#'
#' `conformal_risk_control()` takes losses on a grid of parameters and gives the first
#' parameter `j` with `(sum(losses[, j]) + bound) / (n + 1) <= alpha`; with exchangeable
#' points the expected loss of a new one is then at most `alpha`.
#' `conformal_risk_steps()` does the same for losses that fall in steps as a threshold
#' grows: the loss of threshold `t` is the sum of the drops of its point at positions
#' above `t`. With the scores of every true label as positions and 1 / (number of true
#' labels of its point) as drops, the sets of labels with scores up to the threshold
#' miss at most a share `alpha` of the true labels, in expectation.
#'
#' @param losses A matrix with a row for each point and a column for each parameter;
#'   at most `bound`, not rising along a row.
#' @param alpha The wanted risk, positive.
#' @param bound What no loss exceeds, also of a new point.
#' @param monotonize Whether each loss stands for the largest of it and all later ones
#'   of its row. Otherwise a row that rises is an error.
#' @param positions Where losses fall, of all points together; infinities are allowed.
#' @param n The number of points.
#' @param drops By how much they fall, not negative; ones if `NULL`. Those of one point
#'   must not exceed `bound` in sum.
#' @return `conformal_risk_control()`: a list of `index`, the number of the column, and
#'   `bounds`, for each column what is compared with `alpha`. `conformal_risk_steps()`:
#'   the least valid threshold, one of the positions or `-Inf`. If none is valid, an
#'   error of class `quantcal_error_infeasible`; if all are, `index` is 1, or the threshold
#'   `-Inf`.
#' @references Angelopoulos, Bates, Fisch, Lei and Schuster (2024), Conformal risk
#'   control.
#' @examples
#' losses <- matrix(c(1, 0, 0), 9, 3, byrow = TRUE)
#' conformal_risk_control(losses, alpha = 0.2)$index
#' conformal_risk_steps(c(0.1, 0.7, 0.4, 0.2), 0.4, n = 3, drops = c(1, 0.5, 0.5, 1))
#' @export
conformal_risk_control <- function(losses, alpha, bound = 1, monotonize = FALSE) {
  .Call(C_conformal_risk_control, number_matrix(losses, "losses"), numbers(bound, "bound"),
        numbers(alpha, "alpha"), as.double(flag(monotonize, "monotonize")))
}

#' @rdname conformal_risk_control
#' @export
conformal_risk_steps <- function(positions, alpha, n, drops = NULL, bound = 1) {
  .Call(C_conformal_risk_steps, numbers(positions, "positions"), numbers_or_null(drops, "drops"),
        numbers(n, "n"), numbers(bound, "bound"), numbers(alpha, "alpha"))
}

#' Learn then Test
#'
#' `conformal_risk_p_values()` gives for each parameter a p-value of the hypothesis that
#' its risk is above `alpha`, from the mean of `n` independent losses from 0 to 1.
#' `conformal_risk_select()` and `conformal_risk_graph()` select parameters so that with
#' probability at least `1 - delta` the risk of every selected one is at most `alpha`.
#' `conformal_risk_best()` picks one of them.
#'
#' @param risks Mean losses, one for each parameter.
#' @param n The number of losses that each is the mean of.
#' @param alpha The wanted risk, strictly between 0 and 1.
#' @param bound What p-values come from: `"hoeffding_bentkus"` takes the smaller of
#'   Hoeffding's and Bentkus's bound, `"binomial"` is the exact tail for losses that are 0
#'   or 1.
#' @param p_values As from `conformal_risk_p_values()`.
#' @param delta The probability of any false selection.
#' @param procedure `"fixed_sequence"` takes the parameters in their order, which must
#'   not come from the data, up to the first whose p-value is above `delta / starts`.
#' @param starts From how many evenly spaced places a fixed sequence starts.
#' @param weights The shares of `delta`, at most 1 in sum.
#' @param transitions A matrix: `transitions[i, j]` is the part of the share of `i` that
#'   goes to `j` when `i` is selected. Rows are at most 1 in sum, the diagonal is 0.
#' @param selected A logical vector.
#' @param costs A number for each parameter; without them the first selected is the best.
#' @return p-values; `TRUE` where a parameter is selected, which may be nowhere; the
#'   position of the best, or an error of class `quantcal_error_infeasible` if none is
#'   selected.
#' @references Angelopoulos, Bates, Candes, Jordan and Lei (2021), Learn then Test.
#'   Bretz, Maurer, Brannath and Posch (2009), A graphical approach to sequentially
#'   rejective multiple test procedures.
#' @examples
#' p <- conformal_risk_p_values(c(0.02, 0.05, 0.2), 100, alpha = 0.1)
#' p
#' selected <- conformal_risk_select(p, delta = 0.1)
#' conformal_risk_best(selected, costs = c(3, 1, 2))
#' conformal_risk_graph(p, 0.1, weights = c(1, 0, 0), transitions = diag(3)[c(2, 3, 1), ])
#' @export
conformal_risk_p_values <- function(risks, n, alpha,
                                    bound = c("hoeffding_bentkus", "hoeffding", "bentkus",
                                              "binomial")) {
  .Call(C_conformal_risk_p_values, numbers(risks, "risks"), numbers(n, "n"),
        numbers(alpha, "alpha"), chosen(bound))
}

#' @rdname conformal_risk_p_values
#' @export
conformal_risk_select <- function(p_values, delta,
                                  procedure = c("holm", "bonferroni", "fixed_sequence"),
                                  starts = 1) {
  .Call(C_conformal_risk_select, numbers(p_values, "p_values"), numbers(delta, "delta"),
        chosen(procedure), numbers(starts, "starts"))
}

#' @rdname conformal_risk_p_values
#' @export
conformal_risk_graph <- function(p_values, delta, weights, transitions) {
  .Call(C_conformal_risk_graph, numbers(p_values, "p_values"), numbers(delta, "delta"),
        numbers(weights, "weights"), number_matrix(transitions, "transitions"))
}

#' @rdname conformal_risk_p_values
#' @export
conformal_risk_best <- function(selected, costs = NULL) {
  if (!is.logical(selected) || anyNA(selected)) {
    refuse("type", sys.call(), "selected must be TRUE or FALSE for each parameter")
  }
  .Call(C_conformal_risk_best, selected, numbers_or_null(costs, "costs"))
}
