test_that("the curve runs straight between knots and is level beyond", {
  set.seed(31)
  trials <- sample(3:20, 12, replace = TRUE)
  successes <- rbinom(12, trials, seq(0.1, 0.9, length.out = 12))
  fit <- isotonic_centered(12:1, rev(successes / trials), rev(trials))
  expect_identical(predict(fit), fit$fitted)
  expect_false(is.unsorted(fit$knots, strictly = TRUE))
  expect_false(is.unsorted(fit$values))
  at <- c(-5, runif(100, 1, 12), 40)
  expect_equal(predict(fit, at), approx(fit$knots, fit$values, at, rule = 2)$y, tolerance = 1e-14)
  bounds <- predict(fit, at, interval = "confidence")
  expect_identical(colnames(bounds), c("fit", "lwr", "upr"))
  expect_true(all(bounds[, "lwr"] <= bounds[, "fit"] & bounds[, "fit"] <= bounds[, "upr"]))
  expect_identical(predict(fit, interval = "confidence")[, "lwr"], fit$lower)
})

test_that("a single group has the bounds of Clopper and Pearson, narrowed by Wilson's", {
  for (k in 0:9) {
    fit <- isotonic_centered(1, k / 9, 9, confidence = 0.95)
    exact <- binom.test(k, 9)$conf.int
    wilson <- isotonic_centered(1, k / 9, 9, interval = "wilson", confidence = 0.95)
    # It warns that so few trials are not normal; as an interval it is Wilson's all the same.
    score <- suppressWarnings(prop.test(k, 9, correct = FALSE))$conf.int
    expect_equal(c(wilson$lower, wilson$upper), as.vector(score), tolerance = 1e-12)
    expect_equal(c(fit$lower, fit$upper),
                 c(max(exact[1], wilson$lower), min(exact[2], wilson$upper)), tolerance = 1e-12)
  }
})

test_that("without an interval any values are allowed", {
  fit <- isotonic_centered(c(1, 2, 3), c(-5, 9, 7), interval = "none")
  expect_identical(fit$knots, c(1, 2.5, 3))
  expect_identical(fit$values, c(-5, 8, 8))
  expect_null(fit$lower)
  expect_error(predict(fit, 2, interval = "confidence"), "interval = \"none\"",
               class = "quantcal_error_options")
})

test_that("a fit prints and plots", {
  fit <- isotonic_centered(1:5, c(1, 3, 2, 6, 8) / 10, rep(10, 5))
  expect_output(print(fit), "5 points, 4 knots")
  expect_output(print(fit), "confidence 0.9")
  expect_output(print(isotonic_centered(1:99, 1:99, interval = "none")), "and 79 more")
  pdf(NULL)
  on.exit(dev.off())
  expect_identical(plot(fit), fit)
})

test_that("bad arguments are refused", {
  expect_error(isotonic_centered(1:3, 1:2), "y has 2 elements", class = "quantcal_error_size")
  expect_error(isotonic_centered(1:2, c(0, 2)), "y[1] is 2", fixed = TRUE,
               class = "quantcal_error_domain")
  expect_error(isotonic_centered(1, 1, ties = "some"), "ties must be one of",
               class = "quantcal_error_options")
  expect_error(isotonic_centered(1, 1, y_range = 1), "y_range two", class = "quantcal_error_size")
  expect_error(isotonic_centered(1, 1, confidence = "90%"), "confidence must be numeric",
               class = "quantcal_error_type")
})
