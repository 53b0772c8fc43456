#' Candidates for the codes of vectors, chosen by what a layer gives out
#'
#' A vector is a mixture of its nearest centres, with ratios p that are the softmax of logits, until
#' one candidate is left (VQ4DiT). `quantize_candidates_find()` gives candidates and first logits,
#' for ratios in proportion to 1 / distance. Logits and centres are learned with
#' `quantize_candidates_mix()` forward, `quantize_candidates_gradient()` backward, and
#' `quantize_candidates_settle()` between steps; `quantize_candidates_calibrate()` does all of it for
#' a linear layer: it brings down the squared error of the layer's outputs, as a share of them, and a
#' penalty that grows to `penalty`, by RMSprop, and its result is never worse than the nearest centres.
#'
#' @param vectors A matrix, a row for each vector. Rounded to single precision.
#' @param centres A matrix, a row for each centre of one code book. For `quantize_candidates_settle()`
#'   how many there are.
#' @param candidates How many of each vector, 1 to 64; or a matrix of candidates (from 0 on) with a row
#'   for each vector, as `quantize_candidates_find()` gives it.
#' @param logits A matrix as the candidates.
#' @param gradients A matrix, a row for each vector: of a loss, at the mixtures.
#' @param penalty The weight of the mean, over vectors with more than one candidate left, of their sums
#'   of p (1 - p).
#' @param settled Above this ratio a vector has one candidate: the logits of others become `-Inf`.
#' @param matrix A layer's weights, a row for each output; rows are cut into vectors.
#' @param hessian A square matrix, `crossprod(x)` of the layer's inputs.
#' @param weights The weight of each row's error, at least 0; or `NULL`.
#' @param iterations Steps, at most.
#' @param logit_step,centre_step,smoothing Sizes of steps, and of the running mean of squared gradients.
#' @return `quantize_candidates_find()`: a list of `candidates` and `logits`.
#'   `quantize_candidates_mix()`: of `ratios` and `vectors`. `quantize_candidates_gradient()`: of the
#'   gradients at `logits` and `centres`. `quantize_candidates_settle()`: of `logits`; `codes`, the
#'   candidates of the largest ratios; `open`, how many vectors have more than one left; `penalty`, the
#'   mean of their sums. `quantize_candidates_calibrate()`: of `centres`, `codes`, `objective` (the error
#'   of the outputs), `used`, `iterations` and `converged` (whether all vectors settled).
#' @examples
#' centres <- matrix(c(9, 0, 3))
#' found <- quantize_candidates_find(matrix(1), centres)
#' quantize_candidates_mix(found$candidates, found$logits, centres)
#' @export
quantize_candidates_find <- function(vectors, centres, candidates = 2L) {
  .Call(C_quantize_candidates_find, number_matrix(vectors, "vectors"),
        number_matrix(centres, "centres"), numbers(candidates, "candidates"))
}

#' @rdname quantize_candidates_find
#' @export
quantize_candidates_mix <- function(candidates, logits, centres) {
  .Call(C_quantize_candidates_mix, number_matrix(candidates, "candidates"),
        number_matrix(logits, "logits"), number_matrix(centres, "centres"))
}

#' @rdname quantize_candidates_find
#' @export
quantize_candidates_gradient <- function(gradients, candidates, logits, centres, penalty = 1) {
  .Call(C_quantize_candidates_gradient, number_matrix(gradients, "gradients"),
        number_matrix(candidates, "candidates"), number_matrix(logits, "logits"),
        number_matrix(centres, "centres"), numbers(penalty, "penalty"))
}

#' @rdname quantize_candidates_find
#' @export
quantize_candidates_settle <- function(candidates, logits, centres = 65536, settled = 0.99) {
  .Call(C_quantize_candidates_settle, number_matrix(candidates, "candidates"),
        number_matrix(logits, "logits"), numbers(centres, "centres"), numbers(settled, "settled"))
}

#' @rdname quantize_candidates_find
#' @export
quantize_candidates_calibrate <- function(matrix, hessian, centres, weights = NULL, candidates = 2L,
                                          penalty = 1, settled = 0.99, iterations = 500L,
                                          logit_step = 0.05, centre_step = 1e-4, smoothing = 0.9) {
  .Call(
    C_quantize_candidates_calibrate, number_matrix(matrix, "matrix"),
    number_matrix(hessian, "hessian"), number_matrix(centres, "centres"),
    numbers_or_null(weights, "weights"),
    list(
      numbers(candidates, "candidates"), numbers(penalty, "penalty"), numbers(settled, "settled"),
      numbers(iterations, "iterations"), numbers(logit_step, "logit_step"),
      numbers(centre_step, "centre_step"), numbers(smoothing, "smoothing")
    )
  )
}
