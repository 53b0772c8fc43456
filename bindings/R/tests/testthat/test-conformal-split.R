test_that("ranks are those of exact arithmetic", {
  grid <- expand.grid(n = 0:500, percent = 1:99)
  exact <- ((grid$n + 1L) * (100L - grid$percent) + 99L) %/% 100L
  expect_identical(conformal_rank(grid$n, grid$percent / 100), exact)
})

test_that("ranks recycle as R's arithmetic does", {
  expect_identical(conformal_rank(c(24, 9), 0.44), c(14L, 6L))
  expect_identical(conformal_rank(24, c(0.44, 0.5)), c(14L, 13L))
  expect_identical(conformal_rank(integer(), 0.5), integer())
  expect_warning(conformal_rank(1:3, c(0.1, 0.2)), "not a multiple")
})

test_that("ranks beyond the integers are doubles", {
  expect_identical(conformal_rank(2^40 - 1, 0.5), 2^39)
  expect_type(conformal_rank(2^31 - 2, 0.5), "integer")
})

test_that("the threshold is an order statistic", {
  set.seed(5)
  for (n in c(1, 2, 10, 19, 100, 5000)) {
    for (scores in list(rnorm(n), sample(5, n, replace = TRUE), rep(1, n))) {
      for (alpha in c(0.01, 0.1, 0.5, 0.9)) {
        expected <- c(sort(scores), Inf)[conformal_rank(n, alpha)]
        expect_identical(conformal_threshold(scores, alpha), as.double(expected))
      }
    }
  }
  expect_identical(conformal_threshold(numeric(), 0.1), Inf)
  expect_identical(conformal_threshold(c(-Inf, Inf, 0), 0.5), 0)
})

test_that("at least 1 - alpha of new points are covered", {
  set.seed(6)
  covered <- replicate(2000, rexp(1) <= conformal_threshold(rexp(30), 0.2))
  # The coverage is 25 / 31 = 0.806; five standard errors are 0.044.
  expect_gt(mean(covered), 25 / 31 - 0.044)
  expect_lt(mean(covered), 25 / 31 + 0.044)
})

test_that("sets hold the classes at or below the threshold", {
  set.seed(7)
  for (classes in c(1, 7, 8, 9, 40)) {
    scores <- matrix(round(runif(50 * classes), 1), 50, dimnames = list(NULL, seq_len(classes)))
    sets <- conformal_sets(scores, 0.5)
    expect_identical(as.matrix(sets), scores <= 0.5)
    expect_identical(as.logical(sets), scores <= 0.5)
    expect_identical(sets$sizes, as.integer(rowSums(scores <= 0.5)))
    expect_identical(dim(sets$mask), c(50L, as.integer(ceiling(classes / 8))))
  }
})

test_that("sets of one row, of none, and of integer scores work", {
  expect_identical(as.matrix(conformal_sets(cbind(1L, 2L, 3L), 2)), cbind(TRUE, TRUE, FALSE))
  expect_identical(as.matrix(conformal_sets(matrix(0, 0, 3), 2)), matrix(FALSE, 0, 3))
  expect_identical(conformal_sets(matrix(0, 2, 3), Inf)$sizes, c(3L, 3L))
  expect_identical(conformal_sets(data.frame(a = 1:2, b = 3:4), 3)$sizes, c(2L, 1L))
})

test_that("sets print", {
  expect_output(print(conformal_sets(diag(3), 0.5)), "3 points, 3 classes, threshold 0.5")
  expect_output(print(conformal_sets(diag(3), 0.5)), "mean size 2, smallest 2, largest 2")
  expect_output(print(conformal_sets(matrix(0, 0, 3), 0.5)), "0 points")
})

test_that("intervals are the mean and the threshold around it", {
  set.seed(8)
  mean <- rnorm(100)
  limits <- conformal_intervals(mean, 0.3)
  expect_identical(limits, cbind(lower = mean - 0.3, upper = mean + 0.3))
  expect_identical(conformal_intervals(c(a = 1L), Inf), rbind(a = c(lower = -Inf, upper = Inf)))
  expect_identical(dim(conformal_intervals(numeric(), 1)), c(0L, 2L))
  expect_error(conformal_intervals(1, -1), class = "quantcal_error_domain")
})
