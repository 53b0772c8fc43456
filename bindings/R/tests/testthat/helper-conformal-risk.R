# conformal/risk from R.

risk_selection <- function(selected) {
  list(selected = as.integer(selected), selected_count = sum(selected))
}

vector_calls <- c(vector_calls, list(
  qc_conformal_risk_control = function(case) {
    found <- call_with(conformal_risk_control, losses = case$losses, alpha = case$alpha,
                       bound = case$bound,
                       monotonize = if (!is.null(case$monotonize)) case$monotonize != 0)
    list(index = found$index - 1L, bounds = found$bounds)
  },
  qc_conformal_risk_steps = function(case) {
    list(threshold = conformal_risk_steps(case$positions, case$alpha, case$n, case$drops,
                                          case$bound))
  },
  qc_conformal_risk_p_values = function(case) {
    list(p_values = call_with(conformal_risk_p_values, risks = case$risks, n = case$n,
                              alpha = case$alpha, bound = case$bound))
  },
  qc_conformal_risk_select = function(case) {
    risk_selection(call_with(conformal_risk_select, p_values = case$p_values, delta = case$delta,
                             procedure = case$procedure, starts = case$starts))
  },
  qc_conformal_risk_graph = function(case) {
    risk_selection(conformal_risk_graph(case$p_values, case$delta, case$weights,
                                        case$transitions))
  },
  qc_conformal_risk_best = function(case) {
    list(index = conformal_risk_best(as.logical(case$selected), case$costs) - 1L)
  }
))
