# conformal/pursuit from R.

vector_calls <- c(vector_calls, list(
  qc_conformal_pursuit_histories = function(case) {
    orders <- call_with(conformal_pursuit_histories, points = case$points, queries = case$queries,
                        length = case$length, seed = case$seed, first_point = case$first_point)
    list(orders = orders - 1L)
  },
  qc_conformal_pursuit_log_sizes = function(case) {
    list(log_sizes = conformal_pursuit_log_sizes(case$sizes, case$weights))
  },
  qc_conformal_pursuit_choose = function(case) {
    choice <- conformal_pursuit_choose(case$log_sizes,
                                       if (!is.null(case$asked)) as.logical(case$asked))
    list(index = choice$index - 1L, spread = choice$spread)
  },
  qc_conformal_pursuit_entropy_bound = function(case) {
    list(bound = call_with(conformal_pursuit_entropy_bound, classes = case$classes, n = case$n,
                           alpha = case$alpha, mean_size = case$mean_size, kind = case$kind))
  }
))
