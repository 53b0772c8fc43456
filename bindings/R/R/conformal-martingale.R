#' Martingales that test exchangeability
#'
#' For scores that come one after the other. The martingale is the capital of who bets
#' against exchangeability: it starts at 1, and if the scores are exchangeable, it ever
#' reaches c with probability at most 1 / c, however long one looks. Of each score a
#' p-value is made, its rank among those so far (ties are broken at random), and bet on.
#'
#' **A martingale is changed in place**, as an environment is: after `b <- a`, both
#' names stand for one. `conformal_martingale_deserialize(conformal_martingale_serialize(a))`
#' is a copy. A martingale is of the running session; what `save()` or `saveRDS()` keeps of
#' it cannot be used. Save what `conformal_martingale_serialize()` gives.
#'
#' @param betting `"jumper"`, which sees p-values that are too small, too large, or change
#'   sides; `"composite"`, the mean of five of those, with jumps of 1, 0.1, 0.01, 0.001 and
#'   0.0001 (Vovk et al. 2021); `"power"`, which sees small p-values only; `"mixture"`, the
#'   mean of all of those (Vovk, Nouretdinov, Gammerman 2003).
#' @param jump Of `"jumper"`: what share of each account is spread over all before a bet.
#' @param epsilon Of `"power"`: above 0, below 1.
#' @param seed Of the p-values of scores, a whole number from 0 to 2^53.
#' @return `conformal_martingale()` and `conformal_martingale_deserialize()` give a
#'   martingale, an object of class `quantcal_conformal_martingale`.
#'   `conformal_martingale_update()` gives a data frame of `p_values` and `log_martingale`,
#'   the natural logarithm of the martingale after each bet; `conformal_martingale_bet()`
#'   the latter. `summary()` gives a list: `bets`, `score_count`, `log_martingale`,
#'   `log_maximum` (of the largest value so far, at least 1), and `p_value`, one over that
#'   value, valid whenever one looks. `conformal_martingale_serialize()` gives a raw vector.
#' @examples
#' martingale <- conformal_martingale()
#' path <- conformal_martingale_update(martingale, 1:200)
#' summary(martingale)$p_value
#' @export
conformal_martingale <- function(betting = c("jumper", "composite", "power", "mixture"), jump = 0.01,
                                 epsilon = 0.92, seed = 0) {
  new_martingale(.Call(
    C_conformal_martingale_create, chosen(betting), numbers(jump, "jump"),
    numbers(epsilon, "epsilon"), numbers(seed, "seed")
  ))
}

new_martingale <- function(handle) {
  structure(list(handle = handle), class = "quantcal_conformal_martingale")
}

martingale_handle <- function(martingale, call = sys.call(sys.parent())) {
  if (!inherits(martingale, "quantcal_conformal_martingale")) {
    refuse("type", call, "martingale must be one of conformal_martingale(), not of class %s",
           class(martingale)[1])
  }
  martingale$handle
}

#' @param martingale,object,x A martingale.
#' @param scores Scores in the order of their points; larger is stranger. `NA` is an error.
#' @rdname conformal_martingale
#' @export
conformal_martingale_update <- function(martingale, scores) {
  as.data.frame(.Call(C_conformal_martingale_update, martingale_handle(martingale),
                      numbers(scores, "scores")))
}

#' @param p_values P-values from elsewhere, from 0 to 1. They must be independent and
#'   uniform if nothing is wrong; those against one calibration set that stays as it is
#'   are not.
#' @rdname conformal_martingale
#' @export
conformal_martingale_bet <- function(martingale, p_values) {
  .Call(C_conformal_martingale_bet, martingale_handle(martingale), numbers(p_values, "p_values"))
}

#' @param ... Not used.
#' @rdname conformal_martingale
#' @export
summary.quantcal_conformal_martingale <- function(object, ...) {
  .Call(C_conformal_martingale_summarize, object$handle)
}

#' @rdname conformal_martingale
#' @export
conformal_martingale_serialize <- function(martingale) {
  .Call(C_conformal_martingale_serialize, martingale_handle(martingale))
}

#' @param bytes What `conformal_martingale_serialize()` gave. It may come from anyone: what is
#'   not a martingale is an error of class `quantcal_error_format`.
#' @rdname conformal_martingale
#' @export
conformal_martingale_deserialize <- function(bytes) {
  new_martingale(.Call(C_conformal_martingale_deserialize, raw_vector(bytes, "bytes")))
}

#' @rdname conformal_martingale
#' @export
print.quantcal_conformal_martingale <- function(x, ...) {
  summary <- summary(x)
  cat(sprintf("Martingale of %.0f bets: log %s, p-value %s\n", summary$bets,
              format(summary$log_martingale), format(summary$p_value)))
  invisible(x)
}
