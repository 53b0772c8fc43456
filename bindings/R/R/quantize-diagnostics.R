#' What quantization did to numbers
#'
#' `quantize_error()` says how far an approximation, such as decoded weights, is from
#' the original; `quantize_statistics()` what makes numbers easy or hard to quantize;
#' `quantize_outlier_columns()` finds the columns (channels, features) in which a value
#' is far larger than elsewhere; `quantize_code_counts()` counts packed codes, and
#' `quantize_entropy()` says how many bits an ideal entropy coder needs for them.
#'
#' @param w,original Numbers, finite; they are rounded to single precision. For
#'   `quantize_outlier_columns()` a matrix: activations, a row for each token; or
#'   weights.
#' @param approximation As many.
#' @param threshold A column is an outlier if its largest magnitude is at least this
#'   times the median of the columns' largest magnitudes; or with
#'   `reference = "fixed"` at least this itself.
#' @param reference `"median"` or `"fixed"`. LLM.int8() takes `threshold = 6` with
#'   `"fixed"`; the ratio to the median is ours.
#' @param packed A raw vector of packed codes, as [pack_codes()] and [quantize()] give
#'   them.
#' @param rows,columns The shape of the matrix of codes.
#' @param bits The width of a code, 1 to 8.
#' @param counts How often each code occurs, not all 0.
#' @return `quantize_error()`: a list of `mean_squared_error`, `mean_error` (the bias),
#'   `max_abs_error`, `relative_error` (the norm of the error by that of the original),
#'   `sqnr_db` (the signal-to-quantization-noise ratio in decibels) and `cosine`. They
#'   are `NaN` where there is no signal; `sqnr_db` is `Inf` without an error.
#'
#'   `quantize_statistics()`: a list of `minimum`, `maximum`, `mean`, `variance` (the
#'   population's), `root_mean_square`, `mean_abs`, `max_abs`, `max_to_mean` (of the
#'   magnitudes; 1 of zeros), `skewness` and `kurtosis` (of a normal law 3; both `NaN`
#'   if all numbers are equal), and `zero_count`.
#'
#'   `quantize_outlier_columns()`: a list of `magnitudes`, the largest of each column,
#'   `is_outlier`, and `count`, the number of outliers.
#'
#'   `quantize_code_counts()`: `2^bits` counts. A signed code `-k` is counted at
#'   `2^bits - k`, the first place being that of 0.
#'
#'   `quantize_entropy()`: a number of bits.
#' @references Dettmers, Lewis, Belkada and Zettlemoyer (2022), LLM.int8().
#' @examples
#' w <- matrix(sin(1:64), 4)
#' q <- quantize(w, bits = 4, group_size = 16)
#' quantize_error(w, dequantize(q))$sqnr_db
#' quantize_statistics(w)$kurtosis
#' quantize_outlier_columns(cbind(w, 100))$is_outlier
#' counts <- quantize_code_counts(q$packed, 4, 16, 4)
#' quantize_entropy(counts)
#' @export
quantize_error <- function(original, approximation) {
  .Call(
    C_quantize_error, numbers(original, "original"), numbers(approximation, "approximation")
  )
}

#' @rdname quantize_error
#' @export
quantize_statistics <- function(w) {
  .Call(C_quantize_statistics, numbers(w, "w"))
}

#' @rdname quantize_error
#' @export
quantize_outlier_columns <- function(w, threshold = 10, reference = c("median", "fixed")) {
  found <- .Call(
    C_quantize_outlier_columns,
    number_matrix(w, "w"), numbers(threshold, "threshold"), chosen(reference)
  )
  found$is_outlier <- found$is_outlier != 0
  names(found$magnitudes) <- names(found$is_outlier) <- colnames(w)
  found
}

#' @rdname quantize_error
#' @export
quantize_code_counts <- function(packed, rows, columns, bits) {
  .Call(
    C_quantize_code_counts,
    raw_vector(packed, "packed"), numbers(rows, "rows"), numbers(columns, "columns"),
    numbers(bits, "bits")
  )
}

#' @rdname quantize_error
#' @export
quantize_entropy <- function(counts) {
  .Call(C_quantize_entropy, numbers(counts, "counts"))
}
