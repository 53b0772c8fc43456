# quantize/checkpoint from R.

checkpoint_layout_of <- function(case) {
  call_with(quantize_checkpoint_layout, rows = case$rows, columns = case$columns,
            format = case$format, bits = case$bits, group_size = case$group_size,
            symmetric = is_symmetric(case), granularity = case$granularity)
}

vector_calls <- c(vector_calls, list(
  qc_quantize_checkpoint_layout = checkpoint_layout_of,
  qc_quantize_checkpoint_write = function(case) {
    stored <- quantize_checkpoint_write(quantized(case), case$format)
    list(weights = as.integer(stored$weights), weight_scales = stored$scales,
         weight_zeros = as.integer(stored$zeros))
  },
  qc_quantize_checkpoint_read = function(case) {
    # Refused shapes have no scales to be a matrix of.
    by_group <- case$format %in% c("gptq", "gptq_v2", "awq")
    scales <- matrix(case$weight_scales, ncol = if (by_group) case$rows else
      length(case$weight_scales) / case$rows, byrow = TRUE)
    stored <- list(weights = as.raw(case$weights), scales = scales,
                   zeros = as.raw(case$weight_zeros))
    q <- call_with(quantize_checkpoint_read, stored = stored, format = case$format,
                   rows = case$rows, columns = case$columns, bits = case$bits,
                   group_size = case$group_size, symmetric = is_symmetric(case),
                   granularity = case$granularity)
    list(codes = as.integer(q$packed), scales = q$scales, zeros = q$zeros)
  }
))
