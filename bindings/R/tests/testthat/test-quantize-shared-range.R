test_that("a layer computes what it did, with the codes that it had", {
  scales <- c(0.5, 2, 0.125)
  zeros <- c(3, 9, 8)
  gamma <- c(1, -2, 0.5)
  beta <- c(0.25, 1, -4)
  weights <- matrix(sin(1:6), 2)
  found <- quantize_reparameterize(scales, zeros, gamma, beta, weights, common = "median")
  expect_equal(found$scale, 0.5)
  expect_equal(found$zero, 8)
  n <- cos(1:3)
  old <- gamma * n + beta
  new <- found$gamma * n + found$beta
  expect_equal(new / found$scale + found$zero, old / scales + zeros, tolerance = 1e-6)
  expect_equal(as.vector(found$weights %*% new) + found$bias, as.vector(weights %*% old),
               tolerance = 1e-6)
  plain <- quantize_reparameterize(scales, NULL, gamma, NULL, weights)
  expect_null(plain$beta)
  expect_null(plain$bias)
  expect_equal(plain$zero, 0)
})

test_that("what does not fit is refused", {
  weights <- matrix(1, 2, 3)
  expect_error(quantize_reparameterize(1:3, NULL, 1:2, NULL, weights), "gamma has 2")
  expect_error(quantize_reparameterize(1:2, NULL, 1:2, NULL, weights), "a row of weights has 3")
  expect_error(quantize_reparameterize(1:3, 1:3, 1:3, NULL, weights), "beta is NULL")
  expect_error(quantize_reparameterize(c(1, -1, 1), NULL, 1:3, NULL, weights), "scales\\[1\\] is -1")
  expect_error(quantize_range_groups(1, 1:2, 1), "maximum has 2")
  expect_error(quantize_step_places(c(2, 1), 1), "must ascend")
})

test_that("groups and places count from 1", {
  found <- quantize_range_groups(c(-1, -9, -2), c(1, 9, 1), 2)
  expect_equal(found, list(group_of = c(1L, 2L, 1L), minimum = c(-2, -9), maximum = c(1, 9)))
  expect_equal(quantize_range_groups(-(1:5), 1:5, 2, "runs")$group_of, c(1L, 1L, 1L, 2L, 2L))
  expect_equal(quantize_step_places(c(0, 50, 100), c(20, 30, 999)), c(1L, 2L, 3L))
})
