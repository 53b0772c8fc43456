# conformal/refit_selection from R.

vector_calls <- c(vector_calls, list(
  qc_conformal_refit_rank = function(case) {
    as.list(conformal_refit_rank(as.numeric(case$calibration), as.numeric(case$test), case$j + 1,
                                 case$q))
  },
  qc_conformal_select_refitted = function(case) {
    found <- call_with(conformal_select_refitted, ranks = case$ranks,
                       rejections = case$rejections, n = case$n, q = case$q,
                       pruning = case$pruning, seed = case$seed)
    list(selected = as.integer(found$selected), p = found$p, e = found$e,
         count = sum(found$selected), chosen = found$chosen - 1L)
  }
))
