test_that("p-values count, with weights or without", {
  calibration <- c(1, 2, 2, 5)
  expect_identical(conformal_p_values(calibration, c(0, 2, 6)), c(5, 4, 1) / 5)
  expect_identical(conformal_p_values(calibration, c(0, 2, 6), tail = "lower"), c(1, 4, 5) / 5)
  weighted <- conformal_p_values(calibration, 2, calibration_weights = c(1, 3, 0, 4),
                                 test_weights = 2)
  expect_equal(weighted, 9 / 10)
  randomised <- conformal_p_values(rnorm(99), rnorm(500), randomised = TRUE, seed = 4)
  expect_gt(ks.test(randomised, "punif")$p.value, 1e-9)
})

test_that("the Benjamini-Hochberg procedure is p.adjust's", {
  set.seed(5)
  for (m in c(1, 7, 200)) {
    p <- runif(m)^2
    expect_identical(conformal_benjamini_hochberg(p, 0.3), p.adjust(p, "BH") <= 0.3)
    expect_identical(conformal_e_benjamini_hochberg(1 / p, 0.3), p.adjust(p, "BH") <= 0.3)
  }
  expect_error(conformal_benjamini_hochberg(c(0.5, 2), 0.3), class = "quantcal_error_domain")
})

test_that("points are selected", {
  found <- conformal_select(c(-3, -1, 98, 99), c(-4, -2, 0), q = 0.6)
  expect_identical(found$p, c(0.2, 0.4, 0.6))
  expect_true(all(found$selected))
  bare <- conformal_select(c(-3, -1, 98, 99), c(-4, -2, 0), q = 0.6, values = FALSE)
  expect_identical(bare, found["selected"])
  # The published example: R_j = 3, 2, 3, and the second point is no candidate.
  weighted <- conformal_select(c(1, 3, 5, 7, 9), c(0, 2, 4), 0.5, test_weights = c(1, 2, 1),
                               pruning = "deterministic")
  expect_equal(weighted$p, c(1 / 6, 3 / 7, 1 / 2))
  expect_identical(weighted$e, c(2, 0, 2))
  expect_false(any(weighted$selected))
})

test_that("each point has the best of the scores", {
  found <- conformal_select_models(cbind(c(5, 6, 7), c(1, 2, 3)), cbind(c(4, 3), c(9, 9)), 0.5)
  expect_identical(found$chosen, c(1L, 1L))
  expect_error(conformal_select_models(matrix(1), matrix(1, 1, 2), 0.5),
               class = "quantcal_error_size")
  expect_error(conformal_select_models(matrix(1), matrix(1), 0.5, pruning = "none"),
               class = "quantcal_error_options")
})

test_that("points are selected by a model of the same points", {
  set.seed(8)
  x <- cbind(rnorm(60), rnorm(60))
  outcomes <- as.numeric(x[, 1] + 0.3 * rnorm(60) > 0)
  test <- cbind(c(3, 4, -3), 0)
  found <- conformal_select_ridge(x, outcomes, test, 0.3, penalties = c(0.1, 10), seed = 2)
  expect_true(all(found$p[1:2] < 0.1) && found$p[3] > 0.5)
  expect_false(found$selected[3])
  expect_true(all(found$chosen %in% 1:2))
  expect_error(conformal_select_ridge(x, outcomes[-1], test, 0.3), class = "quantcal_error_size")
  expect_error(conformal_select_ridge(x, outcomes, test[, 1, drop = FALSE], 0.3),
               class = "quantcal_error_size")
  expect_error(conformal_select_ridge(x, outcomes, test, 0.3, penalties = 0),
               class = "quantcal_error_domain")
})
