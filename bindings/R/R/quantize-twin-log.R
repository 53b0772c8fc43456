#' Twin logarithms
#'
#' Each sign has evenly spaced logarithms of its own, as in LRQ-DiT: code 0 is 0, codes from 1 on are
#' `2^(first + k * step) - offset` of the positive numbers, codes from `2^(bits - 1)` on the negative
#' ones. `quantize_twin_log_fit()` finds the parameters of least squared error among candidates,
#' `quantize_twin_log_encode()` gives codes, `quantize_twin_log_decode()` the numbers that they stand
#' for.
#'
#' @param w A numeric matrix, finite; for the fit of magnitudes about 1.
#' @param parameters A matrix with a row for each group: offset, first logarithm and step of positive
#'   numbers, and those of negative ones.
#' @param bits Of a code, 3 to 8.
#' @param granularity What shares parameters: a `"row"`, a `"group"` of neighbours in a row, or the
#'   whole matrix (`"tensor"`).
#' @param group_size How many neighbours share them. For granularity `"group"` only.
#' @return `quantize_twin_log_fit()`: parameters. `quantize_twin_log_encode()`: a raw vector, packed
#'   row after row. `quantize_twin_log_decode()`: a matrix.
#' @examples
#' w <- rbind(c(0.5, -0.25, 0, 0.125, -1))
#' parameters <- rbind(c(0, -3, 1, -2, 1))
#' codes <- quantize_twin_log_encode(w, parameters)
#' quantize_twin_log_decode(codes, parameters, 1, 5)
#' @export
quantize_twin_log_fit <- function(w, bits = 4L, granularity = c("row", "group", "tensor"),
                                  group_size = 128L) {
  .Call(
    C_quantize_twin_log_fit, number_matrix(w, "w"), numbers(bits, "bits"),
    pair_sharing(group_size, granularity)
  )
}

#' @rdname quantize_twin_log_fit
#' @export
quantize_twin_log_encode <- function(w, parameters, bits = 4L,
                                     granularity = c("row", "group", "tensor"),
                                     group_size = 128L) {
  .Call(
    C_quantize_twin_log_encode, number_matrix(w, "w"), number_matrix(parameters, "parameters"),
    numbers(bits, "bits"), pair_sharing(group_size, granularity)
  )
}

#' @param codes What `quantize_twin_log_encode()` gave.
#' @param rows,columns The shape of the matrix.
#' @rdname quantize_twin_log_fit
#' @export
quantize_twin_log_decode <- function(codes, parameters, rows, columns, bits = 4L,
                                     granularity = c("row", "group", "tensor"),
                                     group_size = 128L) {
  .Call(
    C_quantize_twin_log_decode, raw_vector(codes, "codes"),
    number_matrix(parameters, "parameters"), numbers(rows, "rows"), numbers(columns, "columns"),
    numbers(bits, "bits"), pair_sharing(group_size, granularity)
  )
}
