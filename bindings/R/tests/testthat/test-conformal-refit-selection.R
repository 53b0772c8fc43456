test_that("a rank counts from the test point's position", {
  # 6 is the second test point, and tied with a calibration point.
  expect_identical(conformal_refit_rank(c(5, 6, 7), c(4, 6, 3), 1, 0.5),
                   c(rank = 1L, rejections = 2L))
  expect_identical(conformal_refit_rank(c(5, 6, 7), c(4, 6, 3), 2, 0.5)[["rank"]], 3L)
  for (j in list(0, 4, NA)) {
    expect_error(conformal_refit_rank(c(5, 6, 7), c(4, 6, 3), j, 0.5),
                 class = "quantcal_error_domain")
  }
  expect_error(conformal_refit_rank(c(5, 6, 7), c(4, 6, 3), 1:2, 0.5),
               class = "quantcal_error_size")
})

test_that("scores that do not depend on the point need no refits", {
  set.seed(3)
  for (round in 1:20) {
    n <- sample(30, 1)
    m <- sample(12, 1)
    calibration <- matrix(sample(12, 2 * n, replace = TRUE), n)
    test <- matrix(sample(12, 2 * m, replace = TRUE) - 4, m)
    found <- lapply(1:2, function(k) {
      sapply(seq_len(m), function(j) conformal_refit_rank(calibration[, k], test[, k], j, 0.3))
    })
    ranks <- sapply(found, function(one) one["rank", ])
    rejections <- sapply(found, function(one) one["rejections", ])
    dim(ranks) <- dim(rejections) <- c(m, 2)
    expect_identical(conformal_select_refitted(ranks, rejections, n, 0.3, seed = round),
                     conformal_select_models(calibration, test, 0.3, seed = round))
  }
})

test_that("points are selected by what was counted", {
  found <- conformal_select_refitted(c(1, 2, 9), c(2, 2, 2), 9, 0.5, pruning = "deterministic")
  expect_identical(found$selected, c(TRUE, TRUE, FALSE))
  expect_identical(found$chosen, c(1L, 1L, 1L))
  expect_equal(found$p, c(0.1, 0.2, 0.9))
  expect_error(conformal_select_refitted(c(1, 2), 1, 9, 0.5), class = "quantcal_error_size")
  expect_error(conformal_select_refitted(11, 1, 9, 0.5), "ranks[0] is 11", fixed = TRUE,
               class = "quantcal_error_domain")
  expect_error(conformal_select_refitted(1, 1, 9, 0.5, pruning = "none"),
               class = "quantcal_error_options")
})
