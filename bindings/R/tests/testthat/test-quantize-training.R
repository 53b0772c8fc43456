test_that("periodic weights are signs of a sine, with its gradient", {
  w <- matrix(sin(1:12) / 5, 2)
  upstream <- matrix(cos(1:12), 2)
  made <- quantize_periodic(w, c(0.5, 2), upstream, penalty = 0)
  expect_equal(made$quantized, c(0.5, 2) * sign(sin(30 * w)))
  expect_equal(made$value_gradients, upstream * c(0.5, 2) * 30 * cos(30 * w), tolerance = 1e-5)
  expect_equal(as.vector(made$scale_gradients), rowSums(upstream * sign(sin(30 * w))),
               tolerance = 1e-6)
  expect_null(quantize_periodic(w, c(1, 1))$value_gradients)
  expect_error(quantize_periodic(w, c(1, 1), upstream[, 1:2]), "upstream is 2 x 2")
})

test_that("rotations keep products and spread outliers", {
  x <- matrix(sin(1:96), 4)
  w <- matrix(cos(1:72), 3)
  product <- quantize_rotate(x, seed = 5) %*% t(quantize_rotate(w, seed = 5))
  expect_equal(product, x %*% t(w), tolerance = 1e-5)
  expect_equal(quantize_rotate(quantize_rotate(x), inverse = TRUE), x, tolerance = 1e-6)
  x <- matrix(sin(1:512), 4)
  x[, 3] <- 50
  choice <- quantize_rotation_choose(x, matrix(cos(1:384), 3), "int4", "int4")
  expect_true(choice$rotates)
  expect_lt(choice$rotated_error, choice$plain_error)
  expect_error(quantize_rotate(x, block = 3), "block is 3")
})
