#' Probabilities corrected by knowledge rules
#'
#' Models give probabilities of leaves: classes and concepts. A world says of each leaf whether
#' it is there; its probability is that of independent leaves, times the exponential of the
#' weights of the rules that hold in it, divided by the sum over all worlds. The corrected
#' probability of a leaf is that of the worlds where it is there.
#' `conformal_circuit_bounds()` bounds the corrected probabilities when each leaf's probability
#' lies between bounds of its own, as under an attack ([conformal_robust_bounds()]): exactly for
#' one circuit. Scores, such as those of [conformal_label_scores()], are made of the corrected
#' probabilities; robust sets of their upper bounds.
#'
#' @param leaves A matrix of probabilities with a row for each point and a column for each
#'   leaf, or a vector for one point.
#' @param rules A data frame or matrix with the columns `premise`, `conclusion` and `weight`, and
#'   perhaps `circuit`: each a rule "premise implies conclusion", which is broken where the
#'   premise holds and the conclusion does not. Premise and conclusion are a leaf's number, or
#'   the negative number for "not that leaf". At most 16 leaves of a circuit may be tied together;
#'   absolute weights of a circuit sum to at most 1000.
#' @param circuits How many circuits there are, whose results are mixed.
#' @param shares In the mixture: of the leaf itself, then of each circuit. Equal ones of circuits
#'   if `NULL`.
#' @return `conformal_circuit_probabilities()`: numbers in the shape of `leaves`.
#'   `conformal_circuit_bounds()`: a list of two such, `lower` and `upper`.
#' @references Kang, Gürel, Li and Li (2024), COLEP: certifiably robust learning-reasoning
#'   conformal prediction via probabilistic circuits.
#' @examples
#' # The first class has the second leaf as an attribute.
#' rules <- data.frame(premise = 1, conclusion = 2, weight = 2)
#' conformal_circuit_probabilities(c(0.6, 0.2), rules)
#' conformal_circuit_bounds(c(0.5, 0.1), c(0.7, 0.3), rules)
#' @export
conformal_circuit_probabilities <- function(leaves, rules, circuits = 1, shares = NULL) {
  values <- row_or_rows(leaves, "leaves")
  corrected <- .Call(C_conformal_circuit_probabilities, values, rule_columns(rules),
                     numbers(circuits, "circuits"), numbers_or_null(shares, "shares"))
  like(corrected, leaves)
}

#' @param lower,upper As `leaves`: between which each leaf's probability lies.
#' @rdname conformal_circuit_probabilities
#' @export
conformal_circuit_bounds <- function(lower, upper, rules, circuits = 1, shares = NULL) {
  low <- row_or_rows(lower, "lower")
  high <- row_or_rows(upper, "upper")
  bounds <- .Call(C_conformal_circuit_bounds, low, high, rule_columns(rules),
                  numbers(circuits, "circuits"), numbers_or_null(shares, "shares"))
  lapply(bounds, like, lower)
}

# A matrix; a vector is one row.
row_or_rows <- function(x, name, call = sys.call(-1)) {
  if (is.null(dim(x))) matrix(numbers(x, name, call), 1) else number_matrix(x, name, call)
}

# A result as its argument was.
like <- function(x, given) {
  if (is.null(dim(given))) {
    stats::setNames(as.vector(x), names(given))
  } else {
    dimnames(x) <- dimnames(as.matrix(given))
    x
  }
}

# The columns of rules as C takes them; circuits are counted from 1, as leaves are.
rule_columns <- function(rules, call = sys.call(-1)) {
  if (is.matrix(rules)) {
    rules <- as.data.frame(rules)
  }
  absent <- setdiff(c("premise", "conclusion", "weight"), names(rules))
  if (!is.data.frame(rules) || length(absent) > 0) {
    refuse("type", call, "rules must have the columns premise, conclusion and weight")
  }
  circuit <- if (is.null(rules$circuit)) rep(1, nrow(rules)) else rules$circuit
  list(numbers(rules$premise, "rules$premise", call),
       numbers(rules$conclusion, "rules$conclusion", call),
       numbers(rules$weight, "rules$weight", call),
       numbers(circuit, "rules$circuit", call))
}
