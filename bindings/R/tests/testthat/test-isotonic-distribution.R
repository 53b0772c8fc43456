test_that("at every threshold it is the isotonic regression of the indicators", {
  set.seed(31)
  x <- sort(runif(80))
  y <- 2 * x + rnorm(80)
  fit <- isotonic_distribution(x, y)
  expect_identical(fit$thresholds, sort(y))
  functions <- predict(fit, x, type = "cdf")
  for (k in seq_along(fit$thresholds)) {
    expect_equal(functions[, k], 1 - isoreg(x, y > fit$thresholds[k])$yf, tolerance = 1e-12)
  }
  falling <- isotonic_distribution(-x, y, increasing = FALSE)
  expect_identical(predict(falling, -x, type = "cdf"), functions)
})

test_that("of several columns it is a fit under the componentwise order", {
  set.seed(33)
  x <- matrix(sample(0:4, 60, TRUE), 30)
  y <- sample(1:5, 30, TRUE)
  weights <- sample(1:3, 30, TRUE)
  fit <- isotonic_distribution(x, y, weights)
  expect_identical(fit$dimensions, 2L)
  functions <- predict(fit, x, type = "cdf")
  for (k in seq_along(fit$thresholds)) {
    separate <- isotonic_order(x, y <= fit$thresholds[k], weights, increasing = FALSE)
    expect_equal(functions[, k], separate$fitted, tolerance = 1e-14)
  }
  expect_identical(predict(fit, as.data.frame(x), type = "cdf"), functions)
  expect_identical(predict(isotonic_distribution_from_bytes(fit$bytes), x, type = "cdf"), functions)
  expect_output(print(fit), "covariates from 0 to 4\ncovariates from 0 to 4")
  expect_error(plot(fit), "x has 2 dimensions")
  expect_error(predict(fit, cbind(1, 2, 3)), "newdata has 3 columns")
  expect_error(isotonic_distribution(x, y, events = y < 4), "dimensions is 2")
  one <- isotonic_distribution(matrix(c(0, 1, 0, 1), 2), c(2, 1))
  expect_identical(isotonic_distribution_crps(one, rbind(c(0, 0), c(2, -1)), c(1, 1)),
                   c(0.25, 0.25))
  expect_identical(isotonic_distribution_pit(one, rbind(c(0, 0)), 1)$upper, 0.5)
})

test_that("one level or threshold makes a vector", {
  fit <- isotonic_distribution(c(1, 2, 3, 4), c(2, 1, 3, 2))
  expect_identical(predict(fit, c(1, 4)), c(1, 2))
  expect_identical(predict(fit, c(1, 4), type = "cdf", thresholds = 2), c(1, 0.5))
  expect_identical(dim(predict(fit, numeric(), type = "cdf")), c(0L, 3L))
  expect_identical(dim(predict(fit, 1:5, levels = c(0.1, 0.9))), c(5L, 2L))
})

test_that("scores and transforms", {
  set.seed(32)
  x <- runif(2000)
  y <- 3 * x + rnorm(2000)
  fit <- isotonic_distribution(x, y)
  expect_lt(mean(isotonic_distribution_crps(fit, x, y)),
            mean(isotonic_distribution_crps(isotonic_distribution(rep(0, 2000), y), x, y)))
  new <- runif(1000)
  pit <- isotonic_distribution_pit(fit, new, 3 * new + rnorm(1000), seed = 5)
  expect_true(all(pit$lower <= pit$pit & pit$pit <= pit$upper))
  expect_lt(max(abs(sort(pit$pit) - seq(0, 1, length.out = 1000))), 0.07)
})

test_that("one covariate with censored outcomes is Kaplan-Meier", {
  fit <- isotonic_distribution(rep(1, 6), c(1, 2, 2, 3, 4, 5),
                               events = c(TRUE, TRUE, FALSE, TRUE, FALSE, TRUE))
  expect_identical(fit$thresholds, c(1, 2, 3, 5))
  expect_equal(as.vector(predict(fit, 1, type = "cdf")), 1 - cumprod(c(5 / 6, 4 / 5, 2 / 3, 0)))
  expect_identical(predict(isotonic_distribution(1:2, 1:2, events = c(1, 0)), 2), Inf)
})

test_that("a fit survives being saved", {
  fit <- isotonic_distribution(c(1, 2, 3, 4), c(2, 1, 3, 2))
  file <- tempfile()
  on.exit(unlink(file))
  saveRDS(fit, file)
  again <- readRDS(file)
  expect_identical(predict(again, 2.5, type = "cdf"), predict(fit, 2.5, type = "cdf"))
  expect_identical(isotonic_distribution_crps(again, 1, 1), isotonic_distribution_crps(fit, 1, 1))
  expect_identical(isotonic_distribution_from_bytes(fit$bytes)$bytes, fit$bytes)
})

test_that("a fit prints and plots", {
  fit <- isotonic_distribution(c(1, 2, 3, 4), c(2, 1, 3, 2))
  expect_output(print(fit), "3 thresholds from 1 to 3\ncovariates from 1 to 4")
  expect_output(print(isotonic_distribution_from_bytes(fit$bytes)), "3 thresholds from 1 to 3$")
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  expect_invisible(plot(fit))
  expect_invisible(plot(fit, levels = 0.5))
})

test_that("refusals name the argument", {
  expect_error(isotonic_distribution(1:3, 1:2), "y has length 2")
  expect_error(isotonic_distribution(1:3, 1:3, weights = 1), "weights has length 1")
  expect_error(isotonic_distribution(1:2, 1:2, events = c(1, NA)), "events\\[2\\]")
  expect_error(isotonic_distribution(numeric(), numeric()), "n is 0")
  expect_error(isotonic_distribution("a", 1), "x must be numeric")
  fit <- isotonic_distribution(1:3, 1:3)
  expect_error(isotonic_distribution_crps(fit, 1:2, 1), "y has length 1")
  expect_error(isotonic_distribution_pit(fit, 1, 1, seed = -1), "seed is -1")
  expect_error(predict(fit, 1, levels = 1), "levels\\[0\\] is 1")
  expect_error(predict(fit, 1, type = "density"), "type must be one of")
  expect_error(isotonic_distribution_crps(1, 1, 1), "object must come from")
  expect_error(isotonic_distribution_from_bytes(1), "bytes must be a raw vector")
})
