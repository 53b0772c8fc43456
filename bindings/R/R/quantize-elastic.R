#' Codes read at fewer bits
#'
#' Makes of codes on a midrise grid those on a midrise grid of fewer bits: the leading bits of each
#' code. That is what encoding the matrix itself with the new scales gives, but for numbers exactly
#' between two levels.
#'
#' @inheritParams quantize_grid_scales
#' @param codes What [quantize_grid_encode()] gave for a grid `"midrise<bits>"`.
#' @param scales The scales, positive.
#' @param rows,columns The shape of the matrix.
#' @param bits,fewer_bits Numbers of bits, 1 to 8; `fewer_bits` at most `bits`.
#' @param refit Whether scales are those of least squares from the numbers that `codes` stand for;
#'   else they are multiplied with `2^(bits - fewer_bits)`.
#' @return A list of `codes` and `scales`, for the grid `"midrise<fewer_bits>"`.
#' @examples
#' codes <- quantize_grid_encode(rbind(c(-3.5, -0.5, 0.5, 2.5)), "midrise3", 1)
#' fewer <- quantize_elastic(codes, 1, 1, 4, bits = 3, fewer_bits = 2)
#' quantize_grid_decode(fewer$codes, "midrise2", fewer$scales, 1, 4)
#' @export
quantize_elastic <- function(codes, scales, rows, columns, bits, fewer_bits, refit = FALSE,
                             group_size = 128L, granularity = c("group", "row", "tensor")) {
  .Call(
    C_quantize_elastic, raw_vector(codes, "codes"), numbers(scales, "scales"),
    numbers(rows, "rows"), numbers(columns, "columns"), numbers(bits, "bits"),
    numbers(fewer_bits, "fewer_bits"), flag(refit, "refit"), grid_sharing(group_size, granularity)
  )
}
