# quantize/grid from R.

case_grid <- function(case) {
  fields <- c("kind", "bits", "exponent_bits", "specials", "overflow", "bias", "parameter")
  changes <- Filter(Negate(is.null), case[fields])
  if (!is.null(case$is_signed)) changes$signed <- case$is_signed != 0
  if (!is.null(case$is_narrow)) changes$narrow <- case$is_narrow != 0
  if (!is.null(case$levels)) changes$levels <- as.numeric(case$levels)
  do.call(quantize_grid, c(if (!is.null(case$grid)) list(case$grid), changes))
}

case_parameters <- function(values, case, rows) {
  if (!is.null(values)) {
    matrix(as.numeric(values), if (identical(case$granularity, "tensor")) 1 else rows, byrow = TRUE)
  }
}

vector_calls <- c(vector_calls, list(
  qc_quantize_grid_init = function(case) {
    grid <- case_grid(case)
    c(unclass(grid), list(is_signed = as.integer(grid$signed), is_narrow = as.integer(grid$narrow)))
  },
  qc_quantize_grid_levels = function(case) list(levels = quantize_grid_levels(case_grid(case))),
  qc_quantize_grid_options_init = function(case) {
    list(group_size = default(quantize_grid_encode, "group_size"),
         granularity = default(quantize_grid_encode, "granularity"))
  },
  qc_quantize_grid_layout = function(case) {
    call_with(quantize_grid_layout, rows = case$rows, columns = case$columns,
              grid = case_grid(case), group_size = case$group_size,
              granularity = case$granularity)
  },
  qc_quantize_grid_scales = function(case) {
    list(scales = call_with(quantize_grid_scales, w = case$values, grid = case_grid(case),
                            group_size = case$group_size, granularity = case$granularity))
  },
  qc_quantize_grid_encode = function(case) {
    rows <- nrow(case$values)
    codes <- call_with(quantize_grid_encode, w = case$values, grid = case_grid(case),
                       scales = case_parameters(case$scales, case, rows),
                       zeros = case_parameters(case$zeros, case, rows),
                       group_size = case$group_size, granularity = case$granularity)
    list(codes = as.integer(codes))
  },
  qc_quantize_grid_decode = function(case) {
    list(values = call_with(quantize_grid_decode, codes = as.raw(case$codes),
                            grid = case_grid(case),
                            scales = case_parameters(case$scales, case, case$rows),
                            rows = case$rows, columns = case$columns,
                            zeros = case_parameters(case$zeros, case, case$rows),
                            group_size = case$group_size, granularity = case$granularity))
  },
  qc_quantize_grid_neighbours = function(case) {
    rows <- nrow(case$values)
    call_with(quantize_grid_neighbours, w = case$values, grid = case_grid(case),
              scales = case_parameters(case$scales, case, rows),
              zeros = case_parameters(case$zeros, case, rows),
              group_size = case$group_size, granularity = case$granularity)
  },
  qc_quantize_grid_fake_options_init = function(case) {
    fields <- c("granularity", "gradient", "group_size")
    sapply(fields, default, f = quantize_grid_fake, simplify = FALSE)
  },
  qc_quantize_grid_fake = function(case) {
    rows <- nrow(case$values)
    call_with(quantize_grid_fake, w = case$values, grid = case_grid(case),
              scales = case_parameters(case$scales, case, rows),
              zeros = case_parameters(case$zeros, case, rows), upstream = case$upstream,
              gradient = case$gradient, group_size = case$group_size,
              granularity = case$granularity)
  }
))
