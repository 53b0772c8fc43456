# A matrix of 4 x 64 in an .npy file.
numbers_file <- function(values) {
  path <- tempfile(fileext = ".npy")
  head <- sprintf("%-117s\n", "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 64), }")
  connection <- file(path, "wb")
  on.exit(close(connection))
  writeBin(c(as.raw(0x93), charToRaw("NUMPY"), as.raw(c(1, 0, 118, 0))), connection)
  writeBin(charToRaw(head), connection)
  writeBin(as.vector(t(values)), connection, size = 4, endian = "little")
  path
}

test_that("a converted file holds what the encoder gives", {
  set.seed(5)
  values <- matrix(round(rnorm(256), 3), 4)
  source <- quantize_file(numbers_file(values))
  values <- quantize_file_decode(source, "array")
  for (mode in c("best", "reference")) {
    target <- tempfile(fileext = ".gguf")
    found <- quantize_file_convert(source, target, "q4_0", mode = mode)
    blocks <- quantize_ggml_encode(values, "q4_0", mode = mode)
    decoded <- quantize_ggml_decode(blocks, 4, 64, "q4_0")
    expect_equal(quantize_file_decode(quantize_file(target), "array"), decoded)
    expect_equal(found$error, sum((decoded - values)^2), tolerance = 1e-12)
    expect_equal(found$square, sum(values^2), tolerance = 1e-12)
    expect_identical(found[c("name", "type", "action", "reason")],
                     data.frame(name = "array", type = "Q4_0", action = "quantized", reason = ""))
  }
})

test_that("nothing is written over, and patterns choose", {
  source <- quantize_file(numbers_file(matrix(1, 4, 64)))
  target <- tempfile(fileext = ".safetensors")
  expect_identical(quantize_file_convert(source, target, "int4", plan_only = TRUE)$type, "int4")
  expect_false(file.exists(target))
  expect_identical(quantize_file_convert(source, target, "int4", exclude = "arr*")$action, "kept")
  expect_error(quantize_file_convert(source, target, "int4"), class = "quantcal_error_io")
  found <- quantize_file_convert(source, target, "int4", include = c("x", "a?ray"), overwrite = TRUE)
  expect_identical(found$action, "quantized")
  written <- quantize_file(target)
  expect_identical(quantize_file_tensors(written)$name, "array")
  expect_equal(quantize_file_decode(written, "array"), matrix(1, 4, 64), tolerance = 1e-6)
  expect_error(quantize_file_convert(source, tempfile(), "int4"), class = "quantcal_error_options")
  expect_error(quantize_file_convert(source, target, "int4", include = 1), class = "quantcal_error_type")
  found <- quantize_file_convert(source, target, "int4", layout = "awq", plan_only = TRUE)
  expect_identical(found$reason, "awq has tensors whose names end in .weight only")
  config <- tempfile()
  writeLines("[]", config)
  expect_error(quantize_file_convert(source, target, "int4", layout = "awq", config = config),
               class = "quantcal_error_format")
  expect_error(quantize_file_convert(source, target, "int4", granularity = "row"),
               class = "quantcal_error_options")
  expect_error(quantize_file_convert(1, target, "int4"), class = "quantcal_error_type")
})
