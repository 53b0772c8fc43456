#' The salient elements of a matrix
#'
#' Marks a fraction of the elements of a matrix: those with the largest magnitude, times a factor
#' of the column if there are factors.
#'
#' @inheritParams quantize_grid_scales
#' @param fraction Of n elements that are compared the `round(fraction * n)` largest are salient;
#'   of equals the first, row by row.
#' @param factors What magnitudes are multiplied with, one for each column: `1 / d` for the
#'   diagonal `d` of the Cholesky factor of the inverse Hessian (PB-LLM), norms of a layer's
#'   inputs (Wanda); or `NULL`.
#' @param granularity What is compared: the whole matrix (`"tensor"`), a `"row"`, or a `"group"`
#'   of neighbours in a row.
#' @return A logical matrix. That of a matrix of one row, such as the largest magnitudes of
#'   channels, may be given to [quantize_masked_range()] as a vector, for all rows.
#' @examples
#' quantize_salient_mask(rbind(c(3, 2.5, 0.1, -0.1, 0.3, -0.05)), 1 / 3)
#' @export
quantize_salient_mask <- function(w, fraction = 0.1, factors = NULL,
                                  granularity = c("tensor", "row", "group"), group_size = 128L) {
  # In the library's order the group comes first.
  place <- choice(granularity, c("tensor", "row", "group"), "granularity")
  .Call(
    C_quantize_salient_mask, number_matrix(w, "w"), numbers(fraction, "fraction"),
    numbers_or_null(factors, "factors"), list(2 - place, numbers(group_size, "group_size"))
  )
}

# A mask as C takes it: list(logical by rows, is it for all rows). Of a vector it is.
mask_of <- function(mask, call = sys.call(-1)) {
  if (!is.logical(mask) || anyNA(mask)) {
    refuse("type", call, "mask must be logical, without NA")
  }
  list(if (is.matrix(mask)) t(mask) else mask, !is.matrix(mask),
       as.double(if (is.matrix(mask)) ncol(mask) else length(mask)))
}

#' A part of a matrix on a grid of its own
#'
#' A mask says which elements belong to a part, and each part has a grid, codes and parameters of
#' its own: salient weights in eight bits and the others in one (PB-LLM), channels in four bits
#' (PTQ1.61), two ranges of channels (Q-Diffusion). `quantize_masked_range()` chooses scales, and
#' zero points if wanted, for the part alone; `quantize_masked_encode()` gives its codes;
#' `quantize_masked_decode()` writes their numbers to their places in a matrix;
#' `quantize_masked_layout()` says how much room a part needs.
#'
#' @inheritParams quantize_range
#' @param w A numeric matrix, finite, in the part or not.
#' @param mask A logical matrix shaped like `w`, or a logical vector of one element for each
#'   column, for all rows.
#' @param selected `FALSE` for the elements whose place in the mask is `FALSE`.
#' @param wants_zeros Whether the levels may be moved, by zero points.
#' @param group_size How many neighbours of a row share a scale, in the part or not.
#' @param rows The rows of the matrix.
#' @return `quantize_masked_range()`: a list of `scales` and `zeros`; `zeros` is `NULL` if they are
#'   not wanted. `quantize_masked_encode()`: a raw vector, the codes of each row from a byte on.
#'   `quantize_masked_decode()`: `w` with the numbers of the part in their places.
#'   `quantize_masked_layout()`: a list of `selected_count`, `code_bytes` and `group_count`.
#' @examples
#' w <- rbind(c(3, 2.5, 0.1, -0.1, 0.3, -0.05))
#' mask <- quantize_salient_mask(w, 1 / 3)
#' found <- quantize_masked_range(w, mask, "binary", "mean_absolute", selected = FALSE,
#'                                wants_zeros = TRUE)
#' codes <- quantize_masked_encode(w, mask, "binary", found$scales, found$zeros, selected = FALSE)
#' quantize_masked_decode(codes, w, mask, "binary", found$scales, found$zeros, selected = FALSE)
#' @export
quantize_masked_range <- function(w, mask, grid, rule = "min_max", selected = TRUE,
                                  wants_zeros = FALSE, group_size = 128L,
                                  granularity = c("group", "row", "tensor")) {
  .Call(
    C_quantize_masked_range, number_matrix(w, "w"), mask_of(mask), grid_fields(grid),
    rule_fields(rule), flag(wants_zeros, "wants_zeros"), flag(selected, "selected"),
    grid_sharing(group_size, granularity)
  )
}

#' @rdname quantize_masked_range
#' @export
quantize_masked_encode <- function(w, mask, grid, scales, zeros = NULL, selected = TRUE,
                                   group_size = 128L, granularity = c("group", "row", "tensor")) {
  .Call(
    C_quantize_masked_encode, number_matrix(w, "w"), mask_of(mask), grid_fields(grid),
    numbers(scales, "scales"), numbers_or_null(zeros, "zeros"), flag(selected, "selected"),
    grid_sharing(group_size, granularity)
  )
}

#' @param codes What `quantize_masked_encode()` gave.
#' @param scales,zeros What `quantize_masked_range()` gave.
#' @rdname quantize_masked_range
#' @export
quantize_masked_decode <- function(codes, w, mask, grid, scales, zeros = NULL, selected = TRUE,
                                   group_size = 128L, granularity = c("group", "row", "tensor")) {
  .Call(
    C_quantize_masked_decode, raw_vector(codes, "codes"), number_matrix(w, "w"), mask_of(mask),
    grid_fields(grid), numbers(scales, "scales"), numbers_or_null(zeros, "zeros"),
    flag(selected, "selected"), grid_sharing(group_size, granularity)
  )
}

#' @rdname quantize_masked_range
#' @export
quantize_masked_layout <- function(mask, grid, rows = nrow(mask), selected = TRUE,
                                   group_size = 128L, granularity = c("group", "row", "tensor")) {
  .Call(
    C_quantize_masked_layout, numbers(rows, "rows"), mask_of(mask), grid_fields(grid),
    flag(selected, "selected"), grid_sharing(group_size, granularity)
  )
}
