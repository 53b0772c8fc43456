#' Ranges by what they do to a model's predictions
#'
#' `quantize_prediction_range()` chooses the scales, and zero points if wanted, of the range that
#' changes a model's predictions least, as PD-Quant does. Candidates are the min-max range of each
#' group times numbers, the same for all groups; the widest of those with the least
#' `difference + error_weight * error` is taken.
#'
#' @inheritParams quantize_range
#' @param x Activations, or weights: a matrix.
#' @param difference A function of a candidate, a list of `index` (from 1, the widest), `candidates`
#'   (how many there are), `factor` (which the min-max ranges are multiplied by), `error` (the mean of
#'   `abs(x - quantized)^norm`), `quantized` (decoded values, a matrix as `x`), `scales` and `zeros`. It
#'   gives how far the model's predictions are, with `quantized` in place of `x`, from those of the
#'   model as it is: one number. (PD-Quant: the Kullback-Leibler divergence of softmax(logits / 4).)
#'   Its errors are those of the call.
#' @param rule A rule of the kind `"mse"`, or its name: `steps`, `low` and `high` say which candidates,
#'   `norm` which errors.
#' @param error_weight Of the error of the values beside the difference (PD-Quant: 0.1).
#' @return A list of `scales` and `zeros` as [quantize_range()] gives them, and of the candidate that is
#'   taken `index`, `factor`, `difference`, `error` and `loss`.
#' @examples
#' x <- rbind(c(-10:10 / 10, 40))
#' # Of a model that does not look at the last value:
#' difference <- function(candidate) sum((candidate$quantized - x)[-22]^2)
#' quantize_prediction_range(x, "int4", difference)$factor
#' @export
quantize_prediction_range <- function(x, grid, difference, rule = "mse", zeros = FALSE,
                                      error_weight = 0, group_size = 128L,
                                      granularity = c("tensor", "group", "row")) {
  if (!is.function(difference)) {
    refuse("type", sys.call(), "difference must be a function, not of class %s",
           class(difference)[1])
  }
  .Call(
    C_quantize_prediction_range, number_matrix(x, "x"), grid_fields(grid), rule_fields(rule),
    flag(zeros, "zeros"), numbers(error_weight, "error_weight"), difference,
    grid_sharing(group_size, match.arg(granularity))
  )
}
