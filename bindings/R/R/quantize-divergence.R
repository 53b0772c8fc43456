#' What quantization did to a model's outputs
#'
#' `quantize_kl_divergence()` compares the logits of a quantized model with those of
#' the original; `quantize_propagation()` takes the error of a linear layer
#' `y = x w'` apart: what was there in its input, and what its own weights add. Going
#' through a model layer by layer shows where errors arise, and where they grow.
#'
#' @param reference,approximation Matrices of logits, a row for each token and a column
#'   for each class. `-Inf` is a class without probability; each row needs a finite
#'   logit.
#' @param x,approximate_x The layer's input in the original and in the quantized model:
#'   a row for each token. Computed on in single precision.
#' @param weights,approximate_weights The layer's weights, and what they are decoded
#'   to: a row for each output.
#' @return `quantize_kl_divergence()`: a list of `mean` (of the rows' divergences of
#'   `softmax(approximation)` from `softmax(reference)`, in nats), `standard_error` (of
#'   the mean), `maximum`, `top_agreement` (the share of rows whose first largest logit
#'   is in the same column) and `per_row`. A divergence is accurate however small.
#'
#'   `quantize_propagation()`: a list of `input_error` and `weight_error`,
#'   relative to the norms of the input and of the weights; `carried_error`,
#'   `own_error` and `total_error`, relative to that of the output; `cross_term`, such
#'   that `total_error^2` is `carried_error^2 + own_error^2 + cross_term`; and
#'   `amplification`, which is `carried_error / input_error`. They are `NaN` relative to
#'   a norm of 0.
#' @examples
#' quantize_kl_divergence(rbind(c(0, 0), c(2, 1)), rbind(c(0, 0), c(1, 2)))
#' x <- matrix(sin(1:12), 3)
#' w <- matrix(cos(1:8), 2)
#' quantize_propagation(x, round(x, 1), w, round(w, 1))$amplification
#' @export
quantize_kl_divergence <- function(reference, approximation) {
  .Call(
    C_quantize_kl_divergence,
    number_matrix(reference, "reference"), number_matrix(approximation, "approximation")
  )
}

#' @rdname quantize_kl_divergence
#' @export
quantize_propagation <- function(x, approximate_x, weights, approximate_weights) {
  .Call(
    C_quantize_propagation,
    number_matrix(x, "x"), number_matrix(approximate_x, "approximate_x"),
    number_matrix(weights, "weights"), number_matrix(approximate_weights, "approximate_weights")
  )
}

#' Planning of quantization-aware training
#'
#' `quantize_qat_fraction()` is the share of all training tokens that is best spent on
#' quantization-aware training, `exp(-constant / log(S))`, where
#' `S = tokens / (parameters * bits / 8)` is the number of tokens for each byte of the
#' quantized model. `quantize_qat_loss()` is the loss that quantization adds, by a law
#' whose constants you have fitted:
#' `factor * tokens^token_exponent * log2(group_size)^group_exponent /
#' parameters^parameter_exponent`. No constants come with the latter: they depend on the
#' training that was measured, and on the units of tokens and parameters.
#'
#' @param tokens,parameters Of all training, and of the model.
#' @param bits Of a parameter; need not be whole.
#' @param constant Of the published fit.
#' @param group_size How many weights share a scale; for one scale a row the length of
#'   a row. Groups of 1 add no loss.
#' @param factor,token_exponent,parameter_exponent,group_exponent The fitted constants.
#' @return A number. It is an error if there is not more than one token a byte.
#' @references arXiv 2509.22935 (the share) and 2505.14302 (the form of the loss).
#' @examples
#' quantize_qat_fraction(tokens = 1e12, parameters = 2e9, bits = 4)
#' quantize_qat_loss(4, 9, 8, factor = 2, token_exponent = 0.5, parameter_exponent = 1,
#'                   group_exponent = 2)
#' @export
quantize_qat_fraction <- function(tokens, parameters, bits, constant = 6.7297) {
  .Call(
    C_quantize_qat_fraction,
    numbers(tokens, "tokens"), numbers(parameters, "parameters"), numbers(bits, "bits"),
    numbers(constant, "constant")
  )
}

#' @rdname quantize_qat_fraction
#' @export
quantize_qat_loss <- function(tokens, parameters, group_size, factor, token_exponent,
                              parameter_exponent, group_exponent) {
  .Call(
    C_quantize_qat_loss,
    numbers(tokens, "tokens"), numbers(parameters, "parameters"),
    numbers(group_size, "group_size"),
    list(
      numbers(factor, "factor"), numbers(token_exponent, "token_exponent"),
      numbers(parameter_exponent, "parameter_exponent"), numbers(group_exponent, "group_exponent")
    )
  )
}
