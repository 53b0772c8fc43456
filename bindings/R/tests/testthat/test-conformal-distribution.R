test_that("bands count residuals", {
  residuals <- c(0.5, -1, 0.5, 2, 0)
  mean <- c(1, 2)
  scale <- c(2, 0.5)
  thresholds <- c(2, 1, 5)
  band <- conformal_distribution_cdf(residuals, mean, thresholds, scale, seed = 3)
  z <- outer(-mean, thresholds, "+") / scale
  expect_equal(band$lower, apply(z, 1:2, function(z) sum(residuals < z)) / 6, tolerance = 1e-15)
  expect_equal(band$upper, apply(z, 1:2, function(z) sum(residuals <= z) + 1) / 6,
               tolerance = 1e-15)
  share <- (band$smoothed - band$lower) / (band$upper - band$lower)
  expect_equal(share, matrix(share[, 1], 2, 3))
  where <- conformal_distribution_pit(residuals, mean, c(2, 5), scale, seed = 3)
  expect_identical(where$pit, c(band$smoothed[1, 1], band$smoothed[2, 3]))
})

test_that("quantiles are those of R's ordered residuals", {
  residuals <- sin(1:19)
  quantiles <- conformal_distribution_quantile(residuals, c(0, 10), c(0.05, 0.07, 0.95, 0.99))
  ordered <- sort(residuals)
  expect_identical(quantiles$lower[1, ], ordered[c(1, 1, 19, 19)])
  expect_identical(quantiles$upper[1, ], c(ordered[c(1, 2, 19)], Inf))
  expect_identical(quantiles$upper[2, ], 10 + quantiles$upper[1, ])
})

test_that("scores are mean distances", {
  residuals <- sin(1:50)
  points <- 3 + 2 * residuals
  expected <- sapply(c(0, 3, 9), function(y) {
    mean(abs(points - y)) - mean(abs(outer(points, points, "-"))) / 2
  })
  expect_equal(conformal_distribution_crps(residuals, rep(3, 3), c(0, 3, 9), rep(2, 3)), expected,
               tolerance = 1e-13)
})

test_that("p-values are uniform", {
  set.seed(5)
  p <- sapply(1:2000, function(seed) {
    y <- round(rnorm(12))
    conformal_distribution_pit(y[-1], 0, y[1], seed = seed)$pit
  })
  expect_gt(suppressWarnings(ks.test(p, "punif"))$p.value, 1e-6)
})

test_that("groups are as if alone", {
  residuals <- sin(1:40)
  of_residuals <- rep(c(3, -1, 8, 3), 10)
  groups <- c(8, 3, -1, 3)
  mean <- 1:4
  y <- c(1.5, 1.5, 3, 4.25)
  scores <- conformal_distribution_crps(residuals, mean, y, residual_groups = of_residuals,
                                        groups = groups)
  where <- conformal_distribution_pit(residuals, mean, y, residual_groups = of_residuals,
                                      groups = groups)
  quantiles <- conformal_distribution_quantile(residuals, mean, 0.5, residual_groups = of_residuals,
                                               groups = groups)
  band <- conformal_distribution_cdf(residuals, mean, 2, residual_groups = of_residuals,
                                     groups = groups)
  for (i in 1:4) {
    own <- residuals[of_residuals == groups[i]]
    expect_identical(scores[i], conformal_distribution_crps(own, mean[i], y[i]))
    expect_identical(where$lower[i], conformal_distribution_pit(own, mean[i], y[i])$lower)
    expect_identical(quantiles$upper[i, ], conformal_distribution_quantile(own, mean[i], 0.5)$upper[1, ])
    expect_identical(band$upper[i, ], conformal_distribution_cdf(own, mean[i], 2)$upper[1, ])
  }
})

test_that("wrong inputs are refused", {
  expect_error(conformal_distribution_crps(1, 1, 1, residual_groups = 1),
               class = "quantcal_error_null_pointer")
  expect_error(conformal_distribution_crps(1, 1, 1, residual_groups = 0.5, groups = 1),
               class = "quantcal_error_domain")
  expect_error(conformal_distribution_crps(1, 1, 1, residual_groups = 1, groups = 2),
               class = "quantcal_error_domain")
  expect_error(conformal_distribution_crps(1, c(1, 2), c(1, 2), scale = 1),
               class = "quantcal_error_size")
  expect_error(conformal_distribution_cdf(1, 1, 1, scale = 0), class = "quantcal_error_domain")
  expect_error(conformal_distribution_crps(numeric(), 1, 1), class = "quantcal_error_size")
})
