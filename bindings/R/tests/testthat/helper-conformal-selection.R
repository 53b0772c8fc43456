# conformal/selection from R.

selection_points <- function(case) {
  list(calibration = as.numeric(case$calibration), test = as.numeric(case$test),
       calibration_weights = case$calibration_weights, test_weights = case$test_weights,
       randomised = if (!is.null(case$randomised)) case$randomised == 1, seed = case$seed)
}

rejected_outputs <- function(rejected) list(rejected = as.integer(rejected), count = sum(rejected))

selection_outputs <- function(found) {
  list(selected = as.integer(found$selected), p = found$p, e = found$e,
       count = sum(found$selected), chosen = found$chosen - 1L)
}

vector_calls <- c(vector_calls, list(
  qc_conformal_select_options_init = function(case) {
    list(pruning = default(conformal_select, "pruning"),
         randomised = as.integer(default(conformal_select, "randomised")),
         seed = default(conformal_select, "seed"))
  },
  qc_conformal_p_values = function(case) {
    list(p = do.call(call_with, c(conformal_p_values, selection_points(case),
                                  list(tail = case$tail, first_point = case$first_point))))
  },
  qc_conformal_benjamini_hochberg = function(case) {
    rejected_outputs(conformal_benjamini_hochberg(as.numeric(case$p), case$q))
  },
  qc_conformal_e_benjamini_hochberg = function(case) {
    rejected_outputs(conformal_e_benjamini_hochberg(as.numeric(case$e), case$q))
  },
  qc_conformal_select = function(case) {
    selection_outputs(do.call(call_with, c(conformal_select, selection_points(case),
                                           list(q = case$q, pruning = case$pruning))))
  },
  qc_conformal_select_models = function(case) {
    selection_outputs(call_with(conformal_select_models, calibration = case$calibration,
                                test = case$test, q = case$q, pruning = case$pruning,
                                seed = case$seed))
  },
  qc_conformal_select_ridge = function(case) {
    selection_outputs(call_with(conformal_select_ridge, x = case$x,
                                outcomes = as.numeric(case$outcomes), test = case$test,
                                penalties = case$penalties, q = case$q, pruning = case$pruning,
                                seed = case$seed))
  }
))
