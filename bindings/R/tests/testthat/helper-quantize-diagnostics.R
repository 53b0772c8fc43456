# Diagnostics and planning of quantize from R.

# What these give is double though they compute on single precision.
double_outputs <- c("qc_quantize_error", "qc_quantize_statistics", "qc_quantize_propagation")

vector_calls <- c(vector_calls, list(
  qc_quantize_error = function(case) quantize_error(case$original, case$approximation),
  qc_quantize_statistics = function(case) quantize_statistics(case$values),
  qc_quantize_outlier_options_init = function(case) {
    list(reference = default(quantize_outlier_columns, "reference"),
         threshold = default(quantize_outlier_columns, "threshold"))
  },
  qc_quantize_outlier_columns = function(case) {
    found <- call_with(quantize_outlier_columns, w = case$values, threshold = case$threshold,
                       reference = case$reference)
    found$is_outlier <- as.integer(found$is_outlier)
    found
  },
  qc_quantize_code_counts = function(case) {
    list(counts = quantize_code_counts(as.raw(case$codes), case$rows, case$columns, case$bits))
  },
  qc_quantize_entropy = function(case) list(bits = quantize_entropy(case$counts)),
  qc_quantize_kl_divergence = function(case) {
    quantize_kl_divergence(case$reference, case$approximation)
  },
  qc_quantize_propagation = function(case) {
    quantize_propagation(case$input, case$approximate_input, case$weights,
                         case$approximate_weights)
  },
  qc_quantize_qat_options_init = function(case) {
    list(constant = default(quantize_qat_fraction, "constant"))
  },
  qc_quantize_qat_fraction = function(case) {
    list(fraction = do.call(quantize_qat_fraction, case))
  },
  qc_quantize_qat_loss = function(case) list(loss = do.call(quantize_qat_loss, case))
))
