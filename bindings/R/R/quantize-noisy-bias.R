#' Noise that the bias takes off again
#'
#' A fixed noise for each channel of a layer's input, if it makes the layer's output better, as
#' NoisyQuant has it. The layer, which computed `x %*% t(weights) + bias`, then adds the noise to `x`
#' before it is rounded, and has a new bias.
#'
#' @param x A numeric matrix, finite: inputs of the layer, a column for each channel.
#' @param weights A matrix with a row for each output, as they will be used.
#' @param bias One for each output; `NULL` is zeros.
#' @param grid An integer or midrise grid as [quantize_grid()] makes it, or its name.
#' @param scale,zero Of the activations without noise.
#' @param amplitudes How many are tried: 1, 1/2, 1/4 and so on, times a step; 1 to 16.
#' @param seed Of the noise.
#' @return A list of `noise` (zeros if it does not help), the new `bias`, `amplitude` (0 if noise does
#'   not help), `scale` and `zero` (of the activations with noise), and the mean squared errors of
#'   the outputs, `plain_error` without noise and `error` with this one.
#' @examples
#' layer <- quantize_noisy_bias(matrix(0.45, 64, 16), matrix(1, 1, 16), NULL, "int8", 1)
#' c(layer$amplitude, layer$plain_error, layer$error)
#' @export
quantize_noisy_bias <- function(x, weights, bias, grid, scale, zero = 0, amplitudes = 3L,
                                seed = 0) {
  x <- number_matrix(x, "x")
  weights <- number_matrix(weights, "weights")
  if (ncol(weights) != ncol(x)) {
    refuse("size", sys.call(), "weights has %d columns; %d are needed", ncol(weights), ncol(x))
  }
  if (!is.null(bias) && length(bias) != nrow(weights)) {
    refuse("size", sys.call(), "bias has %d elements; %d are needed", length(bias), nrow(weights))
  }
  .Call(
    C_quantize_noisy_bias, x, weights, numbers_or_null(bias, "bias"), grid_fields(grid),
    numbers(scale, "scale"), numbers(zero, "zero"), numbers(amplitudes, "amplitudes"),
    numbers(seed, "seed")
  )
}
