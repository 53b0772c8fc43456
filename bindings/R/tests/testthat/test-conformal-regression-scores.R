test_that("intervals hold the outcomes whose scores the threshold allows", {
  set.seed(9)
  predictions <- cbind(round(rnorm(200), 1), round(runif(200), 1) + 0.1)
  for (kind in c("normalised", "cqr", "cqr_r")) {
    y <- round(rnorm(200), 1)
    scores <- conformal_regression_scores(y, predictions, kind = kind)
    threshold <- scores[7]
    limits <- conformal_regression_intervals(predictions, threshold, kind = kind,
                                             empty = "marked")
    inside <- limits[, "lower"] <= y & y <= limits[, "upper"]
    expect_identical(inside %in% TRUE, as.vector(scores <= threshold))
  }
})

test_that("sides have their own scores and thresholds", {
  expect_error(conformal_regression_scores(c(1, 3), 2), class = "quantcal_error_size")
  scores <- conformal_regression_scores(c(a = 1, b = 3), c(2, 2), sides = "asymmetric")
  expect_identical(scores, rbind(a = c(below = 1, above = -1), b = c(below = -1, above = 1)))
  limits <- conformal_regression_intervals(c(2, 4), c(1, Inf), sides = "asymmetric")
  expect_identical(limits, cbind(lower = c(1, 3), upper = c(Inf, Inf)))
  each <- conformal_regression_intervals(c(2, 4), c(1, 0), threshold_for = "each_row")
  expect_identical(each, cbind(lower = c(1, 4), upper = c(3, 4)))
})

test_that("predictions of no points, and of one column, work", {
  expect_identical(conformal_regression_scores(numeric(), numeric()), numeric())
  expect_identical(conformal_regression_scores(1:2, cbind(c(0, 4))), c(1, 2))
  expect_identical(dim(conformal_regression_intervals(numeric(), 1)), c(0L, 2L))
})

test_that("faulty calls are refused", {
  expect_error(conformal_regression_scores(1, 1, kind = "cqr"), class = "quantcal_error_size")
  expect_error(conformal_regression_scores(1, cbind(1, -1), kind = "normalised"),
               class = "quantcal_error_domain")
  expect_error(conformal_regression_scores(1, 1, kind = "best"), class = "quantcal_error_options")
  expect_error(conformal_regression_scores(1, cbind(1, 2), kind = "quantiles"), "levels",
               class = "quantcal_error_size")
  expect_error(conformal_regression_intervals(1, c(1, 2)), class = "quantcal_error_size")
})
