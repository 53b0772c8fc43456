# conformal/circuit from R.

# R counts from 1.
circuit_call <- function(f, case, ...) {
  literal <- function(x) ifelse(x >= 0, x + 1, x)
  rules <- data.frame(premise = literal(as.numeric(case$premises)),
                      conclusion = literal(as.numeric(case$conclusions)),
                      weight = as.numeric(case$weights))
  if (!is.null(case$circuits)) {
    rules$circuit <- as.numeric(case$circuits) + 1
  }
  call_with(f, ..., rules = rules, circuits = case$circuit_count, shares = case$shares)
}

vector_calls <- c(vector_calls, list(
  qc_conformal_circuit_probabilities = function(case) {
    list(corrected = circuit_call(conformal_circuit_probabilities, case, leaves = case$leaves))
  },
  qc_conformal_circuit_bounds = function(case) {
    bounds <- circuit_call(conformal_circuit_bounds, case, lower = case$lower, upper = case$upper)
    list(corrected_lower = bounds$lower, corrected_upper = bounds$upper)
  }
))
