test_that("the law of the coverage is R's beta distribution", {
  values <- c(0, 0.01, 0.3, 0.85, 0.9, 0.95, 0.999, 1)
  for (size in list(c(1, 1), c(9, 9), c(99, 90), c(2000, 1800))) {
    law <- conformal_coverage_law(values, size[1], size[2])
    expect_equal(law$at_most, pbeta(values, size[2], size[1] + 1 - size[2]), tolerance = 1e-10)
    expect_equal(law$at_least, pbeta(values, size[2], size[1] + 1 - size[2], lower.tail = FALSE),
                 tolerance = 1e-10)
    levels <- c(0.001, 0.5, 0.975)
    expect_equal(conformal_coverage_quantile(levels, size[1], size[2]),
                 qbeta(levels, size[2], size[1] + 1 - size[2]), tolerance = 1e-10)
  }
})

test_that("numbers of covered points have the beta-binomial law", {
  law <- conformal_covered_law(0:200, 39, 36, 200)
  expected <- exp(lchoose(200, 0:200) + lbeta(0:200 + 36, 200 - 0:200 + 4) - lbeta(36, 4))
  expect_equal(law$pmf, expected, tolerance = 1e-9)
  expect_equal(law$at_most, cumsum(expected), tolerance = 1e-9)
  expect_identical(conformal_covered_quantile(c(0.1, 0.9), 39, 36, 200),
                   sapply(c(0.1, 0.9), function(level) sum(cumsum(expected) < level)))
})

test_that("a PAC rank is the smallest that is sure", {
  for (n in c(10, 58, 59, 100, 1000)) {
    rank <- conformal_pac_rank(n, 0.05, 0.05)
    failing <- c(pbinom(0:n - 1, n, 0.95, lower.tail = FALSE), 0)
    expect_identical(rank, as.integer(min(which(failing <= 0.05)) - 1L))
  }
  expect_identical(conformal_pac_sample_size(0.05, 0.05), 59L)
})

test_that("a sample size is the first that suffices", {
  n <- conformal_sample_size(0.1, 0.03, 0.05)
  within <- sapply(10:n, function(n) {
    rank <- conformal_rank(n, 0.1)
    diff(pbeta(c(0.87, 0.93), rank, n + 1 - rank))
  })
  expect_identical(10L + which(within >= 0.95)[1] - 1L, n)
})

test_that("what no number gives is infeasible", {
  expect_error(conformal_pac_sample_size(1e-9, 0.05), class = "quantcal_error_infeasible")
  expect_error(conformal_covered_law(-1, 3, 2, 5), class = "quantcal_error_size")
  expect_error(conformal_coverage_law(0.5, 3, 5), class = "quantcal_error_domain")
})
