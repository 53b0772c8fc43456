# A safetensors file of a matrix, 1 to 6 by rows, and of a vector.
model <- function() {
  header <- paste0(
    '{"m":{"dtype":"F32","shape":[3,2],"data_offsets":[0,24]},',
    '"v":{"dtype":"I16","shape":[2],"data_offsets":[24,28]}}'
  )
  path <- tempfile(fileext = ".safetensors")
  connection <- file(path, "wb")
  on.exit(close(connection))
  writeBin(c(nchar(header), 0L), connection, endian = "little")
  writeBin(charToRaw(header), connection)
  writeBin(as.numeric(1:6), connection, size = 4, endian = "little")
  writeBin(c(-1L, 7L), connection, size = 2, endian = "little")
  path
}

test_that("a file says what is in it", {
  path <- model()
  file <- quantize_file(path)
  unlink(path)
  expect_identical(file$format, "safetensors")
  tensors <- quantize_file_tensors(file)
  expect_identical(tensors$name, c("m", "v"))
  expect_identical(tensors$type, c("F32", "I16"))
  expect_equal(tensors$rows, c(3, 1))
  expect_equal(tensors$bytes, c(24, 4))
  expect_equal(tensors$shape, list(c(3L, 2L), 2L))
})

test_that("tensors are decoded by rows", {
  path <- model()
  file <- quantize_file(path)
  unlink(path)
  expect_identical(quantize_file_decode(file, "m"), matrix(as.numeric(1:6), 3, byrow = TRUE))
  expect_identical(quantize_file_decode(file, 1, 2), matrix(as.numeric(3:6), 2, byrow = TRUE))
  expect_identical(quantize_file_decode(file, "m", 2, 1), matrix(c(3, 4), 1))
  expect_identical(quantize_file_decode(file, "v"), matrix(c(-1, 7), 1))
  expect_error(quantize_file_decode(file, "m", 3, 2), class = "quantcal_error_size")
  expect_error(quantize_file_decode(file, 3), class = "quantcal_error_size")
  expect_error(quantize_file_decode(file, "w"), "no tensor", class = "quantcal_error_domain")
  expect_error(quantize_file_decode(file, c("m", "v")), class = "quantcal_error_type")
})

test_that("what is no file of tensors is an error", {
  path <- tempfile()
  expect_error(quantize_file(path), "cannot be opened", class = "quantcal_error_io")
  expect_error(quantize_file(tempdir()), "directory", class = "quantcal_error_io")
  writeBin(charToRaw("GGUF"), path)
  expect_error(quantize_file(path), "GGUF", class = "quantcal_error_format")
  unlink(path)
  expect_error(quantize_file(7), class = "quantcal_error_type")
  expect_error(quantize_file_tensors(1), class = "quantcal_error_type")
})

test_that("arrays are written for NumPy and read again", {
  path <- tempfile(fileext = ".npy")
  cube <- array(as.numeric(1:24), c(2, 3, 4))
  expect_identical(quantize_file_write_npy(path, cube, "F32"), path)
  file <- quantize_file(path)
  expect_identical(quantize_file_tensors(file)$shape, list(c(2L, 3L, 4L)))
  # Rows of the last dimension, in the order of the others.
  expect_identical(quantize_file_decode(file, "array"), rbind(
    cube[1, 1, ], cube[1, 2, ], cube[1, 3, ], cube[2, 1, ], cube[2, 2, ], cube[2, 3, ]
  ))
  expect_error(quantize_file_write_npy(path, 1), "exists already", class = "quantcal_error_io")
  for (case in list(list(c(TRUE, FALSE), "BOOL"), list(c(-5L, 7L), "I32"), list(c(0.5, NaN), "F64"),
                    list(as.raw(c(3, 255)), "U8"))) {
    quantize_file_write_npy(path, case[[1]], overwrite = TRUE)
    expect_identical(quantize_file_tensors(quantize_file(path))$type, case[[2]])
    expect_equal(quantize_file_decode(quantize_file(path), 1), matrix(as.numeric(case[[1]]), 1))
  }
  for (type in c("I8", "I16", "U16")) {
    quantize_file_write_npy(path, matrix(1:4, 2), type, overwrite = TRUE)
    expect_identical(quantize_file_decode(quantize_file(path), 1), matrix(as.numeric(1:4), 2))
  }
  expect_error(quantize_file_write_npy(tempfile(), 1, "U64"), class = "quantcal_error_options")
  expect_error(quantize_file_write_npy(tempfile(), 300, "U8"), class = "quantcal_error_domain")
  expect_error(quantize_file_write_npy(tempfile(), 0.5, "I8"), class = "quantcal_error_domain")
  expect_error(quantize_file_write_npy(tempfile(), as.raw(1:3), "F32", 1), class = "quantcal_error_size")
  expect_error(quantize_file_write_npy(tempfile(), "a"), class = "quantcal_error_type")
})
