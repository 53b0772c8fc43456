# quantize/twin_log and quantize/noisy_bias from R.

case_five <- function(case) matrix(as.numeric(case$parameters), ncol = 5, byrow = TRUE)

vector_calls <- c(vector_calls, list(
  qc_quantize_twin_log_options_init = function(case) {
    fields <- c("granularity", "group_size", "bits")
    sapply(fields, default, f = quantize_twin_log_fit, simplify = FALSE)
  },
  qc_quantize_twin_log_fit = function(case) {
    found <- call_with(quantize_twin_log_fit, w = case$values, bits = case$bits,
                       granularity = case$granularity, group_size = case$group_size)
    list(parameters = as.vector(t(found)))
  },
  qc_quantize_twin_log_encode = function(case) {
    codes <- call_with(quantize_twin_log_encode, w = case$values, parameters = case_five(case),
                       bits = case$bits, granularity = case$granularity,
                       group_size = case$group_size)
    list(codes = as.integer(codes))
  },
  qc_quantize_twin_log_decode = function(case) {
    list(values = call_with(quantize_twin_log_decode, codes = as.raw(case$codes),
                            parameters = case_five(case), rows = case$rows,
                            columns = case$columns, bits = case$bits,
                            granularity = case$granularity, group_size = case$group_size))
  },
  qc_quantize_noisy_bias_options_init = function(case) {
    sapply(c("amplitudes", "seed"), default, f = quantize_noisy_bias, simplify = FALSE)
  },
  qc_quantize_noisy_bias = function(case) {
    bias <- if (!is.null(case$layer_bias)) as.numeric(case$layer_bias)
    options <- list(zero = case$zero, amplitudes = case$amplitudes, seed = case$seed)
    layer <- do.call(quantize_noisy_bias, c(
      list(case$values, case$weights, bias, case_grid(case), case$scale),
      Filter(Negate(is.null), options)
    ))
    c(layer, list(new_bias = layer$bias))
  }
))
