test_that("draws may come in parts", {
  set.seed(81)
  draws <- matrix(runif(60), 5)
  whole <- conformal_smoothed_scores(draws)
  expect_equal(whole$means, rowMeans(draws))
  expect_equal(whole$variances, apply(draws, 1, var))
  parts <- conformal_smoothed_scores(draws[, 8:12], conformal_smoothed_scores(draws[, 1:7]))
  expect_equal(parts, whole)
  expect_identical(whole$draws, 12L)
})

test_that("bounds are those of the normal distribution", {
  means <- matrix(c(0, 0.2, 0.7, 1), 2, dimnames = list(NULL, c("a", "b")))
  exact <- conformal_robust_bounds(means, correction = "exact_means", radius = 0.3, sigma = 0.5)
  expect_equal(exact, pnorm(qnorm(means) - 0.6))
  upper <- conformal_robust_bounds(0.2, 100, side = "upper", correction = "hoeffding",
                                   beta = 0.01, radius = 1)
  expect_equal(upper, pnorm(qnorm(0.2 + sqrt(log(100) / 200)) + 1))
  exact <- conformal_robust_bounds(c(0, 0.03, 1), 100, correction = "clopper_pearson",
                                   beta = 0.05)
  expect_equal(exact, c(0, qbeta(0.05, 3, 98), 0.05^(1 / 100)), tolerance = 1e-10)
})

test_that("the threshold is corrected", {
  scores <- (1:99) / 100
  expect_equal(conformal_robust_threshold(scores, 400, 0.1, beta = 0.01),
               min(1, 0.92 + sqrt(log(100) / 800)))
  expect_identical(conformal_robust_threshold(c(0.1, 0.2), 400, 0.1), Inf)
  expect_error(conformal_robust_threshold(scores, 400, 0.1, beta = 0.05),
               class = "quantcal_error_infeasible")
})

test_that("the transformation is a rank through a sigmoid", {
  reference <- c(3, 1, 2, 4)
  scores <- c(first = 0, second = 2, third = 9)
  expect_equal(conformal_transformed_scores(scores, reference, steepness = 3, centre = 0.4),
               plogis(3 * (c(first = 0, second = 0.5, third = 1) - 0.4)))
})

test_that("variances are asked for", {
  expect_error(conformal_robust_bounds(0.5, 10), "variances",
               class = "quantcal_error_null_pointer")
})
