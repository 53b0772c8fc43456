# quantize/range from R.

case_rule <- function(case) {
  fields <- c("scale_form", "definition", "steps", "refinements", "iterations", "bins", "percentile",
              "norm", "low", "high", "strength", "growth")
  changes <- Filter(Negate(is.null), case[fields])
  do.call(quantize_range_rule, c(if (!is.null(case$rule)) list(case$rule), changes))
}

vector_calls <- c(vector_calls, list(
  qc_quantize_range_rule_init = function(case) unclass(case_rule(case)),
  qc_quantize_range = function(case) {
    call_with(quantize_range, w = case$values, grid = case_grid(case), rule = case_rule(case),
              zeros = isTRUE(case$with_zeros == 1), importance = case$importance,
              group_size = case$group_size, granularity = case$granularity)
  }
))
