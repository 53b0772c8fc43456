# conformal/batch from R.

vector_calls <- c(vector_calls, list(
  qc_conformal_order_statistic = function(case) {
    list(value = conformal_order_statistic(case$scores, case$rank))
  },
  qc_conformal_batch_law = function(case) {
    conformal_batch_law(case$ranks, case$n, case$m, case$zeta)
  },
  qc_conformal_batch_rank = function(case) {
    as.list(conformal_batch_rank(case$n, case$m, case$zeta, case$alpha_lower, case$alpha_upper))
  },
  qc_conformal_batch_bracket = function(case) {
    conformal_batch_bracket(case$n, case$m, case$zeta_low, case$zeta_high, case$alpha)
  },
  qc_conformal_batch_rank_sum = function(case) {
    list(rank_sum = conformal_batch_rank_sum(case$n, case$m, case$alpha))
  },
  qc_conformal_batch_mean = function(case) {
    list(bound = conformal_batch_mean(case$scores, case$m, case$rank_sum, case$upper))
  }
))
