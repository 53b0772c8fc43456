#' A trellis and its code
#'
#' In a bitshift trellis a state is `state_bits` bits; the next one has `step_bits` new bits below the
#' low ones of this. A state stands for `step_values` numbers, so an element of a matrix takes
#' `step_bits / step_values` bits.
#'
#' @param code What states stand for. `"1mad"` and `"3inst"` compute a number, with one value a step;
#'   `"gaussian"` draws normal numbers from `seed`; `"table"` has them in `table`; `"hybrid"` looks
#'   hashes of the states up in a smaller one (QTIP's HYB).
#' @param state_bits 1 to 20.
#' @param step_bits 1 to 16, at most `state_bits`.
#' @param step_values 1 to 16.
#' @param table For `"table"` a matrix of `2^state_bits` rows, for `"hybrid"` of `2^table_bits`, with
#'   `step_values` columns; magnitudes at most 2^20.
#' @param table_bits For `"hybrid"` only: 1 to 15.
#' @param tail_biting Whether a sequence's last state leads to its first, which saves the bits of a
#'   first state.
#' @param length Elements of a sequence.
#' @param seed Of `"gaussian"`: a whole number from 0 to 2^53.
#' @return A list, for the functions of [quantize_trellis_encode()].
#' @examples
#' quantize_trellis("3inst", step_bits = 3)$step_bits
#' @export
quantize_trellis <- function(code = c("1mad", "3inst", "gaussian", "table", "hybrid"),
                             state_bits = 16L, step_bits = 2L, step_values = 1L, table = NULL,
                             table_bits = 9L, tail_biting = TRUE, length = 256L, seed = 0) {
  place <- chosen(code)
  list(
    code = trellis_codes[place + 1], state_bits = numbers(state_bits, "state_bits"),
    step_bits = numbers(step_bits, "step_bits"), step_values = numbers(step_values, "step_values"),
    table = if (!is.null(table)) number_matrix(table, "table"),
    table_bits = numbers(table_bits, "table_bits"), tail_biting = isTRUE(tail_biting),
    length = numbers(length, "length"), seed = numbers(seed, "seed")
  )
}

trellis_codes <- c("1mad", "3inst", "gaussian", "table", "hybrid")

# What C takes: the fields as numbers, the table, and what shares a scale.
trellis_fields <- function(trellis, granularity = "row", group_size = 128L,
                           call = sys.call(-1)) {
  if (!is.list(trellis) || is.null(trellis$code)) {
    refuse("type", call, "trellis must be what quantize_trellis() gives")
  }
  if (identical(granularity, c("row", "group", "tensor"))) {
    granularity <- "row"
  }
  needs_table <- trellis$code %in% c("table", "hybrid")
  c(
    list(
      as.double(match(trellis$code, trellis_codes) - 1), trellis$state_bits, trellis$step_bits,
      trellis$step_values, trellis$table_bits, as.double(trellis$tail_biting), trellis$length,
      trellis$seed, if (needs_table) trellis$table
    ),
    grid_sharing(group_size, granularity, call)
  )
}

#' Trellis-coded quantization
#'
#' Codes a matrix in sequences of neighbours, across the ends of rows, each as the path through a trellis
#' whose numbers are nearest to it (QTIP): at two bits a number the mean squared error of normal numbers
#' is about 0.07, where a grid's is 0.12. `quantize_trellis_scales()` finds scales from root mean
#' squares; `quantize_trellis_encode()` gives codes, `quantize_trellis_decode()` the numbers that they
#' stand for; `quantize_trellis_values()` gives the numbers of all states, and
#' `quantize_trellis_layout()` how much room a matrix needs.
#'
#' With tail-biting a path is as good as two searches make it, the first of which says where it
#' crosses from a sequence's last element to its first; otherwise it is the best.
#'
#' @param w A numeric matrix, finite; rounded to single precision.
#' @param trellis What [quantize_trellis()] gives.
#' @param ratio Of the root mean squares of a group and of all states' numbers.
#' @param scales A matrix of scales; for encoding positive.
#' @param importance A matrix as `w`: the weight of each squared error, at least 0; or `NULL`.
#' @param granularity What shares a scale: a `"row"`, a `"group"` of neighbours in a row, or the
#'   whole matrix (`"tensor"`).
#' @param group_size How many neighbours share a scale. For granularity `"group"` only.
#' @return `quantize_trellis_scales()`: a matrix of scales. `quantize_trellis_encode()`: a list of `codes`,
#'   a raw vector, the bits of each sequence from a byte on; and `error`, the sum of weighted squared
#'   errors. `quantize_trellis_decode()`: a matrix. `quantize_trellis_values()`: a matrix with a row for
#'   each state. `quantize_trellis_layout()`: a list of `code_bytes` and `group_count`.
#' @examples
#' trellis <- quantize_trellis("table", 2, 1, table = cbind(c(-1, 0, 0.5, 1)))
#' found <- quantize_trellis_encode(rbind(c(1, 0.5, 0)), 1, trellis)
#' found$error
#' quantize_trellis_decode(found$codes, 1, 1, 3, trellis)
#' @export
quantize_trellis_encode <- function(w, scales, trellis = quantize_trellis(), importance = NULL,
                                    granularity = c("row", "group", "tensor"),
                                    group_size = 128L) {
  .Call(
    C_quantize_trellis_encode, number_matrix(w, "w"), numbers(scales, "scales"),
    if (!is.null(importance)) number_matrix(importance, "importance"),
    trellis_fields(trellis, granularity, group_size)
  )
}

#' @rdname quantize_trellis_encode
#' @export
quantize_trellis_scales <- function(w, trellis = quantize_trellis(), ratio = 0.9,
                                    granularity = c("row", "group", "tensor"),
                                    group_size = 128L) {
  .Call(
    C_quantize_trellis_scales, number_matrix(w, "w"), numbers(ratio, "ratio"),
    trellis_fields(trellis, granularity, group_size)
  )
}

#' @param codes What `quantize_trellis_encode()` gave.
#' @param rows,columns The shape of the matrix.
#' @rdname quantize_trellis_encode
#' @export
quantize_trellis_decode <- function(codes, scales, rows, columns, trellis = quantize_trellis(),
                                    granularity = c("row", "group", "tensor"),
                                    group_size = 128L) {
  .Call(
    C_quantize_trellis_decode, raw_vector(codes, "codes"), numbers(scales, "scales"),
    numbers(rows, "rows"), numbers(columns, "columns"),
    trellis_fields(trellis, granularity, group_size)
  )
}

#' @rdname quantize_trellis_encode
#' @export
quantize_trellis_values <- function(trellis = quantize_trellis()) {
  .Call(C_quantize_trellis_values, trellis_fields(trellis))
}

#' @rdname quantize_trellis_encode
#' @export
quantize_trellis_layout <- function(rows, columns, trellis = quantize_trellis(),
                                    granularity = c("row", "group", "tensor"),
                                    group_size = 128L) {
  .Call(
    C_quantize_trellis_layout, numbers(rows, "rows"), numbers(columns, "columns"),
    trellis_fields(trellis, granularity, group_size)
  )
}
