# quantize/file from R.

# The file of a case; its content stays while it is open.
opened_file <- function(bytes) {
  path <- tempfile()
  on.exit(unlink(path))
  writeBin(as.raw(bytes), path)
  quantize_file(path)
}

file_contents <- function(case) {
  file <- opened_file(case$bytes)
  list(format = file$format, tensor_count = nrow(quantize_file_tensors(file)))
}

vector_calls <- c(vector_calls, list(
  qc_quantize_file_open = file_contents,
  qc_quantize_file_contents = file_contents,
  qc_quantize_file_destroy = file_contents,
  qc_quantize_file_describe = function(case) {
    file <- opened_file(case$bytes)
    tensors <- quantize_file_tensors(file)
    # A row of a data frame that is not there is NA; a decoding names the fault.
    if (case$index >= nrow(tensors)) quantize_file_decode(file, case$index + 1, 1, 0)
    tensor <- tensors[case$index + 1, ]
    c(as.list(tensor[c("name", "type", "columns", "bytes")]),
      list(shape = tensor$shape[[1]], decodable = as.numeric(tensor$decodable)))
  },
  qc_quantize_file_find = function(case) {
    file <- opened_file(case$bytes)
    names <- quantize_file_tensors(file)$name
    quantize_file_decode(file, case$tensor, 1, 0)
    list(index = match(case$tensor, names) - 1)
  },
  qc_quantize_file_decode = function(case) {
    file <- opened_file(case$bytes)
    list(values = quantize_file_decode(file, case$index + 1, case$first_row + 1, case$row_count))
  },
  qc_quantize_file_write_npy = function(case) {
    path <- tempfile(fileext = ".npy")
    on.exit(unlink(path))
    quantize_file_write_npy(path, as.raw(unlist(case$bytes)), case$type, as.numeric(unlist(case$shape)))
    list(written = as.numeric(readBin(path, raw(), 1e6)))
  }
))
