test_that("it agrees with isoreg()", {
  set.seed(1)
  for (n in c(1, 2, 3, 10, 100, 1000)) {
    y <- rnorm(n) + seq_len(n) / n
    expect_equal(isotonic_regression(y)$x, isoreg(y)$yf, tolerance = 1e-12)
    expect_equal(isotonic_regression(y, increasing = FALSE)$x, rev(isoreg(rev(y))$yf),
                 tolerance = 1e-12)
  }
})

test_that("whole weights count as repeated points", {
  set.seed(2)
  y <- rnorm(200)
  weights <- sample(1:5, 200, replace = TRUE)
  repeated <- isoreg(rep(y, weights))$yf
  expect_equal(isotonic_regression(y, weights)$x, repeated[cumsum(weights)], tolerance = 1e-12)
})

test_that("blocks are where the fit is constant, with their weight", {
  set.seed(3)
  weights <- runif(500)
  fit <- isotonic_regression(rnorm(500), weights)
  expect_identical(fit$blocks, c(1L, which(diff(fit$x) != 0) + 1L, 501L))
  block <- findInterval(1:500, fit$blocks)
  expect_equal(fit$weights, as.vector(tapply(weights, block, sum)), tolerance = 1e-12)
})

test_that("a fit of the fit changes nothing", {
  set.seed(4)
  x <- isotonic_regression(rnorm(300))$x
  expect_identical(isotonic_regression(x)$x, x)
})

test_that("integers, sequences and logicals are taken as the numbers they are", {
  expect_identical(isotonic_regression(10:1), isotonic_regression(as.double(10:1)))
  expect_identical(isotonic_regression(1:10)$x, as.double(1:10))
  expect_identical(isotonic_regression(c(TRUE, FALSE))$x, c(0.5, 0.5))
})

test_that("empty and single inputs work", {
  empty <- isotonic_regression(numeric())
  expect_identical(unclass(empty), list(x = numeric(), weights = numeric(), blocks = 1L))
  expect_identical(isotonic_regression(5, 2)[["weights"]], 2)
})

test_that("a fit prints", {
  expect_output(print(isotonic_regression(c(1, 3, 2))), "3 points in 2 blocks")
  expect_output(print(isotonic_regression(numeric())), "0 points in 0 blocks")
})
