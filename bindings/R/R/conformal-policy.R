#' Policies of abstention
#'
#' A policy is two levels. `conformal_policy_value()` says what one is worth on tuning
#' points, each decided by the thresholds that the other points make: no answer if its
#' least score is above the threshold of `abstention_alpha`, the top label if that score is
#' at most the threshold of `single_alpha`, else the set of classes up to the first
#' threshold. `conformal_policy_learn()` searches for the policy of the highest value by the
#' cross-entropy method: of the candidates of a round the best tenth give the mean and the
#' spread of the next one, and the policy is the last mean.
#'
#' Use what was learned with thresholds from calibration points that had no part in it,
#' `conformal_threshold(own, policy$abstention_alpha)` and the same with
#' `policy$single_alpha`; then [conformal_sets()] and [conformal_abstention_decisions()].
#' The set then misses the truth with probability at most `abstention_alpha`, whatever is
#' answered, and so there is no answer. Single labels have no such guarantee.
#'
#' @param scores A matrix with a row for each point and a column for each class, larger is
#'   stranger; infinities are allowed.
#' @param labels The true class of each point: its column number, counted from 1, or a
#'   factor. The levels of a factor are matched to the columns' names if all of them are
#'   found there, otherwise they stand for the columns in order.
#' @param single_alpha,abstention_alpha The policy: two levels strictly between 0 and 1. If
#'   the first is the smaller, no sets are given.
#' @param wrong_cost Of an answer that does not hold the truth; one that does is worth 1.
#' @param size_cost Of a set of all classes, and in proportion to its size less 1 of a
#'   smaller one.
#' @param abstention_cost Of no answer.
#' @param single_range,abstention_range The least and the largest level.
#' @param candidates,rounds How many policies are tried in a round, and how many rounds
#'   there are.
#' @param seed The same seed gives the same policy.
#' @return A list of `single_alpha`, `abstention_alpha`, the mean `value` of a point, the
#'   counts `abstained`, `singles`, `singles_right`, `sets`, `sets_right`, the sum
#'   `set_sizes`, and of `abstention` and `coverage`, counted over answers and `NaN` where
#'   there are none.
#' @references Rubinstein (1999), The cross-entropy method for combinatorial and continuous
#'   optimization. Tayebati and others (2025), Learning conformal abstention policies.
#' @examples
#' scores <- rbind(c(0.1, 0.9), c(0.4, 0.6), c(0.7, 0.3), c(0.6, 0.4), c(0.2, 0.8))
#' labels <- c(1, 2, 2, 2, 1)
#' conformal_policy_value(scores, labels, 0.6, 0.2)$coverage
#' conformal_policy_learn(scores, labels, abstention_range = c(0.05, 0.5))$value
#' @export
conformal_policy_value <- function(scores, labels, single_alpha, abstention_alpha, wrong_cost = 1,
                                   size_cost = 1, abstention_cost = 0) {
  values <- number_matrix(scores, "scores")
  with_rates(.Call(C_conformal_policy_value, values, column_numbers(labels, values),
                   numbers(single_alpha, "single_alpha"),
                   numbers(abstention_alpha, "abstention_alpha"),
                   costs(wrong_cost, size_cost, abstention_cost)))
}

#' @rdname conformal_policy_value
#' @export
conformal_policy_learn <- function(scores, labels, wrong_cost = 1, size_cost = 1,
                                   abstention_cost = 0, single_range = c(0.05, 0.95),
                                   abstention_range = c(0.01, 0.05), candidates = 100L,
                                   rounds = 30L, seed = 42L) {
  values <- number_matrix(scores, "scores")
  ranges <- c(ends(single_range, "single_range"), ends(abstention_range, "abstention_range"))
  search <- list(numbers(candidates, "candidates"), numbers(rounds, "rounds"),
                 numbers(seed, "seed"))
  with_rates(.Call(C_conformal_policy_learn, values, column_numbers(labels, values),
                   costs(wrong_cost, size_cost, abstention_cost), ranges, search))
}

costs <- function(wrong_cost, size_cost, abstention_cost, call = sys.call(-1)) {
  c(one_number(wrong_cost, "wrong_cost", call), one_number(size_cost, "size_cost", call),
    one_number(abstention_cost, "abstention_cost", call))
}

one_number <- function(x, name, call) {
  if (length(x) != 1) refuse("size", call, "%s has %d elements; expected 1", name, length(x))
  numbers(x, name, call)
}

ends <- function(x, name, call = sys.call(sys.parent())) {
  if (length(x) != 2) refuse("size", call, "%s has %d elements; expected 2", name, length(x))
  numbers(x, name, call)
}

# Of counts the shares, over answers.
with_rates <- function(counts) {
  answers <- counts$singles + counts$sets
  counts$abstention <- counts$abstained / (counts$abstained + answers)
  counts$coverage <- (counts$singles_right + counts$sets_right) / answers
  counts
}
