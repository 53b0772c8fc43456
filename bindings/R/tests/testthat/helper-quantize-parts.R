# quantize/masked, quantize/outlier_victim and quantize/elastic from R.

# A matrix of logicals, or for all rows a vector.
case_mask <- function(case) {
  mask <- case$mask == 1
  if (identical(case$is_shared, 1L) || identical(case$is_shared, 1)) as.vector(mask) else mask
}

case_selected <- function(case) if (!is.null(case$selected)) case$selected == 1

vector_calls <- c(vector_calls, list(
  qc_quantize_salient_options_init = function(case) {
    fields <- c("granularity", "group_size", "fraction")
    sapply(fields, default, f = quantize_salient_mask, simplify = FALSE)
  },
  qc_quantize_salient_mask = function(case) {
    mask <- call_with(quantize_salient_mask, w = case$values, fraction = case$fraction,
                      factors = case$factors, granularity = case$granularity,
                      group_size = case$group_size)
    list(mask = mask + 0L)
  },
  qc_quantize_masked_options_init = function(case) {
    fields <- c("granularity", "group_size", "selected")
    options <- sapply(fields, default, f = quantize_masked_encode, simplify = FALSE)
    options$selected <- as.integer(options$selected)
    options
  },
  qc_quantize_masked_layout = function(case) {
    call_with(quantize_masked_layout, mask = case_mask(case), grid = case_grid(case),
              rows = case$rows, selected = case_selected(case), group_size = case$group_size,
              granularity = case$granularity)
  },
  qc_quantize_masked_range = function(case) {
    call_with(quantize_masked_range, w = case$values, mask = case_mask(case),
              grid = case_grid(case), rule = case_rule(case), selected = case_selected(case),
              wants_zeros = isTRUE(case$with_zeros == 1), group_size = case$group_size,
              granularity = case$granularity)
  },
  qc_quantize_masked_encode = function(case) {
    rows <- nrow(case$values)
    codes <- call_with(quantize_masked_encode, w = case$values, mask = case_mask(case),
                       grid = case_grid(case), scales = case_parameters(case$scales, case, rows),
                       zeros = case_parameters(case$zeros, case, rows),
                       selected = case_selected(case), group_size = case$group_size,
                       granularity = case$granularity)
    list(codes = as.integer(codes))
  },
  qc_quantize_masked_decode = function(case) {
    mask <- case_mask(case)
    columns <- if (is.matrix(mask)) ncol(mask) else length(mask)
    list(values = call_with(quantize_masked_decode, codes = as.raw(case$codes),
                            w = matrix(0, case$rows, columns), mask = mask, grid = case_grid(case),
                            scales = case_parameters(case$scales, case, case$rows),
                            zeros = case_parameters(case$zeros, case, case$rows),
                            selected = case_selected(case), group_size = case$group_size,
                            granularity = case$granularity))
  },
  qc_quantize_elastic_options_init = function(case) {
    fields <- c("granularity", "group_size", "refit")
    options <- sapply(fields, default, f = quantize_elastic, simplify = FALSE)
    options$refit <- as.integer(options$refit)
    options
  },
  qc_quantize_elastic = function(case) {
    fewer <- call_with(quantize_elastic, codes = as.raw(case$codes),
                       scales = case_parameters(case$scales, case, case$rows), rows = case$rows,
                       columns = case$columns, bits = case$bits, fewer_bits = case$fewer_bits,
                       refit = if (!is.null(case$refit)) case$refit == 1,
                       group_size = case$group_size, granularity = case$granularity)
    list(fewer_codes = as.integer(fewer$codes), fewer_scales = fewer$scales)
  },
  qc_quantize_outlier_victim_options_init = function(case) {
    fields <- c("granularity", "group_size", "steps", "low", "high")
    sapply(fields, default, f = quantize_outlier_victim_scales, simplify = FALSE)
  },
  qc_quantize_outlier_victim_scales = function(case) {
    list(scales = call_with(quantize_outlier_victim_scales, w = case$values, steps = case$steps,
                            low = case$low, high = case$high, granularity = case$granularity,
                            group_size = case$group_size))
  },
  qc_quantize_outlier_victim_encode = function(case) {
    codes <- call_with(quantize_outlier_victim_encode, w = case$values,
                       scales = case_parameters(case$scales, case, nrow(case$values)),
                       granularity = case$granularity, group_size = case$group_size)
    list(codes = as.integer(codes))
  },
  qc_quantize_outlier_victim_decode = function(case) {
    list(values = call_with(quantize_outlier_victim_decode, codes = as.raw(case$codes),
                            scales = case_parameters(case$scales, case, case$rows),
                            rows = case$rows, columns = case$columns,
                            granularity = case$granularity, group_size = case$group_size))
  }
))
