#' Integer quantization of a matrix
#'
#' `quantize()` turns a matrix of weights into codes of 2 to 8 bits, with a scale
#' for each group of neighbours in a row; `dequantize()` turns them back into
#' numbers.
#'
#' With `b` bits and scale `s`, symmetric codes are `round(x / s)` with
#' `s = max(abs(x)) / (2^(b - 1) - 1)`, and decode to `code * s`. Affine codes
#' (`symmetric = FALSE`) are `round(x / s) + z` with
#' `s = (max(x, 0) - min(x, 0)) / (2^b - 1)` and the zero point
#' `z = round(-min(x, 0) / s)`, and decode to `(code - z) * s`. Ties round to even.
#'
#' The library quantizes single precision: `w` is rounded to it first (an
#' element too large for it becomes infinite, an error), and scales and decoded
#' values are single-precision numbers, in R stored as doubles.
#'
#' @param w A numeric matrix, finite. Groups run along its rows.
#' @param bits Bits a code, 2 to 8.
#' @param group_size How many neighbours of a row share a scale, at least 1; the
#'   last group of a row may be shorter. For granularity `"group"` only.
#' @param symmetric Whether codes are symmetric about 0; otherwise each group has a
#'   zero point too.
#' @param granularity What shares a scale: a `"group"`, a `"row"`, or the whole
#'   matrix (`"tensor"`).
#' @return `quantize()`: an object of class `quantcal_quantized`, a list of
#'   \item{packed}{the codes as a raw vector, row after row; each row starts on a
#'     byte, and the first code has the lowest bits;}
#'   \item{scales}{a matrix of scales: a row for each row of `w` (for
#'     `"tensor"` one), a column for each group;}
#'   \item{zeros}{the zero points, shaped like `scales`; `NULL` if symmetric;}
#'   \item{bits, group_size, symmetric, granularity, dim, dimnames}{as given.}
#'
#'   `dim()` works on it, and `as.matrix()` is `dequantize()`.
#'
#'   `dequantize()`: a double matrix like `w`. `codes()`: the same shape, the codes
#'   as integers. `quantize_layout()`: a list of `code_bytes`, the length of
#'   `packed`, and `group_count`, the number of scales.
#' @references Jacob et al. (2018), Quantization and training of neural networks
#'   for efficient integer-arithmetic-only inference.
#' @examples
#' w <- matrix(sin(1:32), 4)
#' q <- quantize(w, bits = 4, group_size = 4)
#' q
#' codes(q)
#' max(abs(dequantize(q) - w))
#' quantize(w, bits = 8, symmetric = FALSE, granularity = "row")$zeros
#' quantize_layout(4096, 4096, bits = 4)
#' @export
quantize <- function(w, bits = 4L, group_size = 128L, symmetric = TRUE,
                     granularity = c("group", "row", "tensor")) {
  values <- number_matrix(w, "w")
  options <- quantize_options(bits, group_size, symmetric, granularity)
  parts <- .Call(C_quantize_encode, values, options)
  parameters <- list(
    bits = bits, group_size = group_size, symmetric = symmetric,
    granularity = granularities[options$granularity + 1],
    dim = dim(values), dimnames = dimnames(values)
  )
  structure(c(parts, parameters), class = "quantcal_quantized")
}

granularities <- c("group", "row", "tensor")

# The options as C takes them.
quantize_options <- function(bits, group_size, symmetric, granularity, call = sys.call(-1)) {
  list(
    bits = numbers(bits, "bits", call),
    scheme = as.double(!flag(symmetric, "symmetric", call)),
    granularity = choice(granularity, granularities, "granularity", call),
    group_size = numbers(group_size, "group_size", call)
  )
}

check_quantized <- function(q, call = sys.call(-1)) {
  if (!inherits(q, "quantcal_quantized")) {
    refuse("type", call, "q must come from quantize(), not be of class %s", class(q)[1])
  }
}

#' @param q A quantized matrix.
#' @rdname quantize
#' @export
dequantize <- function(q) {
  check_quantized(q)
  values <- .Call(
    C_quantize_decode,
    q$packed,
    numbers(q$scales, "scales"),
    numbers_or_null(q$zeros, "zeros"),
    as.double(q$dim[1]), as.double(q$dim[2]),
    quantize_options(q$bits, q$group_size, q$symmetric, q$granularity)
  )
  dimnames(values) <- q$dimnames
  values
}

#' @rdname quantize
#' @export
codes <- function(q) {
  check_quantized(q)
  values <- unpack_codes(q$packed, q$dim[1], q$dim[2], q$bits, q$symmetric)
  dimnames(values) <- q$dimnames
  values
}

#' @param rows,columns The shape of a matrix.
#' @rdname quantize
#' @export
quantize_layout <- function(rows, columns, bits = 4L, group_size = 128L, symmetric = TRUE,
                            granularity = c("group", "row", "tensor")) {
  .Call(
    C_quantize_layout,
    numbers(rows, "rows"), numbers(columns, "columns"),
    quantize_options(bits, group_size, symmetric, granularity)
  )
}

#' @param x A quantized matrix.
#' @param ... Not used.
#' @rdname quantize
#' @export
as.matrix.quantcal_quantized <- function(x, ...) dequantize(x)

#' @rdname quantize
#' @export
dim.quantcal_quantized <- function(x) x$dim

#' @rdname quantize
#' @export
print.quantcal_quantized <- function(x, ...) {
  scheme <- if (x$symmetric) "symmetric" else "affine"
  sharing <- if (x$granularity == "group") paste("group of", x$group_size) else x$granularity
  cat(sprintf("Quantized matrix: %d x %d, %d bits, %s, a scale per %s\n", x$dim[1], x$dim[2],
              as.integer(x$bits), scheme, sharing))
  bytes <- length(x$packed) + 4 * length(x$scales) + length(x$zeros)
  cat(sprintf("%.0f bytes of codes and single-precision scales", bytes))
  if (prod(x$dim) > 0) {
    cat(sprintf(", %s bits an element", format(8 * bytes / prod(x$dim), digits = 3)))
  }
  cat("\n")
  invisible(x)
}

#' Packed codes
#'
#' `pack_codes()` stores whole numbers of a few bits each without gaps, and
#' `unpack_codes()` reads them again: for codes that were made elsewhere. The
#' codes of a quantized matrix come from [codes()].
#'
#' Codes are stored row after row. Each row starts on a byte; code `j` of a row,
#' counted from 0, is the `bits` bits from bit `j * bits` on, bit 0 being the
#' lowest of the first byte.
#'
#' @param codes A matrix of whole numbers; a vector is one row. Each must fit:
#'   `-2^(bits - 1)` to `2^(bits - 1) - 1` if signed, otherwise 0 to
#'   `2^bits - 1`.
#' @param packed A raw vector of `rows * ceiling(columns * bits / 8)` bytes.
#' @param rows,columns The shape of the matrix of codes.
#' @param bits Bits a code, 1 to 8.
#' @param signed Whether codes are signed (two's complement).
#' @return `pack_codes()`: a raw vector. `unpack_codes()`: an integer matrix.
#' @examples
#' packed <- pack_codes(rbind(c(-8, 7, 3), c(0, 1, -1)), bits = 4)
#' packed
#' unpack_codes(packed, rows = 2, columns = 3, bits = 4)
#' @export
pack_codes <- function(codes, bits, signed = TRUE) {
  if (is.null(dim(codes))) {
    codes <- matrix(codes, nrow = 1)
  }
  .Call(
    C_pack_codes,
    number_matrix(codes, "codes"),
    numbers(bits, "bits"),
    as.double(flag(signed, "signed"))
  )
}

#' @rdname pack_codes
#' @export
unpack_codes <- function(packed, rows, columns, bits, signed = TRUE) {
  .Call(
    C_unpack_codes,
    raw_vector(packed, "packed"),
    numbers(rows, "rows"), numbers(columns, "columns"),
    numbers(bits, "bits"),
    as.double(flag(signed, "signed"))
  )
}
