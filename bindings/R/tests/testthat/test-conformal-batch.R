test_that("the law of ranks counts orders", {
  n <- 12
  m <- 7
  for (zeta in 1:m) {
    k <- 1:(n + 1)
    law <- conformal_batch_law(k, n, m, zeta)
    expected <- choose(k + zeta - 2, zeta - 1) * choose(n + m - k - zeta + 1, m - zeta) /
      choose(n + m, m)
    expect_equal(law$pmf, expected, tolerance = 1e-12)
    expect_equal(law$at_most, cumsum(expected), tolerance = 1e-12)
    expect_equal(law$at_least, rev(cumsum(rev(expected))), tolerance = 1e-12)
  }
})

test_that("one point has the conformal rank", {
  n <- c(1, 9, 24, 99)
  expect_identical(
    vapply(n, function(n) conformal_batch_rank(n, 1, 1, alpha_upper = 0.44)[["upper"]], 1L),
    conformal_rank(n, 0.44)
  )
  expect_identical(conformal_batch_rank_sum(24, 1, 0.44) + 1L, conformal_rank(24, 0.44))
})

test_that("rank sums are R's Mann-Whitney quantiles", {
  for (size in list(c(10, 5), c(8, 20), c(17, 17), c(30, 3))) {
    for (alpha in c(0.013, 0.1, 0.49, 0.87)) {
      expect_equal(conformal_batch_rank_sum(size[1], size[2], alpha),
                   qwilcox(1 - alpha, size[1], size[2]))
    }
  }
})

test_that("a bracket of one score is two-sided, and probabilities are those of orders", {
  bracket <- conformal_batch_bracket(40, 10, 5, 5, alpha = 0.1)
  law <- conformal_batch_law(c(bracket$lower, bracket$upper), 40, 10, 5)
  expect_equal(bracket$probability, diff(law$at_most), tolerance = 1e-12)
  expect_gte(bracket$probability, 0.9)
})

test_that("the mean is bounded by what ranks allow", {
  expect_equal(conformal_batch_mean(c(0.5, 0.1, 0.3, 0.2), 3, 8, upper = 1), 0.7)
  expect_identical(conformal_batch_mean(1:4, 3, 8), Inf)
  expect_identical(conformal_batch_mean(1:4, 3, 0), 1)
  expect_error(conformal_batch_mean(1:4, 3, 8, upper = 2), class = "quantcal_error_domain")
})

test_that("order statistics go from -Inf to Inf", {
  scores <- c(3, 1, 2)
  expect_identical(sapply(0:4, conformal_order_statistic, scores = scores), c(-Inf, 1, 2, 3, Inf))
  expect_error(conformal_order_statistic(scores, 5), class = "quantcal_error_domain")
})

test_that("what is outside its range is an error", {
  expect_error(conformal_batch_rank(5, 3, 4, 0.1, 0.1), class = "quantcal_error_domain")
  expect_error(conformal_batch_rank(5, 3, 2), class = "quantcal_error_domain")
  expect_error(conformal_batch_law(-1, 5, 3, 2), class = "quantcal_error_size")
  expect_error(conformal_batch_rank_sum(1e5, 1e5, 0.1), class = "quantcal_error_size")
})
