# Periodic binary weights and rotations from R.

vector_calls <- c(vector_calls, list(
  qc_quantize_periodic_options_init = function(case) {
    fields <- c("granularity", "group_size", "frequency", "penalty")
    c(sapply(fields, default, f = quantize_periodic, simplify = FALSE),
      list(is_binary = as.integer(default(quantize_periodic, "binary"))))
  },
  qc_quantize_rotation_options_init = function(case) {
    sapply(c("seed", "block"), default, f = quantize_rotate, simplify = FALSE)
  },
  qc_quantize_periodic = function(case) {
    call_with(quantize_periodic, w = case$values,
              scales = case_parameters(case$scales, case, nrow(case$values)),
              upstream = case$upstream, frequency = case$frequency, penalty = case$penalty,
              binary = if (!is.null(case$is_binary)) case$is_binary == 1,
              granularity = case$granularity, group_size = case$group_size)
  },
  qc_quantize_rotate = function(case) {
    list(result = call_with(quantize_rotate, x = case$values, block = case$block, seed = case$seed,
                            inverse = if (!is.null(case$is_inverse)) case$is_inverse == 1))
  },
  qc_quantize_rotation_choose = function(case) {
    grid <- function(name) if (is.null(case[[name]])) "int4" else case[[name]]
    found <- call_with(quantize_rotation_choose, activations = case$activations,
                       weights = case$weights, activation_grid = grid("activation_grid"),
                       weight_grid = grid("weight_grid"), block = case$block, seed = case$seed)
    found$rotates <- as.integer(found$rotates)
    found
  }
))
