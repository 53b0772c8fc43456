# conformal/planning from R.

vector_calls <- c(vector_calls, list(
  qc_conformal_coverage_law = function(case) {
    conformal_coverage_law(case$values, case$n, case$rank)
  },
  qc_conformal_coverage_quantile = function(case) {
    list(quantiles = conformal_coverage_quantile(case$levels, case$n, case$rank))
  },
  qc_conformal_covered_law = function(case) {
    conformal_covered_law(case$counts, case$n, case$rank, case$m)
  },
  qc_conformal_covered_quantile = function(case) {
    list(quantiles = conformal_covered_quantile(case$levels, case$n, case$rank, case$m))
  },
  qc_conformal_pac_rank = function(case) {
    list(rank = conformal_pac_rank(case$n, case$alpha, case$delta))
  },
  qc_conformal_pac_sample_size = function(case) {
    list(n = conformal_pac_sample_size(case$alpha, case$delta))
  },
  qc_conformal_sample_size = function(case) {
    list(n = conformal_sample_size(case$alpha, case$tolerance, case$delta))
  }
))
