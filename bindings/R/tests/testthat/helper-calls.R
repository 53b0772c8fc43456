# How each function of the library is called from R: for each C name a function of the case's inputs
# that gives the outputs under the names of Tests/Vectors/README.md.

# Calls `f` with those arguments that the case gives; the others keep their defaults.
call_with <- function(f, ...) do.call(f, Filter(Negate(is.null), list(...)))

# Zero-based labels as R's.
r_labels <- function(case) if (NCOL(case$probabilities) == 1) case$labels else case$labels + 1

is_symmetric <- function(case) if (!is.null(case$scheme)) case$scheme == "symmetric"

default <- function(f, name) {
  value <- eval(formals(f)[[name]])
  value[1]
}

quantized <- function(case) {
  options <- call_with(quantize, w = matrix(0, 0, 0), bits = case$bits,
                       group_size = case$group_size, symmetric = is_symmetric(case),
                       granularity = case$granularity)
  scale_rows <- if (options$granularity == "tensor") 1 else case$rows
  options$packed <- as.raw(case$codes)
  options$scales <- matrix(case$scales, scale_rows, byrow = TRUE)
  options$zeros <- if (!is.null(case$zeros)) matrix(case$zeros, scale_rows, byrow = TRUE)
  options$dim <- as.integer(c(case$rows, case$columns))
  options
}

vector_calls <- list(
  qc_version = function(case) list(value = version()),
  qc_kernel_level = function(case) list(value = kernel_level()),
  qc_status_name = function(case) list(value = status_name(case$status)),
  qc_last_error = function(case) {
    try(conformal_rank(case$n, case$alpha), silent = TRUE)
    list(value = last_error())
  },
  qc_set_thread_count = function(case) {
    before <- set_thread_count(case$count)
    on.exit(set_thread_count(before))
    list(count = thread_count())
  },
  qc_thread_count = function(case) vector_calls$qc_set_thread_count(case),

  qc_isotonic_regression_options_init = function(case) {
    fields <- c("loss", "solution", "level", "huber_threshold", "power", "minimum_gap")
    c(list(
      direction = if (default(isotonic_regression, "increasing")) "increasing" else "decreasing",
      lower_bound = default(isotonic_regression, "lower"),
      upper_bound = default(isotonic_regression, "upper")
    ), sapply(fields, default, f = isotonic_regression, simplify = FALSE))
  },
  qc_isotonic_regression = function(case) {
    direction <- case$direction
    increasing <- if (identical(direction, "auto")) direction else if (!is.null(direction)) direction == "increasing"
    fit <- call_with(isotonic_regression, y = case$y, weights = case$weights,
                     increasing = increasing, loss = case$loss, level = case$level,
                     huber_threshold = case$huber_threshold, power = case$power,
                     solution = case$solution, lower = case$lower_bound,
                     upper = case$upper_bound, minimum_gap = case$minimum_gap)
    list(x = fit$x, block_weights = fit$weights, blocks = fit$blocks - 1L)
  },

  qc_conformal_rank = function(case) list(rank = conformal_rank(case$n, case$alpha)),
  qc_conformal_threshold = function(case) {
    list(threshold = conformal_threshold(case$scores, case$alpha))
  },
  qc_conformal_sets = function(case) {
    sets <- conformal_sets(case$scores, case$threshold)
    list(mask = matrix(as.integer(sets$mask), nrow(sets$mask)), sizes = sets$sizes)
  },
  qc_conformal_intervals = function(case) {
    limits <- conformal_intervals(case$mean, case$threshold)
    list(lower = limits[, "lower"], upper = limits[, "upper"])
  },

  qc_calibration_temperature_options_init = function(case) {
    list(max_iterations = default(temperature_fit, "max_iterations"))
  },
  qc_calibration_temperature_fit = function(case) {
    call_with(temperature_fit, logits = case$logits, labels = case$labels + 1,
              weights = case$weights, max_iterations = case$max_iterations)
  },
  qc_calibration_temperature_apply = function(case) {
    list(probabilities = temperature_apply(case$logits, case$temperature))
  },
  qc_calibration_error_options_init = function(case) {
    fields <- c("bins", "target", "binning", "norm", "edges")
    sapply(fields, default, f = calibration_error, simplify = FALSE)
  },
  qc_calibration_error = function(case) {
    arguments <- list(
      probs = case$probabilities, labels = r_labels(case), weights = case$weights,
      bins = case$bins, target = case$target, binning = case$binning, norm = case$norm,
      edges = case$edges
    )
    bins <- do.call(call_with, c(reliability_bins, arguments))
    list(error = do.call(call_with, c(calibration_error, arguments)),
         bin_table = as.matrix(bins[c("weight", "confidence", "outcome")]))
  },

  qc_quantize_integer_options_init = function(case) {
    list(bits = default(quantize, "bits"), group_size = default(quantize, "group_size"),
         scheme = if (default(quantize, "symmetric")) "symmetric" else "affine",
         granularity = default(quantize, "granularity"))
  },
  qc_quantize_integer_layout = function(case) {
    call_with(quantize_layout, rows = case$rows, columns = case$columns, bits = case$bits,
              group_size = case$group_size, symmetric = is_symmetric(case),
              granularity = case$granularity)
  },
  qc_quantize_integer_encode = function(case) {
    q <- call_with(quantize, w = case$values, bits = case$bits, group_size = case$group_size,
                   symmetric = is_symmetric(case), granularity = case$granularity)
    list(codes = as.integer(q$packed), scales = q$scales, zeros = q$zeros, unpacked = codes(q))
  },
  qc_quantize_integer_decode = function(case) list(values = dequantize(quantized(case))),
  qc_quantize_pack = function(case) {
    list(packed = as.integer(pack_codes(case$unpacked, case$bits, case$is_signed != 0)))
  },
  qc_quantize_unpack = function(case) {
    list(unpacked = unpack_codes(as.raw(case$packed), case$rows, case$columns, case$bits,
                                 case$is_signed != 0))
  }
)
