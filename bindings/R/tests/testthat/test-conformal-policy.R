set.seed(83)
policy_scores <- matrix(round(rexp(160), 2), 40)
policy_labels <- sample(4, 40, replace = TRUE)
policy_scores[cbind(1:40, policy_labels)] <- policy_scores[cbind(1:40, policy_labels)] / 4

test_that("each point is decided by the thresholds of the others", {
  own <- policy_scores[cbind(1:40, policy_labels)]
  decided <- vapply(1:40, function(i) {
    limit <- conformal_threshold(own[-i], 0.1)
    single <- conformal_threshold(own[-i], 0.6)
    as.character(conformal_abstention_decisions(min(policy_scores[i, ]), single, limit))
  }, "")
  tried <- conformal_policy_value(policy_scores, policy_labels, 0.6, 0.1)
  expect_equal(c(tried$abstained, tried$singles, tried$sets),
               c(sum(decided == "abstain"), sum(decided == "single"), sum(decided == "set")))
  expect_equal(tried$coverage, (tried$singles_right + tried$sets_right) / (tried$singles + tried$sets))
  expect_equal(tried$abstention, mean(decided == "abstain"))
})

test_that("what is learned is in the ranges, and is what was tried", {
  learned <- conformal_policy_learn(policy_scores, policy_labels, wrong_cost = 2,
                                    abstention_range = c(0.05, 0.3), rounds = 8)
  expect_true(learned$abstention_alpha >= 0.05 && learned$abstention_alpha <= 0.3)
  again <- conformal_policy_value(policy_scores, policy_labels, learned$single_alpha,
                                  learned$abstention_alpha, wrong_cost = 2)
  expect_identical(learned, again)
  colnames(policy_scores) <- c("a", "b", "c", "d")
  named <- factor(c("a", "b", "c", "d")[policy_labels], levels = c("d", "a", "c", "b"))
  expect_identical(conformal_policy_learn(policy_scores, named, wrong_cost = 2,
                                          abstention_range = c(0.05, 0.3), rounds = 8), learned)
})

test_that("what is refused", {
  expect_error(conformal_policy_learn(policy_scores, policy_labels, single_range = 0.5),
               "single_range", class = "quantcal_error_size")
  expect_error(conformal_policy_learn(policy_scores, policy_labels, rounds = 0), "rounds",
               class = "quantcal_error_options")
  expect_error(conformal_policy_value(policy_scores, policy_labels, 1, 0.1), "single_alpha",
               class = "quantcal_error_domain")
  expect_error(conformal_policy_value(policy_scores, policy_labels, 0.5, 0.1, wrong_cost = 1:2),
               "wrong_cost", class = "quantcal_error_size")
})
