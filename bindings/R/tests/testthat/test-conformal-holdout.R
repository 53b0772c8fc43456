test_that("a spent budget stays spent", {
  set.seed(61)
  for (mechanism in c("noise", "grid")) {
    holdout <- conformal_holdout(mechanism, budget = 5, seed = 7)
    training <- runif(500)
    answers <- conformal_holdout_ask(holdout, training, pmin(pmax(training + rnorm(500, 0, 0.1), 0), 1))
    expect_identical(sum(answers$from_holdout), 5L)
    expect_lt(nrow(answers), 500)
    expect_identical(conformal_holdout_remaining(holdout), list(budget = 0L, asked = nrow(answers)))
    expect_error(conformal_holdout_ask(holdout, 0.5, 0.5), class = "quantcal_error_infeasible")
    again <- conformal_holdout_deserialize(conformal_holdout_serialize(holdout))
    expect_error(conformal_holdout_ask(again, 0.5, 0.5), class = "quantcal_error_infeasible")
  }
})

test_that("the bound is its formula", {
  bound <- function(n, m, budget, grid, threshold, delta) {
    courses <- sum(choose(m, 0:budget) * grid^(0:budget))
    max(threshold, 0.5 / (grid - 1)) + sqrt(log(2 * m * courses / delta) / (2 * n))
  }
  expect_equal(conformal_holdout_error(10000, 1000, 10), bound(10000, 1000, 10, 101, 0.04, 0.05))
  expect_equal(conformal_holdout_error(500, 20, 3, 11, 0.01, 0.2), bound(500, 20, 3, 11, 0.01, 0.2))
  m <- conformal_holdout_questions(10000, 0.12, budget = 10)
  expect_lte(bound(10000, m, 10, 101, 0.04, 0.05), 0.12)
  expect_gt(bound(10000, m + 1, 10, 101, 0.04, 0.05), 0.12)
})

test_that("a holdout prints, and what is none is refused", {
  expect_output(print(conformal_holdout(budget = 3)), "0 questions answered, 3 answers")
  expect_error(conformal_holdout_ask(1, 0.5, 0.5), class = "quantcal_error_type")
  expect_error(conformal_holdout_deserialize(1), class = "quantcal_error_type")
  expect_error(conformal_holdout_deserialize(raw(88)), class = "quantcal_error_format")
  expect_error(conformal_holdout_ask(conformal_holdout(), c(0.5, 0.5), 0.5),
               class = "quantcal_error_size")
  expect_error(conformal_holdout(budget = 0), class = "quantcal_error_options")
})
