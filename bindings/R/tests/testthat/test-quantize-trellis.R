test_that("codes give back what the error says", {
  w <- matrix(sin((1:600)^2), 20)
  trellis <- quantize_trellis("gaussian", state_bits = 8, step_bits = 3, step_values = 2, length = 64)
  scales <- quantize_trellis_scales(w, trellis)
  found <- quantize_trellis_encode(w, scales, trellis)
  expect_length(found$codes, quantize_trellis_layout(20, 30, trellis)$code_bytes)
  decoded <- quantize_trellis_decode(found$codes, scales, 20, 30, trellis)
  expect_equal(sum((decoded - w)^2), found$error, tolerance = 1e-5)
  expect_lt(found$error / sum(w^2), 0.2)
})

test_that("1MAD is what it says", {
  state <- 0:65535
  # 34038481 s + 76625530 in doubles is exact.
  word <- (34038481 * state + 76625530) %% 2^32
  bytes <- word %% 256 + word %/% 2^8 %% 256 + word %/% 2^16 %% 256 + word %/% 2^24
  expect_equal(quantize_trellis_values()[, 1], (bytes - 510) / 147.800537109375, tolerance = 1e-7)
})

test_that("what does not fit is refused", {
  w <- matrix(1, 2, 3)
  expect_error(quantize_trellis_encode(w, 1), class = "quantcal_error_size")
  expect_error(quantize_trellis_encode(w, c(1, 0)), class = "quantcal_error_domain")
  expect_error(quantize_trellis_layout(2, 3, quantize_trellis(state_bits = 30)),
               class = "quantcal_error_options")
  few <- quantize_trellis("table", 2, 1, table = matrix(1, 2, 1))
  expect_error(quantize_trellis_values(few), class = "quantcal_error_size")
  expect_error(quantize_trellis_values(list()), class = "quantcal_error_type")
})
