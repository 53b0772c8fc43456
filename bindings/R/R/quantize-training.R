#' Periodic binary weights, and rotations before rounding
#'
#' `quantize_periodic()` gives binary weights that are periodic in what is trained, as BiPer has
#' them, `scale * sign(sin(frequency * w))`, with gradients. `quantize_rotate()` multiplies rows by
#' random signs and then by Hadamard matrices in blocks, which spreads outliers before rounding;
#' products of two matrices that are both rotated stay what they were, and gradients that went straight
#' through rounding are rotated back (RoSTE). `quantize_rotation_choose()` says whether a layer is to
#' be rotated.
#'
#' @param w A numeric matrix, finite.
#' @param scales A matrix of scales, as of [quantize_grid_scales()]; usually one for each row.
#' @param upstream A matrix shaped like `w`: the gradient of a loss by the rounded numbers; or `NULL`.
#' @param binary Whether the sign is taken; otherwise the sine itself, for the first stage of training.
#' @param frequency Above 0.
#' @param penalty Times the mean of `(abs(sin(frequency * w)) - scale)^2`; at least 0.
#' @param granularity What shares a scale: a `"row"`, a `"group"` of neighbours in a row, or the whole
#'   matrix (`"tensor"`).
#' @param group_size How many neighbours share a scale. For granularity `"group"` only.
#' @return `quantize_periodic()`: a list of `quantized`, `value_gradients`, `scale_gradients` (both
#'   `NULL` without `upstream`) and `penalty`, whose gradients are part of those.
#'   `quantize_rotate()`: a matrix. `quantize_rotation_choose()`: a list of `rotates`, and the relative
#'   squared errors of activations and weights together, `plain_error` without the rotation and
#'   `rotated_error` with it.
#' @examples
#' quantize_periodic(rbind(c(0.05, -0.05, 0.2)), 0.5)$quantized
#' y <- quantize_rotate(rbind(c(8, 0, 0, 0)), block = 4)
#' quantize_rotate(y, inverse = TRUE, block = 4)
#' @export
quantize_periodic <- function(w, scales, upstream = NULL, binary = TRUE, frequency = 30,
                              penalty = 0.001, granularity = c("row", "group", "tensor"),
                              group_size = 128L) {
  values <- number_matrix(w, "w")
  if (!is.null(upstream)) {
    upstream <- number_matrix(upstream, "upstream")
    if (!identical(dim(upstream), dim(values))) {
      refuse("size", sys.call(), "upstream is %d x %d; %d x %d is needed", nrow(upstream),
             ncol(upstream), nrow(values), ncol(values))
    }
  }
  .Call(
    C_quantize_periodic, values, numbers(scales, "scales"), upstream, flag(binary, "binary"),
    numbers(frequency, "frequency"), numbers(penalty, "penalty"),
    pair_sharing(group_size, granularity)
  )
}

#' @param x A numeric matrix, finite.
#' @param inverse Whether the inverse rotation is wanted.
#' @param block A power of two. The rest of a row is in blocks of falling powers of two.
#' @param seed Of the signs.
#' @rdname quantize_periodic
#' @export
quantize_rotate <- function(x, inverse = FALSE, block = 128L, seed = 0) {
  .Call(
    C_quantize_rotate, number_matrix(x, "x"), flag(inverse, "inverse"), numbers(block, "block"),
    numbers(seed, "seed")
  )
}

#' @param activations,weights Matrices of as many columns: inputs of a layer, and its weights, a row
#'   for each output.
#' @param activation_grid,weight_grid Grids as [quantize_grid()] makes them, or their names; with a
#'   min-max scale for each row.
#' @rdname quantize_periodic
#' @export
quantize_rotation_choose <- function(activations, weights, activation_grid, weight_grid,
                                     block = 128L, seed = 0) {
  activations <- number_matrix(activations, "activations")
  weights <- number_matrix(weights, "weights")
  if (ncol(weights) != ncol(activations)) {
    refuse("size", sys.call(), "weights has %d columns; %d are needed", ncol(weights),
           ncol(activations))
  }
  .Call(
    C_quantize_rotation_choose, activations, weights, grid_fields(activation_grid),
    grid_fields(weight_grid), numbers(block, "block"), numbers(seed, "seed")
  )
}
