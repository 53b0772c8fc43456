rows_of <- function(n, classes) {
  probs <- matrix(rexp(n * classes)^3, n, dimnames = list(NULL, paste0("c", seq_len(classes))))
  probs / rowSums(probs)
}

test_that("scores by rank are those of the definition", {
  set.seed(10)
  probs <- rows_of(40, 9)
  sorted <- t(apply(probs, 1, sort, decreasing = TRUE))
  ranks <- t(apply(-probs, 1, rank))
  before <- t(apply(sorted, 1, cumsum))
  expected <- t(sapply(seq_len(40), function(i) before[i, ranks[i, ]]))
  expect_equal(unname(conformal_class_scores(probs, kind = "aps")), expected, tolerance = 1e-14)
  expect_equal(unname(conformal_class_scores(probs, kind = "top_k")), unname(ranks))
  raps <- conformal_class_scores(probs, kind = "raps", lambda = 0.5, k_reg = 2)
  expect_equal(unname(raps), expected + 0.5 * unname(pmax(0, ranks - 2)), tolerance = 1e-14)
})

test_that("sets hold the classes whose scores the thresholds allow", {
  set.seed(11)
  probs <- rows_of(60, 11)
  kinds <- c("lac", "margin", "aps", "raps", "saps", "top_k", "log_loss", "entropy", "entmax")
  for (kind in kinds) {
    scores <- conformal_class_scores(probs, kind = kind, randomisation = "randomised")
    one <- conformal_class_sets(probs, scores[5, 3], kind = kind, randomisation = "randomised")
    expect_identical(as.matrix(one), scores <= scores[5, 3])
    each <- conformal_class_sets(probs, scores[7, ], kind = kind, randomisation = "randomised",
                                 threshold_for = "each_class")
    expect_identical(as.matrix(each), scores <= rep(scores[7, ], each = 60))
    labels <- sample(11, 60, replace = TRUE)
    own <- conformal_label_scores(probs, labels, kind = kind, randomisation = "randomised",
                                  points = "test")
    expect_identical(own, scores[cbind(1:60, labels)])
  }
})

test_that("labels may be a factor, with the names of the columns", {
  probs <- rbind(c(a = 0.5, b = 0.25, c = 0.25), c(0.25, 0.5, 0.25))
  labels <- factor(c("c", "a"), levels = c("c", "b", "a"))
  expect_identical(conformal_label_scores(probs, labels), c(0.75, 0.75))
  expect_identical(conformal_label_scores(cbind(c(0.5, 1)), c(1, 1)), c(0.5, 0))
})

test_that("at least 1 - alpha of new labels are covered", {
  set.seed(12)
  draw <- function(n) {
    probs <- rows_of(n, 5)
    list(probs = probs, labels = apply(probs, 1, function(p) sample(5, 1, prob = p)))
  }
  covered <- replicate(1500, {
    seed <- sample(1e6, 1)
    known <- draw(19)
    new <- draw(1)
    scores <- conformal_label_scores(known$probs, known$labels, kind = "aps",
                                     randomisation = "randomised", seed = seed)
    sets <- conformal_class_sets(new$probs, conformal_threshold(scores, 0.25), kind = "aps",
                                 randomisation = "randomised", seed = seed)
    as.matrix(sets)[1, new$labels]
  })
  # The coverage is 15 / 20; four standard errors are 0.045.
  expect_lt(abs(mean(covered) - 0.75), 0.045)
})

test_that("faulty calls are refused", {
  expect_error(conformal_label_scores(diag(2), c(1, 3)), class = "quantcal_error_domain")
  expect_error(conformal_class_scores(matrix(1.5)), class = "quantcal_error_domain")
  expect_error(conformal_class_scores(1:3), class = "quantcal_error_type")
  expect_error(conformal_class_sets(diag(2), c(1, 1)), class = "quantcal_error_size")
  expect_error(conformal_class_scores(diag(2), kind = "thr"), class = "quantcal_error_options")
  expect_error(conformal_raps_tune(diag(2), 1:2, 2), class = "quantcal_error_domain")
})
