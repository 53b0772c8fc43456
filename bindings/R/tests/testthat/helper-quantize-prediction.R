# quantize/prediction_range from R, which counts candidates from 1.

double_outputs <- c(double_outputs, "qc_quantize_prediction_range")

vector_calls <- c(vector_calls, list(
  qc_quantize_prediction_range = function(case) {
    watched <- if (is.null(case$watched)) 1 else case$watched + 1
    differences <- as.numeric(case$differences)
    kept <- NULL
    difference <- function(candidate) {
      if (candidate$index == watched) kept <<- candidate$quantized
      if (candidate$index > length(differences)) {
        # What R raises stands for a callback that stops.
        stop(structure(class = c("quantcal_error", "error", "condition"),
                       list(message = sprintf("stopped at candidate %d", candidate$index - 1),
                            call = NULL, status = -9)))
      }
      differences[candidate$index]
    }
    found <- call_with(
      quantize_prediction_range, x = case$values, grid = case_grid(case), difference = difference,
      rule = case_rule(case), zeros = isTRUE(case$with_zeros == 1),
      error_weight = case$error_weight, group_size = case$group_size,
      granularity = if (is.null(case$granularity)) "group" else case$granularity
    )
    empty <- length(case$values) == 0
    c(found[names(found) != "index"],
      list(index = if (empty) 0 else found$index - 1, quantized = kept))
  }
))
