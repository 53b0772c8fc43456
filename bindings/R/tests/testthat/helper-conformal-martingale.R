# conformal/martingale from R.

martingale_options <- c("betting", "jump", "epsilon", "seed")

new_martingale_case <- function(case) {
  do.call(call_with, c(list(conformal_martingale),
                       case[intersect(martingale_options, names(case))]))
}

after_bets <- function(case) {
  martingale <- new_martingale_case(case)
  conformal_martingale_bet(martingale, as.numeric(case$p_values))
  conformal_martingale_update(martingale, as.numeric(case$scores))
  martingale
}

martingale_summary <- function(case) summary(after_bets(case))

vector_calls <- c(vector_calls, list(
  qc_conformal_martingale_options_init = function(case) {
    sapply(martingale_options, default, f = conformal_martingale, simplify = FALSE)
  },
  qc_conformal_martingale_create = martingale_summary,
  qc_conformal_martingale_destroy = martingale_summary,
  qc_conformal_martingale_summarize = martingale_summary,
  qc_conformal_martingale_update = function(case) {
    as.list(conformal_martingale_update(new_martingale_case(case), as.numeric(case$scores)))
  },
  qc_conformal_martingale_bet = function(case) {
    list(log_martingale = conformal_martingale_bet(new_martingale_case(case),
                                                   as.numeric(case$p_values)))
  },
  qc_conformal_martingale_serialize = function(case) {
    list(bytes = as.integer(conformal_martingale_serialize(after_bets(case))))
  },
  qc_conformal_martingale_deserialize = function(case) {
    martingale <- conformal_martingale_deserialize(as.raw(case$bytes))
    conformal_martingale_update(martingale, as.numeric(case$scores))
    summary(martingale)
  }
))
