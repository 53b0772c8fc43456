test_that("thresholds are order statistics of each group", {
  set.seed(1)
  scores <- round(rnorm(400), 1)
  groups <- sample(c(1:3, NA), 400, replace = TRUE)
  calibrator <- update(conformal_calibrator(groups = 4), scores, groups = groups)
  alphas <- c(0.05, 0.1, 0.44)
  thresholds <- conformal_calibrator_thresholds(calibrator, alphas)
  expect_identical(conformal_calibrator_counts(calibrator)[1:3],
                   as.vector(table(groups)) + 0)
  for (group in 1:3) {
    members <- scores[which(groups == group)]
    for (j in 1:3) expect_identical(thresholds[group, j], conformal_threshold(members, alphas[j]))
  }
  expect_identical(thresholds[4, ], rep(Inf, 3))
  points <- c(2, NA, 4, 1)
  expect_identical(
    conformal_calibrator_point_thresholds(calibrator, 0.1, groups = points),
    c(thresholds[2, 2], Inf, Inf, thresholds[1, 2])
  )
})

test_that("weighted thresholds are those of the definition", {
  set.seed(2)
  scores <- sample(20, 60, replace = TRUE)
  weights <- sample(0:4, 60, replace = TRUE)
  calibrator <- update(conformal_calibrator(weighted = TRUE), scores, weights)
  tests <- c(0, 1, 5, 20, Inf)
  expected <- vapply(tests, function(w) {
    reached <- cumsum(tapply(weights, factor(scores, 1:20), sum, default = 0)) * 4 >=
      (sum(weights) + w) * 3
    if (any(reached)) which(reached)[[1]] else Inf
  }, 0)
  expect_identical(
    conformal_calibrator_point_thresholds(calibrator, 0.25, test_weights = tests), expected + 0
  )
})

test_that("p-values count what is as large, and pieces give the same ones", {
  set.seed(3)
  scores <- round(rnorm(200), 1)
  points <- round(rnorm(50), 1)
  calibrator <- update(conformal_calibrator(), scores)
  expect_equal(
    conformal_calibrator_p_values(calibrator, points),
    vapply(points, function(s) (1 + sum(scores >= s)) / 201, 0), tolerance = 1e-15
  )
  whole <- conformal_calibrator_p_values(calibrator, points, randomised = TRUE, seed = 9)
  expect_identical(whole[21:50], conformal_calibrator_p_values(
    calibrator, points[21:50], randomised = TRUE, seed = 9, first_point = 20
  ))
})

test_that("parts merge to the whole, which is printed", {
  set.seed(4)
  scores <- sample(9, 300, replace = TRUE)
  weights <- runif(300)
  whole <- update(conformal_calibrator(weighted = TRUE), scores, weights)
  order <- sample(300)
  parts <- update(conformal_calibrator(weighted = TRUE), scores[order[1:120]],
                  weights[order[1:120]])
  merge(parts, update(conformal_calibrator(weighted = TRUE), scores[order[121:300]],
                      weights[order[121:300]]))
  expect_identical(conformal_calibrator_serialize(parts), conformal_calibrator_serialize(whole))
  expect_output(print(whole), "300 points")
  expect_output(print(conformal_calibrator(groups = 2)), "0 points in 2 groups")
})

test_that("what is wrong is refused by name", {
  calibrator <- conformal_calibrator(groups = 2)
  expect_error(update(calibrator, 1:2, groups = c(0, 1)), "groups\\[1\\] is 0",
               class = "quantcal_error_domain")
  expect_error(update(calibrator, 1:2, groups = c(1, 1.5)), "whole numbers",
               class = "quantcal_error_domain")
  expect_error(update(calibrator, 1:2, groups = 1), class = "quantcal_error_size")
  expect_error(update(calibrator, 1:2), "groups are missing",
               class = "quantcal_error_null_pointer")
  expect_error(merge(calibrator, 1), "y must be a conformal calibrator",
               class = "quantcal_error_type")
  expect_error(conformal_calibrator_counts(1), "must be a conformal calibrator",
               class = "quantcal_error_type")
  expect_error(conformal_calibrator_deserialize(as.raw(1:9)), class = "quantcal_error_format")
})
