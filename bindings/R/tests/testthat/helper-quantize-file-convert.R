# quantize/file_convert from R.

vector_calls <- c(vector_calls, list(
  qc_quantize_file_convert_options_init = function(case) {
    list(
      mode = default(quantize_file_convert, "mode"),
      group_size = default(quantize_file_convert, "group_size")
    )
  },
  qc_quantize_file_convert = function(case) {
    path <- tempfile()
    on.exit(unlink(path))
    found <- call_with(
      quantize_file_convert,
      file = opened_file(case$bytes), path = path, type = case$type, format = case$format,
      mode = case$mode, group_size = case$group_size, layout = case$layout,
      granularity = case$granularity, requantize = isTRUE(case$requantize == 1),
      plan_only = isTRUE(case$plan_only == 1)
    )
    as.list(found[case$index + 1, ])
  }
))
