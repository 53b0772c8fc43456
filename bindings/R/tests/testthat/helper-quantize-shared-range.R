# quantize/shared_range from R, which counts groups and places from 1.

vector_calls <- c(vector_calls, list(
  qc_quantize_reparameterize_options_init = function(case) {
    list(common = default(quantize_reparameterize, "common"),
         real_zero = as.integer(default(quantize_reparameterize, "real_zero")))
  },
  qc_quantize_range_groups_options_init = function(case) {
    sapply(c("method", "restarts", "seed"), default, f = quantize_range_groups, simplify = FALSE)
  },
  qc_quantize_reparameterize = function(case) {
    layers <- list(as.numeric(case$scales), case$zeros, as.numeric(case$gamma), case$beta,
                   case$weights, case$bias)
    options <- list(common = case$common, real_zero = isTRUE(case$real_zero == 1))
    do.call(quantize_reparameterize, c(layers, Filter(Negate(is.null), options)))
  },
  qc_quantize_range_groups = function(case) {
    found <- call_with(
      quantize_range_groups, minimum = as.numeric(case$minimum),
      maximum = as.numeric(case$maximum), groups = case$groups, method = case$method,
      restarts = case$restarts, seed = case$seed
    )
    rest <- numeric(case$groups - length(found$minimum))
    list(group_of = found$group_of - 1, group_minimum = c(found$minimum, rest),
         group_maximum = c(found$maximum, rest), group_count = length(found$minimum))
  },
  qc_quantize_step_places = function(case) {
    list(places = quantize_step_places(as.numeric(case$calibrated), as.numeric(case$steps)) - 1)
  }
))
