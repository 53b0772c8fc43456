test_that("blocks decode to matrices by rows", {
  block <- function(low) as.raw(c(0x00, 0x40, rep(low, 16)))
  values <- quantize_ggml_decode(c(block(0x98), block(0x8a)), 2, 32, "q4_0")
  expect_identical(dim(values), c(2L, 32L))
  expect_identical(values[1, ], rep(c(0, 2), each = 16))
  expect_identical(values[2, ], rep(c(4, 0), each = 16))
})

test_that("sizes are those of ggml's structs", {
  sizes <- quantize_ggml_layout(2, 512, "q6_k")
  expect_identical(sizes, list(block_length = 256L, block_bytes = 210L, row_bytes = 420L,
                               bytes = 840L))
  expect_identical(quantize_ggml_layout(2^20, 2^20, "q8_0")$bytes, 2^20 * 2^15 * 34)
})

test_that("what cannot be is refused", {
  expect_error(quantize_ggml_layout(1, 96, "q4_k"), "Q5_0", class = "quantcal_error_size")
  expect_error(quantize_ggml_layout(1, 33, "q4_k"), "F16", class = "quantcal_error_size")
  expect_error(quantize_ggml_layout(1, 32, "q9"), "type must be one of",
               class = "quantcal_error_options")
  expect_error(quantize_ggml_decode(raw(17), 1, 32, "q4_0"), class = "quantcal_error_size")
  expect_error(quantize_ggml_decode(1:18, 1, 32, "q4_0"), class = "quantcal_error_type")
  expect_identical(quantize_ggml_decode(raw(0), 0, 64, "q4_0"), matrix(0, 0, 64))
})

test_that("what is encoded decodes to numbers nearby", {
  set.seed(41)
  w <- matrix(rnorm(3 * 512), 3)
  bound <- c(f16 = 1e-3, q8_0 = 0.02, q6_k = 0.08, q5_k = 0.15, q4_k = 0.3, q4_0 = 0.4, q2_k = 1.6,
             mxfp4 = 1.1, nvfp4 = 0.6, iq4_xs = 0.5)
  for (type in names(bound)) {
    blocks <- quantize_ggml_encode(w, type)
    expect_length(blocks, quantize_ggml_layout(3, 512, type)$bytes)
    decoded <- quantize_ggml_decode(blocks, 3, 512, type)
    expect_lt(max(abs(decoded - w)), bound[[type]])
    expect_identical(quantize_ggml_encode(w, type), blocks)
  }
})

test_that("importance moves the error to the columns that do not count", {
  set.seed(42)
  w <- matrix(rnorm(16 * 256), 16)
  counts <- rep(c(1, 0.001), 128)
  error <- function(importance) {
    blocks <- quantize_ggml_encode(w, "q4_k", importance)
    difference <- quantize_ggml_decode(blocks, 16, 256, "q4_k") - w
    sum(sweep(difference^2, 2, counts, `*`))
  }
  expect_lt(error(counts), error(NULL))
})

test_that("what cannot be encoded is refused", {
  w <- matrix(0, 2, 256)
  expect_error(quantize_ggml_encode(w, "iq1_s"), "IQ1_S", class = "quantcal_error_options")
  expect_error(quantize_ggml_encode(w, "q4_0", importance = 1:3), class = "quantcal_error_size")
  expect_error(quantize_ggml_encode(w, "q4_0", importance = rep(-1, 256)),
               class = "quantcal_error_domain")
  expect_error(quantize_ggml_encode(w, "q4_0", mode = "other"), class = "quantcal_error_options")
  expect_error(quantize_ggml_encode(matrix(NA, 1, 32), "q4_0"), class = "quantcal_error_not_finite")
  expect_error(quantize_ggml_encode(1:32, "q4_0"), class = "quantcal_error_type")
  expect_identical(quantize_ggml_encode(matrix(0, 0, 64), "q4_0"), raw(0))
})
