#' Quantized matrices in the layouts of other runtimes
#'
#' `quantize_checkpoint_write()` lays a matrix from [quantize()] out as a checkpoint
#' or an operator of another runtime holds it, bit by bit;
#' `quantize_checkpoint_read()` makes such a matrix of what was laid out;
#' `quantize_checkpoint_layout()` says how many bytes that takes. Nothing is rounded.
#'
#' Formats, for a matrix of outputs (rows) by inputs (columns):
#' \describe{
#'   \item{`"compressed_tensors"`}{"pack-quantized" of compressed-tensors: `weight_packed`,
#'     `weight_scale`, `weight_zero_point`. 2, 4 or 8 bits; groups divide the
#'     columns.}
#'   \item{`"gptq"`, `"gptq_v2"`}{`qweight`, `scales`, `qzeros` of AutoGPTQ and
#'     GPTQModel. 2, 3, 4 or 8 bits; rows and columns are multiples of 32. The
#'     first version cannot hold a zero point of 0.}
#'   \item{`"awq"`}{the same of AutoAWQ's "gemm". 4 bits; rows are a multiple of 8,
#'     groups divide the columns.}
#'   \item{`"matmul_nbits"`}{`B`, `scales`, `zero_points` of ONNX Runtime's operator
#'     MatMulNBits. 2, 4 or 8 bits in groups of 16, 32, 64, 128 or 256.}
#' }
#'
#' @param q A matrix from [quantize()], quantized per group or per row.
#' @param format The layout's name.
#' @param rows,columns The shape of the matrix.
#' @param bits,group_size,symmetric,granularity As in [quantize()].
#' @param stored A list as `quantize_checkpoint_write()` gives it.
#' @return `quantize_checkpoint_write()`: a list of
#'   \item{weights}{the codes as a raw vector, words in little-endian bytes;}
#'   \item{scales}{a matrix in the format's order: a row for each row of the matrix,
#'     or for GPTQ and AWQ for each group;}
#'   \item{zeros}{the zero points as a raw vector; of length 0 where a symmetric
#'     matrix has none.}
#'
#'   `quantize_checkpoint_read()`: an object as from [quantize()].
#'
#'   `quantize_checkpoint_layout()`: a list of `weight_bytes` and `zero_bytes`.
#' @examples
#' q <- quantize(matrix(sin(1:64), 2), group_size = 16)
#' stored <- quantize_checkpoint_write(q, "matmul_nbits")
#' str(stored)
#' again <- quantize_checkpoint_read(stored, "matmul_nbits", 2, 32, group_size = 16)
#' identical(codes(again), codes(q))
#' quantize_checkpoint_layout(4096, 4096, "gptq")
#' @export
quantize_checkpoint_layout <- function(rows, columns, format, bits = 4L, group_size = 128L,
                                       symmetric = TRUE,
                                       granularity = c("group", "row", "tensor")) {
  .Call(
    C_quantize_checkpoint_layout,
    numbers(rows, "rows"), numbers(columns, "columns"),
    quantize_options(bits, group_size, symmetric, granularity),
    choice(format, checkpoint_formats, "format")
  )
}

checkpoint_formats <- c("compressed_tensors", "gptq", "gptq_v2", "awq", "matmul_nbits")

#' @rdname quantize_checkpoint_layout
#' @export
quantize_checkpoint_write <- function(q, format) {
  check_quantized(q)
  .Call(
    C_quantize_checkpoint_write,
    q$packed,
    numbers(q$scales, "scales"),
    numbers_or_null(q$zeros, "zeros"),
    as.double(q$dim[1]), as.double(q$dim[2]),
    quantize_options(q$bits, q$group_size, q$symmetric, q$granularity),
    choice(format, checkpoint_formats, "format")
  )
}

#' @rdname quantize_checkpoint_layout
#' @export
quantize_checkpoint_read <- function(stored, format, rows, columns, bits = 4L, group_size = 128L,
                                     symmetric = TRUE,
                                     granularity = c("group", "row", "tensor")) {
  options <- quantize_options(bits, group_size, symmetric, granularity)
  parts <- .Call(
    C_quantize_checkpoint_read,
    raw_vector(stored$weights, "weights"),
    numbers(stored$scales, "scales"),
    raw_vector(stored$zeros, "zeros"),
    numbers(rows, "rows"), numbers(columns, "columns"),
    options,
    choice(format, checkpoint_formats, "format")
  )
  parameters <- list(
    bits = bits, group_size = group_size, symmetric = symmetric,
    granularity = granularities[options$granularity + 1],
    dim = as.integer(c(rows, columns)), dimnames = NULL
  )
  structure(c(parts, parameters), class = "quantcal_quantized")
}
