test_that("the curve counts what a threshold does", {
  set.seed(61)
  wrong <- runif(80) < 0.4
  uncertainties <- round(rnorm(80) + wrong, 1)
  curve <- conformal_abstention_curve(uncertainties, wrong)
  expect_identical(curve$threshold, c(-Inf, sort(unique(uncertainties))))
  for (row in seq_len(nrow(curve))) {
    answered <- uncertainties <= curve$threshold[row]
    expect_equal(curve$abstention[row], mean(!answered))
    expect_equal(curve$coverage[row], mean(!wrong[answered]))
    expect_equal(curve$hit_rate[row], mean(!answered[wrong]))
    expect_equal(curve$false_alarm_rate[row], mean(!answered[!wrong]))
  }
  index <- curve$hit_rate - curve$false_alarm_rate
  youden <- conformal_abstention_threshold(uncertainties, wrong)
  expect_equal(max(index), index[curve$threshold == youden$threshold])
})

test_that("targets are decimals", {
  uncertainties <- 1:10
  wrong <- uncertainties > 7
  picked <- conformal_abstention_threshold(uncertainties, wrong, "abstentions", 0.3)
  expect_identical(picked$answered, 7L)
  expect_identical(conformal_abstention_threshold(1:100, 1:100 > 71, "errors", 0.29)$answered, 100L)
  expect_error(conformal_abstention_threshold(1:3, rep(FALSE, 3)), "Youden's J",
               class = "quantcal_error_infeasible")
  expect_error(conformal_abstention_threshold(1:3, c(0, 1, 0)), class = "quantcal_error_type")
  expect_error(conformal_abstention_curve(1:3, TRUE), class = "quantcal_error_size")
})

test_that("decisions are counted over answers", {
  decisions <- conformal_abstention_decisions(c(0.1, 0.5, 0.6, 0.9), 0.2, 0.8, c(1, 2, 0, 3))
  expect_identical(as.character(decisions), c("single", "set", "abstain", "abstain"))
  counts <- conformal_abstention_summary(decisions, c(FALSE, TRUE, TRUE, TRUE), rep(TRUE, 4))
  expect_identical(counts$coverage, 0.5)
  expect_identical(counts$abstention, 0.5)
  expect_identical(conformal_abstention_summary("abstain", TRUE, TRUE)$coverage, NaN)
  expect_error(conformal_abstention_summary("none", TRUE, TRUE), class = "quantcal_error_domain")
  expect_error(conformal_abstention_decisions(1, 0, 2, sizes = 0.5), "sizes",
               class = "quantcal_error_domain")
})
