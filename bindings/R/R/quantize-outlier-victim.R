#' Outlier-victim pairs
#'
#' A pair of neighbours in a row is two integers from -7 to 7, or 0 and an outlier (12, 16, 24, 32,
#' 48, 64 or 96, of either sign), in units of a scale: four bits a number, and large ones too
#' (OliVe). Of two outliers the larger stays. `quantize_outlier_victim_scales()` finds the scales of
#' least squared error; `quantize_outlier_victim_encode()` gives codes,
#' `quantize_outlier_victim_decode()` the numbers that they stand for.
#'
#' @param w A numeric matrix, finite.
#' @param steps,low,high The candidates for scales are `(abs(mean) + 3 * sd) / 7`, `sd` being the
#'   root of the mean squared distance from the mean, times `steps` numbers from `high` down to
#'   `low`.
#' @param scales A matrix of scales; for encoding positive.
#' @param granularity What shares a scale: a `"row"`, a `"group"` of neighbours in a row, or the
#'   whole matrix (`"tensor"`).
#' @param group_size How many neighbours share a scale, even. For granularity `"group"` only.
#' @return `quantize_outlier_victim_scales()`: the scales. `quantize_outlier_victim_encode()`: a raw
#'   vector, a pair each, row after row. `quantize_outlier_victim_decode()`: a matrix.
#' @examples
#' w <- rbind(c(3, 100, 50, -300, 37.9, 9, -3, 29))
#' codes <- quantize_outlier_victim_encode(w, 4)
#' quantize_outlier_victim_decode(codes, 4, 1, 8)
#' @export
quantize_outlier_victim_scales <- function(w, steps = 51L, low = 0.5, high = 1.5,
                                           granularity = c("row", "group", "tensor"),
                                           group_size = 128L) {
  .Call(
    C_quantize_outlier_victim_scales, number_matrix(w, "w"), numbers(steps, "steps"),
    numbers(low, "low"), numbers(high, "high"), pair_sharing(group_size, granularity)
  )
}

# As grid_sharing(), with another default.
pair_sharing <- function(group_size, granularity, call = sys.call(-1)) {
  if (identical(granularity, c("row", "group", "tensor"))) {
    granularity <- "row"
  }
  grid_sharing(group_size, granularity, call)
}

#' @rdname quantize_outlier_victim_scales
#' @export
quantize_outlier_victim_encode <- function(w, scales, granularity = c("row", "group", "tensor"),
                                           group_size = 128L) {
  .Call(
    C_quantize_outlier_victim_encode, number_matrix(w, "w"), numbers(scales, "scales"),
    pair_sharing(group_size, granularity)
  )
}

#' @param codes What `quantize_outlier_victim_encode()` gave.
#' @param rows,columns The shape of the matrix.
#' @rdname quantize_outlier_victim_scales
#' @export
quantize_outlier_victim_decode <- function(codes, scales, rows, columns,
                                           granularity = c("row", "group", "tensor"),
                                           group_size = 128L) {
  .Call(
    C_quantize_outlier_victim_decode, raw_vector(codes, "codes"), numbers(scales, "scales"),
    numbers(rows, "rows"), numbers(columns, "columns"), pair_sharing(group_size, granularity)
  )
}
