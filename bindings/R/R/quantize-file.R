#' Files of models
#'
#' `quantize_file()` opens a file of tensors: GGUF, safetensors or .npy, told apart by
#' their content, or the index of a model in several safetensors files
#' (`model.safetensors.index.json`). `quantize_file_tensors()` says what is in it,
#' `quantize_file_decode()` gives the numbers of a tensor.
#'
#' Headers are believed in nothing: a file that does not follow its format is an error
#' of class `quantcal_error_format`, one that cannot be opened or read of class
#' `quantcal_error_io`. Tensors are read when they are asked for.
#'
#' @param path A path; `~` stands for the home directory.
#' @return `quantize_file()`: an object of class `quantcal_quantize_file`, a list of
#'   `format` (`"gguf"`, `"safetensors"` or `"npy"`) and a handle of the running session.
#'
#'   `quantize_file_tensors()`: a data frame with a row for each tensor, in the order of
#'   the file: `name` (of an .npy file `"array"`), `type` as the formats name it, such as
#'   `"F32"` or `"Q4_K"`, `rows` (the product of all dimensions but the last), `columns`
#'   (the last dimension), `bytes`, `decodable`, and the list column `shape`.
#'
#'   `quantize_file_decode()`: a matrix of single-precision numbers.
#' @examples
#' path <- tempfile(fileext = ".npy")
#' head <- sprintf("%-117s\n", "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }")
#' connection <- file(path, "wb")
#' writeBin(c(as.raw(0x93), charToRaw("NUMPY"), as.raw(c(1, 0, 118, 0))), connection)
#' writeBin(charToRaw(head), connection)
#' writeBin(c(1, 2, 3, 4), connection, size = 4, endian = "little")
#' close(connection)
#' model <- quantize_file(path)
#' quantize_file_tensors(model)
#' quantize_file_decode(model, "array")
#' @export
quantize_file <- function(path) {
  handle <- .Call(C_quantize_file_open, path.expand(one_text(path, "path")))
  format <- .Call(C_quantize_file_tensors, handle)$format
  structure(
    list(format = c("gguf", "safetensors", "npy")[format + 1], handle = handle),
    class = "quantcal_quantize_file"
  )
}

one_text <- function(value, name, call = sys.call(sys.parent())) {
  if (!is.character(value) || length(value) != 1 || is.na(value)) {
    refuse("type", call, "%s must be one string", name)
  }
  value
}

file_handle <- function(file, call = sys.call(sys.parent())) {
  if (!inherits(file, "quantcal_quantize_file")) {
    refuse("type", call, "file must be what quantize_file() gives, not of class %s", class(file)[1])
  }
  file$handle
}

#' @param file What `quantize_file()` gives.
#' @rdname quantize_file
#' @export
quantize_file_tensors <- function(file) {
  found <- .Call(C_quantize_file_tensors, file_handle(file))
  table <- data.frame(
    found[c("name", "type", "rows", "columns", "bytes", "decodable")], stringsAsFactors = FALSE
  )
  table$shape <- found$shape
  table
}

#' @param tensor A tensor's name, compared byte by byte, or its number from 1.
#' @param first_row,row_count Rows to decode, counted from 1; by default all from
#'   `first_row` on.
#' @rdname quantize_file
#' @export
quantize_file_decode <- function(file, tensor, first_row = 1, row_count = NULL) {
  handle <- file_handle(file)
  index <- if (is.character(tensor)) {
    .Call(C_quantize_file_find, handle, one_text(tensor, "tensor"))
  } else {
    numbers(tensor, "tensor") - 1
  }
  first_row <- numbers(first_row, "first_row")
  if (is.null(row_count)) {
    rows <- .Call(C_quantize_file_tensors, handle)$rows
    row_count <- max(rows[min(index + 1, length(rows))] - first_row + 1, 0)
  }
  .Call(C_quantize_file_decode, handle, index, first_row - 1, numbers(row_count, "row_count"))
}

#' Writing arrays for NumPy
#'
#' An array becomes an .npy file, NumPy's format of one array, byte for byte as `numpy.save()`
#' writes it. `quantize_file()` reads it again.
#'
#' The file is written under another name, which is the file's at the end; after an error
#' nothing is left. R has no numbers of the types `"I64"`, `"U32"`, `"U64"` and `"F16"`: give
#' their bytes.
#'
#' @param path A path; `~` stands for the home directory.
#' @param values A vector, matrix or array of numbers, truths or bytes; or a raw vector of the bytes of
#'   elements of another type, little-endian, the last dimension running fastest.
#' @param type `"BOOL"`, `"I8"`, `"I16"`, `"I32"`, `"I64"`, `"U8"`, `"U16"`, `"U32"`, `"U64"`,
#'   `"F16"`, `"F32"` or `"F64"`; by default as R has the values (`"F64"`, `"I32"`, `"BOOL"`, and
#'   `"U8"` of bytes).
#' @param shape The dimensions; by default those of `values`, or its length.
#' @param overwrite Whether a file that is there is replaced.
#' @return The path, invisibly.
#' @examples
#' path <- tempfile(fileext = ".npy")
#' quantize_file_write_npy(path, matrix(1:6, 2), "F32")
#' quantize_file_decode(quantize_file(path), "array")
#' @export
quantize_file_write_npy <- function(path, values, type = NULL, shape = NULL, overwrite = FALSE) {
  path <- path.expand(one_text(path, "path"))
  own <- c(double = "F64", integer = "I32", logical = "BOOL", raw = "U8")[typeof(values)]
  if (is.na(own) || is.factor(values)) {
    refuse("type", sys.call(), "values must be numbers, truths or raw bytes, not %s", class(values)[1])
  }
  type <- if (is.null(type)) unname(own) else one_text(type, "type")
  if (is.null(shape)) shape <- if (is.null(dim(values))) length(values) else dim(values)
  if (length(dim(values)) > 1) values <- aperm(values)
  bytes <- if (is.raw(values)) as.vector(values) else npy_bytes(values, type)
  .Call(C_quantize_file_write_npy, path, type, as.double(numbers(shape, "shape")), bytes,
        flag(overwrite, "overwrite"))
  invisible(path)
}

# The bytes of R's numbers in a type that writeBin() has.
npy_bytes <- function(values, type, call = sys.call(sys.parent())) {
  if (type %in% c("F32", "F64")) {
    return(writeBin(as.double(values), raw(), size = c(F32 = 4, F64 = 8)[[type]], endian = "little"))
  }
  ranges <- list(BOOL = c(0, 1), I8 = c(-128, 127), I16 = c(-32768, 32767), I32 = c(-2147483647, 2147483647),
                 U8 = c(0, 255), U16 = c(0, 65535))
  if (!type %in% names(ranges)) {
    refuse("options", call, "type is %s; R's numbers can become BOOL, I8 to I32, U8, U16, F32 and F64", type)
  }
  range <- ranges[[type]]
  bad <- which(is.na(values) | values < range[1] | values > range[2] | values != trunc(values))
  if (length(bad) > 0) {
    refuse("domain", call, "values has %s, which is no %s", format(values[bad[1]]), type)
  }
  size <- c(BOOL = 1, I8 = 1, I16 = 2, I32 = 4, U8 = 1, U16 = 2)[[type]]
  writeBin(as.integer(values), raw(), size = size, endian = "little")
}
