test_that("steps of one are split conformal", {
  set.seed(41)
  scores <- round(rexp(99), 1)
  for (alpha in c(0.1, 0.44, 0.9)) {
    expect_identical(conformal_risk_steps(scores, alpha, 99), conformal_threshold(scores, alpha))
  }
  expect_error(conformal_risk_steps(1:5, 0.1, 5), class = "quantcal_error_infeasible")
})

test_that("the first valid column is found", {
  set.seed(42)
  losses <- t(apply(matrix(runif(600), 30), 1, sort, decreasing = TRUE))
  found <- conformal_risk_control(losses, 0.4)
  expect_equal(found$bounds, (colSums(losses) + 1) / 31)
  expect_identical(found$index, which(found$bounds <= 0.4)[1])
  expect_error(conformal_risk_control(losses[, 20:1], 0.4), "must not rise",
               class = "quantcal_error_domain")
  expect_identical(conformal_risk_control(losses[, 20:1], 1, monotonize = TRUE)$index, 1L)
})

test_that("p-values are those of the formulas", {
  sums <- 0:40
  p <- pbinom(sums, 40, 0.3)
  expect_equal(conformal_risk_p_values(sums / 40, 40, 0.3, "binomial"), p, tolerance = 1e-12)
  expect_equal(conformal_risk_p_values(sums / 40, 40, 0.3, "bentkus"), pmin(1, exp(1) * p),
               tolerance = 1e-12)
})

test_that("Holm's selection is that of p.adjust", {
  set.seed(43)
  for (count in 1:20) {
    p <- runif(count)^4
    expect_identical(conformal_risk_select(p, 0.1), p.adjust(p, "holm") <= 0.1)
    expect_identical(conformal_risk_select(p, 0.1, "bonferroni"), p.adjust(p, "bonferroni") <= 0.1)
  }
})

test_that("the best of none is infeasible", {
  expect_identical(conformal_risk_best(c(FALSE, TRUE, TRUE), c(1, 3, 2)), 3L)
  expect_error(conformal_risk_best(c(FALSE, FALSE)), class = "quantcal_error_infeasible")
  expect_error(conformal_risk_best(1:2), class = "quantcal_error_type")
  expect_error(conformal_risk_graph(c(0.1, 0.2), 0.1, 1, diag(2)), class = "quantcal_error_size")
  expect_error(conformal_risk_graph(c(0.1, 0.2), 0.1, c(1, 0), diag(3)), "3 x 3")
})
