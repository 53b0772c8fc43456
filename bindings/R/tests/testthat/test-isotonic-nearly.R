test_that("the path leads from the data to the isotonic fit", {
  set.seed(21)
  y <- rnorm(400)
  path <- isotonic_nearly(y)
  expect_identical(coef(path, 0), y)
  expect_equal(coef(path, Inf), isoreg(y)$yf, tolerance = 1e-12)
  expect_equal(coef(path, max(path$breakpoints)), isoreg(y)$yf, tolerance = 1e-12)
  down <- isotonic_nearly(rev(y), increasing = FALSE)
  expect_identical(down$breakpoints, path$breakpoints)
  expect_identical(coef(down, 0.5), rev(coef(path, 0.5)))
})

test_that("no other sequence is better", {
  set.seed(22)
  y <- rnorm(30)
  weights <- runif(30, 0.5, 2)
  path <- isotonic_nearly(y, weights)
  cost <- function(x, lambda) sum(weights * (y - x)^2) / 2 + lambda * sum(pmax(-diff(x), 0))
  for (lambda in c(0.05, 0.3, 1, 4)) {
    best <- coef(path, lambda)
    for (i in 1:200) {
      expect_gt(cost(best + rnorm(30, sd = 10^runif(1, -6, -1)), lambda), cost(best, lambda))
    }
  }
})

test_that("several penalties make a matrix", {
  path <- isotonic_nearly(c(1, 3, 2, 4, 0))
  expect_identical(path$breakpoints, c(0.5, 1.5, 2.25))
  fits <- coef(path, c(0, 1, Inf))
  expect_identical(dim(fits), c(5L, 3L))
  expect_identical(fits[, 2], coef(path, 1))
  expect_identical(isotonic_nearly_df(path, c(0, 1, Inf)), c(5L, 4L, 2L))
  expect_identical(dim(coef(path, numeric())), c(5L, 0L))
  expect_identical(coef(isotonic_nearly(numeric()), 1), numeric())
})

test_that("a path prints and plots", {
  path <- isotonic_nearly(c(1, 3, 2, 4, 0))
  expect_output(print(path), "5 points, 3 breakpoints\nlambda from 0.5 to 2.25")
  expect_output(print(isotonic_nearly(1:3)), "3 points, 0 breakpoints")
  pdf(NULL)
  on.exit(dev.off())
  expect_identical(plot(path), path)
  expect_identical(plot(isotonic_nearly(1:3))$n, 3L)
})

test_that("paths that cannot be asked are refused", {
  path <- isotonic_nearly(c(2, 1))
  expect_error(coef(path, -1), "lambda is -1", class = "quantcal_error_domain")
  expect_error(coef(path, NA_real_), "lambda is nan", class = "quantcal_error_not_finite")
  expect_error(coef(path, "1"), "lambda must be numeric", class = "quantcal_error_type")
  expect_error(isotonic_nearly_df(1:3, 1), "must be a path", class = "quantcal_error_type")
  saved <- tempfile()
  on.exit(unlink(saved))
  saveRDS(path, saved)
  loaded <- readRDS(saved)
  expect_identical(loaded$breakpoints, path$breakpoints)
  expect_error(coef(loaded, 1), "another R session", class = "quantcal_error")
})
