# quantize/ggml from R.

vector_calls <- c(vector_calls, list(
  qc_quantize_ggml_layout = function(case) {
    quantize_ggml_layout(case$rows, case$columns, case$type)
  },
  qc_quantize_ggml_decode = function(case) {
    list(values = quantize_ggml_decode(as.raw(case$blocks), case$rows, case$columns, case$type))
  },
  qc_quantize_ggml_options_init = function(case) list(mode = default(quantize_ggml_encode, "mode")),
  qc_quantize_ggml_encode = function(case) {
    blocks <- call_with(quantize_ggml_encode, w = case$values, type = case$type,
                        importance = case$importance, mode = case$mode)
    list(blocks = as.integer(blocks))
  }
))
