# The definition, by the matrix of test by training points.
all_candidates <- function(means, residuals, rank) {
  below <- apply(sweep(means, 2, residuals, "-"), 1, sort)
  above <- apply(sweep(means, 2, residuals, "+"), 1, sort)
  cbind(lower = below[length(residuals) + 1 - rank, ], upper = above[rank, ])
}

test_that("the ends are those of the whole matrix", {
  set.seed(11)
  for (n in c(20, 300)) {
    residuals <- abs(round(rnorm(n), 2))
    fold <- sample(3, n, replace = TRUE)
    predictions <- matrix(rnorm(12), 4)
    expected <- all_candidates(predictions[, fold], residuals, conformal_rank(n, 0.1))
    expect_identical(conformal_cross_intervals(residuals, predictions, 0.1, fold), expected)
    apart <- matrix(rnorm(4 * n), 4)
    expected <- all_candidates(apart, residuals, conformal_rank(n, 0.1))
    expect_identical(conformal_cross_intervals(residuals, apart, 0.1), expected)
  }
})

test_that("signed residuals have sides", {
  signed <- c(-3, -2, -1, 0, 1, 2, 3, 4, 5)
  one <- matrix(0, 1, 1, dimnames = list("new", NULL))
  ends <- function(sides, alpha) {
    conformal_cross_intervals(signed, one, alpha, rep(1, 9), sides = sides)
  }
  expect_identical(ends("asymmetric", 0.4), cbind(lower = c(new = -2), upper = 4))
  expect_identical(ends("lower", 0.2), cbind(lower = c(new = -2), upper = Inf))
  expect_identical(ends("upper", 0.2), cbind(lower = c(new = -Inf), upper = 4))
})

test_that("the bootstrap leaves out the models that know a point", {
  in_bag <- rbind(c(TRUE, FALSE, FALSE), c(FALSE, TRUE, TRUE), c(TRUE, TRUE, TRUE))
  own <- rbind(c(1, 2, 4), 5:7, 1:3)
  expect_identical(conformal_cross_bootstrap_predictions(in_bag, own), c(3, 5, NaN))
  expect_identical(conformal_cross_bootstrap_intervals(c(1, 2, NaN), in_bag, own[1:2, ], 0.5),
                   cbind(lower = c(-1, 3), upper = c(4, 7.5)))
})

test_that("no points work", {
  expect_identical(dim(conformal_cross_intervals(1:2, matrix(0, 0, 1), 0.1, c(1, 1))), c(0L, 2L))
  expect_identical(conformal_cross_intervals(numeric(), cbind(1), 0.1, numeric()),
                   cbind(lower = -Inf, upper = Inf))
})

test_that("faulty calls are refused", {
  expect_error(conformal_cross_intervals(c(1, -1), cbind(1, 2), 0.1), "residuals",
               class = "quantcal_error_domain")
  expect_error(conformal_cross_intervals(1:2, cbind(1, 2), 0.1, c(0, 1)), "fold",
               class = "quantcal_error_domain")
  expect_error(conformal_cross_intervals(1:2, cbind(1, 2), 0.1, c(1, 3)), "fold",
               class = "quantcal_error_domain")
  expect_error(conformal_cross_intervals(1:2, cbind(1, 2), 0.1, 1), "fold",
               class = "quantcal_error_size")
  expect_error(conformal_cross_intervals(1:2, cbind(1, 2), 0.1, method = "best"),
               class = "quantcal_error_options")
  expect_error(conformal_cross_bootstrap_predictions(cbind(1), cbind(1, 2)), "in_bag",
               class = "quantcal_error_size")
})
