# Codes and scales of a single-precision matrix from the definitions; round() takes ties to even.
reference <- function(w, bits, symmetric) {
  if (symmetric) {
    scale <- to_single(max(abs(w)) / (2^(bits - 1) - 1))
    return(list(scale = scale, zero = 0, codes = round(to_single(w / scale))))
  }
  scale <- to_single((max(w, 0) - min(w, 0)) / (2^bits - 1))
  zero <- round(to_single(-min(w, 0) / scale))
  list(scale = scale, zero = zero, codes = pmin(round(to_single(w / scale)) + zero, 2^bits - 1))
}

test_that("codes and scales are those of the definition, for every width", {
  set.seed(31)
  w <- to_single(matrix(rnorm(5 * 37), 5))
  for (bits in 2:8) {
    for (symmetric in c(TRUE, FALSE)) {
      q <- quantize(w, bits, symmetric = symmetric, granularity = "row")
      for (i in 1:5) {
        expected <- reference(w[i, ], bits, symmetric)
        expect_identical(q$scales[i, 1], expected$scale)
        expect_equal(codes(q)[i, ], expected$codes)
        decoded <- to_single((expected$codes - expected$zero) * expected$scale)
        expect_identical(dequantize(q)[i, ], decoded)
      }
    }
  }
})

test_that("groups, rows and the whole matrix have their own scales", {
  w <- matrix(c(1, 2, 4, 8, 16, 32, 64, 128, 256, 512), 2)
  peak <- function(q) q$scales * 7
  expect_equal(peak(quantize(w, group_size = 2)), cbind(c(4, 8), c(64, 128), c(256, 512)),
               tolerance = 1e-6)
  expect_equal(peak(quantize(w, granularity = "row")), cbind(c(256, 512)), tolerance = 1e-6)
  expect_equal(peak(quantize(w, granularity = "tensor")), cbind(512), tolerance = 1e-6)
})

test_that("decoded values are within half a step", {
  set.seed(32)
  w <- matrix(runif(64 * 200, -2, 3), 64)
  for (symmetric in c(TRUE, FALSE)) {
    q <- quantize(w, bits = 5, group_size = 200, symmetric = symmetric)
    expect_lte(max(abs(dequantize(q) - w) / as.vector(q$scales)), 0.5 + 1e-5)
  }
})

test_that("the object says what it is", {
  w <- matrix(as.double(1:12), 3, dimnames = list(letters[1:3], LETTERS[1:4]))
  q <- quantize(w, bits = 3, group_size = 3, symmetric = FALSE)
  expect_s3_class(q, "quantcal_quantized")
  expect_identical(dim(q), c(3L, 4L))
  expect_identical(dimnames(codes(q)), dimnames(w))
  expect_identical(dimnames(dequantize(q)), dimnames(w))
  expect_identical(as.matrix(q), dequantize(q))
  expect_identical(dim(q$zeros), dim(q$scales))
  expect_type(q$zeros, "integer")
  expect_null(quantize(w)$zeros)
  layout <- quantize_layout(3, 4, bits = 3, group_size = 3, symmetric = FALSE)
  expect_identical(layout, list(code_bytes = length(q$packed), group_count = length(q$scales)))
  expect_output(print(q), "3 x 4, 3 bits, affine, a scale per group of 3")
  expect_output(print(quantize(w, granularity = "tensor")), "a scale per tensor")
})

test_that("empty matrices and integers work", {
  for (shape in list(c(0, 3), c(3, 0), c(0, 0))) {
    w <- matrix(0, shape[1], shape[2])
    for (granularity in c("group", "row", "tensor")) {
      q <- quantize(w, symmetric = FALSE, granularity = granularity)
      expect_identical(dequantize(q), w)
      expect_identical(dim(codes(q)), dim(w))
    }
    expect_output(print(q), "0 bytes")
  }
  expect_identical(quantize(matrix(1:6, 2)), quantize(matrix(as.double(1:6), 2)))
})

test_that("layouts beyond the integers are doubles", {
  expect_identical(quantize_layout(2^20, 2^20, bits = 8, group_size = 2^10),
                   list(code_bytes = 2^40, group_count = 2^30) |>
                     lapply(function(x) if (x <= .Machine$integer.max) as.integer(x) else x))
})

test_that("doubles are rounded to single precision first", {
  expect_identical(quantize(cbind(1 / 3, 0.1)), quantize(to_single(cbind(1 / 3, 0.1))))
  expect_error(quantize(cbind(1e300)), class = "quantcal_error_not_finite")
})

test_that("packing is undone by unpacking, for every width", {
  set.seed(33)
  for (bits in 1:8) {
    for (signed in c(TRUE, FALSE)) {
      least <- if (signed) -2^(bits - 1) else 0
      codes <- matrix(sample(least:(least + 2^bits - 1), 35, replace = TRUE), 5)
      packed <- pack_codes(codes, bits, signed)
      expect_length(packed, 5 * ceiling(7 * bits / 8))
      expect_equal(unpack_codes(packed, 5, 7, bits, signed), codes)
      expect_error(pack_codes(least - 1, bits, signed), class = "quantcal_error_domain")
      expect_error(pack_codes(least + 2^bits, bits, signed), class = "quantcal_error_domain")
    }
  }
  expect_identical(pack_codes(c(1, 2, 3), 4, signed = FALSE), as.raw(c(0x21, 0x03)))
  expect_error(pack_codes(0.5, 4), class = "quantcal_error_domain")
  expect_error(pack_codes(NA, 4), class = "quantcal_error_domain")
  for (bits in c(0, 9, -1)) {
    expect_error(pack_codes(1, bits), class = "quantcal_error_domain")
    expect_error(unpack_codes(raw(1), 1, 1, bits), class = "quantcal_error_domain")
  }
})
