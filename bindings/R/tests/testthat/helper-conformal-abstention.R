# conformal/abstention from R.

vector_calls <- c(vector_calls, list(
  qc_conformal_abstention_curve = function(case) {
    curve <- conformal_abstention_curve(case$uncertainties, as.logical(case$wrong))
    list(thresholds = curve$threshold, answered = curve$answered,
         answered_wrong = curve$answered_wrong)
  },
  qc_conformal_abstention_threshold = function(case) {
    call_with(conformal_abstention_threshold, uncertainties = case$uncertainties,
              wrong = as.logical(case$wrong), rule = case$rule, target = case$target)
  },
  qc_conformal_abstention_decisions = function(case) {
    decisions <- conformal_abstention_decisions(case$uncertainties, case$single_threshold,
                                                case$abstention_threshold, case$sizes)
    list(decisions = as.integer(decisions) - 1L)
  },
  qc_conformal_abstention_summarize = function(case) {
    decisions <- c("abstain", "single", "set")[case$decisions + 1]
    conformal_abstention_summary(decisions, as.logical(case$singles_hold),
                                 as.logical(case$sets_hold))
  }
))
