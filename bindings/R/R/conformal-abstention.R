#' When to give no answer
#'
#' A point is answered if its uncertainty is at most an abstention threshold.
#' `conformal_abstention_curve()` says what every such threshold would do, by points whose
#' truth is known; `conformal_abstention_threshold()` picks one of them by a rule. All
#' comparisons are exact.
#'
#' @param uncertainties A number for each point, larger is more uncertain; infinities are
#'   allowed. Points that tie are answered together.
#' @param wrong Whether the answer of each point would be wrong.
#' @param rule `"youden"` takes the threshold of the largest hit rate less false alarm
#'   rate, and of those that tie the largest. `"abstentions"` and `"false_alarms"` take
#'   the smallest threshold with that rate at most `target`; `"misses"` (wrong points that
#'   are answered, of all wrong points) and `"errors"` (wrong points of those answered)
#'   the largest.
#' @param target A rate from 0 to 1, the decimal that is typed; not for `"youden"`.
#' @return `conformal_abstention_curve()`: a data frame with a row for `-Inf` and for each
#'   distinct uncertainty and the columns `threshold`, `answered`, `answered_wrong` (counts
#'   of points), `abstention` (the share of points without an answer), `coverage` (the share
#'   of answers that are right, `NaN` where there are none), and those of the ROC curve,
#'   `hit_rate` and `false_alarm_rate` (the shares of wrong and of right points without an
#'   answer). `conformal_abstention_threshold()`: a list of `threshold`, `answered` and
#'   `answered_wrong`; if there is none, an error of class `quantcal_error_infeasible`.
#' @references Youden (1950), Index for rating diagnostic tests. El-Yaniv and Wiener
#'   (2010), On the foundations of noise-free selective classification.
#' @examples
#' uncertainties <- c(0.1, 0.4, 0.8, 0.4)
#' wrong <- c(FALSE, FALSE, TRUE, TRUE)
#' conformal_abstention_curve(uncertainties, wrong)
#' conformal_abstention_threshold(uncertainties, wrong)$threshold
#' @export
conformal_abstention_curve <- function(uncertainties, wrong) {
  rows <- .Call(C_conformal_abstention_curve, numbers(uncertainties, "uncertainties"),
                flags(wrong, "wrong"))
  curve <- as.data.frame(rows)
  last <- nrow(curve)
  right <- curve$answered - curve$answered_wrong
  curve$abstention <- 1 - curve$answered / curve$answered[last]
  curve$coverage <- right / curve$answered
  curve$hit_rate <- 1 - curve$answered_wrong / curve$answered_wrong[last]
  curve$false_alarm_rate <- 1 - right / right[last]
  curve
}

#' @rdname conformal_abstention_curve
#' @export
conformal_abstention_threshold <- function(uncertainties, wrong,
                                           rule = c("youden", "abstentions", "false_alarms",
                                                    "misses", "errors"),
                                           target = 0) {
  .Call(C_conformal_abstention_threshold, numbers(uncertainties, "uncertainties"),
        flags(wrong, "wrong"), chosen(rule), numbers(target, "target"))
}

# TRUE or FALSE for each point.
flags <- function(x, name, call = sys.call(sys.parent())) {
  if (!is.logical(x) || anyNA(x)) {
    refuse("type", call, paste(name, "must be TRUE or FALSE for each point"))
  }
  x
}

#' Decisions by two thresholds
#'
#' No answer above the abstention threshold, the top label up to the other threshold, else
#' the set, unless it is empty. `conformal_abstention_summary()` counts what became of the
#' decisions, over answers: coverage is not 1 - abstention.
#'
#' With sets at level alpha, the probability that a set is given and misses is at most
#' alpha. With the least score of a row as its uncertainty, and the threshold of the sets
#' for abstention, there is no answer with probability at most alpha. Single labels have no
#' such guarantee.
#'
#' @inheritParams conformal_abstention_curve
#' @param single_threshold,abstention_threshold Two numbers.
#' @param sizes The sizes of the points' sets; `NULL` if none is empty.
#' @param decisions As from `conformal_abstention_decisions()`.
#' @param singles_hold,sets_hold Whether the top label of each point is the truth, and
#'   whether its set holds it.
#' @return `conformal_abstention_decisions()`: a factor with the levels `"abstain"`,
#'   `"single"` and `"set"`. `conformal_abstention_summary()`: a list of the counts
#'   `abstained`, `singles`, `singles_right`, `sets` and `sets_right`, and of `abstention`
#'   and `coverage`, which are `NaN` where there are no points or no answers.
#' @examples
#' decisions <- conformal_abstention_decisions(c(0.1, 0.5, 0.9), 0.2, 0.8)
#' decisions
#' conformal_abstention_summary(decisions, c(TRUE, TRUE, FALSE), c(TRUE, TRUE, TRUE))$coverage
#' @export
conformal_abstention_decisions <- function(uncertainties, single_threshold, abstention_threshold,
                                           sizes = NULL) {
  decisions <- .Call(C_conformal_abstention_decisions, numbers(uncertainties, "uncertainties"),
                     numbers_or_null(sizes, "sizes"),
                     numbers(single_threshold, "single_threshold"),
                     numbers(abstention_threshold, "abstention_threshold"))
  factor(decisions, levels = 0:2, labels = decision_names)
}

decision_names <- c("abstain", "single", "set")

#' @rdname conformal_abstention_decisions
#' @export
conformal_abstention_summary <- function(decisions, singles_hold, sets_hold) {
  numbers <- match(decisions, decision_names) - 1L
  if (anyNA(numbers)) {
    refuse("domain", sys.call(), "decisions must be \"abstain\", \"single\" or \"set\"")
  }
  counts <- .Call(C_conformal_abstention_summarize, numbers, flags(singles_hold, "singles_hold"),
                  flags(sets_hold, "sets_hold"))
  answers <- counts$singles + counts$sets
  counts$abstention <- counts$abstained / (counts$abstained + answers)
  counts$coverage <- (counts$singles_right + counts$sets_right) / answers
  counts
}
