# quantize/trellis from R.

case_trellis <- function(case) {
  fields <- c("code", "state_bits", "step_bits", "step_values", "table_bits", "length", "seed")
  given <- case[intersect(fields, names(case))]
  if (!is.null(case$tail_biting)) given$tail_biting <- case$tail_biting == 1
  if (!is.null(case$table)) given$table <- as.matrix(case$table)
  do.call(quantize_trellis, given)
}

# Sums of errors are double.
double_outputs <- c(double_outputs, "qc_quantize_trellis_encode")

vector_calls <- c(vector_calls, list(
  qc_quantize_trellis_options_init = function(case) {
    trellis <- quantize_trellis()
    trellis$table <- NULL
    trellis$tail_biting <- as.integer(trellis$tail_biting)
    sharing <- c("granularity", "group_size", "ratio")
    c(trellis, sapply(sharing, default, f = quantize_trellis_scales, simplify = FALSE))
  },
  qc_quantize_trellis_values = function(case) {
    list(values = quantize_trellis_values(case_trellis(case)))
  },
  qc_quantize_trellis_layout = function(case) {
    call_with(quantize_trellis_layout, rows = case$rows, columns = case$columns,
              trellis = case_trellis(case), granularity = case$granularity,
              group_size = case$group_size)
  },
  qc_quantize_trellis_scales = function(case) {
    scales <- call_with(quantize_trellis_scales, w = case$values, trellis = case_trellis(case),
                        ratio = case$ratio, granularity = case$granularity,
                        group_size = case$group_size)
    list(scales = as.vector(t(scales)))
  },
  qc_quantize_trellis_encode = function(case) {
    found <- call_with(quantize_trellis_encode, w = case$values,
                       scales = trellis_scales(case, nrow(case$values)),
                       trellis = case_trellis(case), importance = case$importance,
                       granularity = case$granularity, group_size = case$group_size)
    list(codes = as.integer(found$codes), error = found$error)
  },
  qc_quantize_trellis_decode = function(case) {
    list(values = call_with(quantize_trellis_decode, codes = as.raw(case$codes),
                            scales = trellis_scales(case, case$rows), rows = case$rows,
                            columns = case$columns, trellis = case_trellis(case),
                            granularity = case$granularity, group_size = case$group_size))
  }
))

# Scales as the matrix that R takes.
trellis_scales <- function(case, rows) {
  shared <- identical(case$granularity, "tensor") || rows == 0
  if (shared) case$scales else matrix(case$scales, nrow = rows, byrow = TRUE)
}
