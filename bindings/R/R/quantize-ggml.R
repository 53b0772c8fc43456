#' Blocks of ggml and GGUF
#'
#' `quantize_ggml_encode()` turns a matrix into the blocks of one of ggml's types, with
#' little error or byte for byte as ggml's own encoders do; `quantize_ggml_decode()` turns such blocks into
#' numbers, bit for bit as ggml does; `quantize_ggml_layout()` says how much room a
#' matrix takes in them.
#'
#' A block holds 32, 64, 128 or 256 neighbours of a row (of `"f16"` and `"bf16"` one),
#' so that only rows of a multiple of it have such blocks. For other rows the error
#' names the type that llama.cpp falls back on.
#'
#' @param rows,columns The shape of the matrix.
#' @param type ggml's name in lower case: `"f16"`, `"bf16"`, `"q4_0"`, `"q4_1"`,
#'   `"q5_0"`, `"q5_1"`, `"q8_0"`, `"q1_0"`, `"q2_k"` to `"q6_k"`, `"iq1_s"`,
#'   `"iq1_m"`, `"iq2_xxs"`, `"iq2_xs"`, `"iq2_s"`, `"iq3_xxs"`, `"iq3_s"`,
#'   `"iq4_nl"`, `"iq4_xs"`, `"tq1_0"`, `"tq2_0"`, `"mxfp4"` or `"nvfp4"`.
#' @param blocks A raw vector: row after row, block after block, as GGUF files hold
#'   them. Every pattern of bytes decodes; scales that are infinite or NaN give such
#'   numbers.
#' @param w A numeric matrix, finite; it is rounded to single precision first. The
#'   types that can be encoded are `"f16"`, `"bf16"`, `"q4_0"`, `"q4_1"`, `"q5_0"`,
#'   `"q5_1"`, `"q8_0"`, `"q2_k"` to `"q6_k"`, `"iq4_nl"`, `"iq4_xs"`, `"tq1_0"`,
#'   `"tq2_0"`, `"mxfp4"` and `"nvfp4"`.
#' @param importance For each column how much a squared error counts, at least 0: a
#'   row of an importance matrix. Types that search no scale do not use it.
#' @param mode How scales are found: `"best"`, with little squared error, in no block
#'   more than ggml's own encoders have; `"reference"`, as those do (built without
#'   fused multiply-add).
#' @return `quantize_ggml_layout()`: a list of `block_length`, the elements of a
#'   block, `block_bytes`, its bytes, `row_bytes` and `bytes`, those of a row and of
#'   all rows.
#'
#'   `quantize_ggml_encode()`: a raw vector of `bytes`. A scale beyond half precision
#'   is stored as an infinity.
#'
#'   `quantize_ggml_decode()`: a double matrix of single-precision numbers.
#' @examples
#' quantize_ggml_layout(4096, 4096, "q4_k")
#' block <- as.raw(c(0x00, 0x40, rep(0x98, 16)))  # scale 2, levels 8 and 9
#' quantize_ggml_decode(block, 1, 32, "q4_0")
#' w <- matrix(sin(1:512), 2)
#' blocks <- quantize_ggml_encode(w, "q6_k")
#' max(abs(quantize_ggml_decode(blocks, 2, 256, "q6_k") - w))
#' @export
quantize_ggml_layout <- function(rows, columns, type) {
  .Call(
    C_quantize_ggml_layout,
    ggml_number(type), numbers(rows, "rows"), numbers(columns, "columns")
  )
}

#' @rdname quantize_ggml_layout
#' @export
quantize_ggml_decode <- function(blocks, rows, columns, type) {
  .Call(
    C_quantize_ggml_decode,
    raw_vector(blocks, "blocks"),
    numbers(rows, "rows"), numbers(columns, "columns"), ggml_number(type)
  )
}

#' @rdname quantize_ggml_layout
#' @export
quantize_ggml_encode <- function(w, type, importance = NULL, mode = "best") {
  .Call(
    C_quantize_ggml_encode,
    number_matrix(w, "w"), ggml_number(type), numbers_or_null(importance, "importance"),
    choice(mode, c("reference", "best"), "mode")
  )
}

# ggml's own numbers of its types.
ggml_types <- c(
  f16 = 1, q4_0 = 2, q4_1 = 3, q5_0 = 6, q5_1 = 7, q8_0 = 8, q2_k = 10, q3_k = 11, q4_k = 12,
  q5_k = 13, q6_k = 14, iq2_xxs = 16, iq2_xs = 17, iq3_xxs = 18, iq1_s = 19, iq4_nl = 20,
  iq3_s = 21, iq2_s = 22, iq4_xs = 23, iq1_m = 29, bf16 = 30, tq1_0 = 34, tq2_0 = 35, mxfp4 = 39,
  nvfp4 = 40, q1_0 = 41
)

ggml_number <- function(type, call = sys.call(sys.parent())) {
  ggml_types[[choice(type, names(ggml_types), "type", call) + 1]]
}
