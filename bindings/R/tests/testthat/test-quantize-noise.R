test_that("twin logarithms keep signs, zeros and what they decode to", {
  w <- matrix(sin(1:60) * exp(cos(1:60)), 4)
  w[2, 3] <- 0
  for (bits in 3:8) {
    parameters <- quantize_twin_log_fit(w, bits = bits)
    expect_equal(dim(parameters), c(4, 5))
    codes <- quantize_twin_log_encode(w, parameters, bits = bits)
    back <- quantize_twin_log_decode(codes, parameters, 4, 15, bits = bits)
    expect_true(all(sign(back) * sign(w) >= 0))
    expect_equal(back[2, 3], 0)
    again <- quantize_twin_log_encode(back, parameters, bits = bits)
    expect_equal(quantize_twin_log_decode(again, parameters, 4, 15, bits = bits), back)
  }
  expect_error(quantize_twin_log_fit(w, bits = 2), "bits is 2")
  expect_error(quantize_twin_log_encode(w, matrix(1, 2, 5)), "parameters")
})

test_that("noise helps between levels, and the bias takes it off again", {
  x <- matrix(0.45, 64, 16)
  weights <- rbind(rep(1, 16), 1:16 / 16)
  layer <- quantize_noisy_bias(x, weights, c(1, 2), "int8", 1)
  expect_gt(layer$amplitude, 0)
  expect_lt(layer$error, layer$plain_error)
  expect_equal(layer$bias, c(1, 2) - as.vector(weights %*% layer$noise), tolerance = 1e-6)
  plain <- quantize_noisy_bias(round(x), weights, NULL, "int8", 1)
  expect_equal(plain$amplitude, 0)
  expect_equal(plain$noise, numeric(16))
  expect_error(quantize_noisy_bias(x, weights, NULL, "nf4", 1), "integer and midrise")
  expect_error(quantize_noisy_bias(x, weights[, 1:3], NULL, "int8", 1), "weights has 3 columns")
})
