train <- seq(1, 150, 2)
rest <- iris[-train, ]

# Probabilities by the distance to the mean petal of each species.
petal_model <- function(data) structure(
  list(means = aggregate(cbind(Petal.Length, Petal.Width) ~ Species, data, mean)),
  class = "petal_model"
)
predict.petal_model <- function(object, newdata, named = TRUE, ...) {
  closeness <- apply(object$means, 1, function(mean) {
    exp(-(newdata$Petal.Length - as.numeric(mean[2]))^2 -
          (newdata$Petal.Width - as.numeric(mean[3]))^2)
  })
  probs <- matrix(closeness, nrow(newdata)) / rowSums(matrix(closeness, nrow(newdata)))
  if (named) colnames(probs) <- object$means$Species
  probs
}
registerS3method("predict", "petal_model", predict.petal_model)
model <- petal_model(iris[train, ])
probs <- predict(model, rest)
labels <- as.integer(rest$Species)

test_that("sets are those of scores at most the conformal threshold", {
  for (kind in c("lac", "margin", "aps", "raps", "saps", "top_k", "log_loss", "entropy")) {
    safe <- conformal_classifier(model, rest, rest$Species, level = 0.9, kind = kind)
    threshold <- conformal_threshold(conformal_label_scores(probs, labels, kind), 0.1)
    sets <- predict(safe, rest)
    expect_identical(sets, as.matrix(conformal_class_sets(probs, threshold, kind)))
    expect_identical(unname(sets), unname(conformal_class_scores(probs, kind) <= threshold))
    expect_identical(colnames(sets), levels(iris$Species))
  }
  safe <- conformal_classifier(model, rest, rest$Species, kind = "aps")
  expect_identical(predict(safe, rest, type = "prob"), probs)
  expect_identical(predict(safe, rest, type = "class"),
                   factor(levels(iris$Species)[max.col(probs)], levels(iris$Species)))
  expect_true(all(predict(safe, rest, level = 0.5) <= predict(safe, rest, level = 0.99)))
})

test_that("p-values are the levels at which classes leave", {
  for (randomisation in c("inclusive", "randomised")) {
    safe <- conformal_classifier(model, rest, rest$Species, kind = "aps", randomisation = randomisation,
                                 seed = 3)
    p <- predict(safe, rest, type = "p_value")
    own <- conformal_label_scores(probs, labels, "aps", randomisation, seed = 3)
    scores <- conformal_class_scores(probs, "aps", randomisation, seed = 3)
    expect_equal(unname(p), matrix(vapply(scores, function(s) (1 + sum(own >= s)) / 76, 0), 75))
    for (level in c(0.6, 0.9)) {
      expect_identical(p > alpha_of(level), predict(safe, rest, level = level))
    }
  }
})

test_that("every class, or every group, by itself", {
  safe <- conformal_classifier(model, rest, rest$Species, level = 0.8, class_conditional = TRUE)
  own <- conformal_label_scores(probs, labels)
  thresholds <- as.vector(tapply(own, labels, conformal_threshold, 0.2))
  expect_identical(predict(safe, rest),
                   as.matrix(conformal_class_sets(probs, thresholds, threshold_for = "each_class")))
  p <- predict(safe, rest, type = "p_value")
  expect_identical(p > 0.2, predict(safe, rest))

  wide <- function(data) data$Sepal.Width > 3
  safe <- conformal_classifier(model, rest, rest$Species, level = 0.8, group_by = wide)
  thresholds <- tapply(own, wide(rest), conformal_threshold, 0.2)
  expected <- conformal_class_sets(probs, as.vector(thresholds[as.character(wide(rest))]),
                                   threshold_for = "each_row")
  expect_identical(predict(safe, rest), as.matrix(expected))
  expect_identical(predict(safe, rest, type = "p_value") > 0.2, predict(safe, rest))

  flat <- conformal_classifier(model, rest, rest$Species, weight_by = function(data) rep(2, nrow(data)))
  plain <- conformal_classifier(model, rest, rest$Species)
  expect_identical(predict(flat, rest), predict(plain, rest))
  expect_error(conformal_classifier(model, rest, rest$Species, class_conditional = TRUE, group_by = wide),
               "class_conditional", class = "quantcal_error_options")
})

test_that("one column is the second class's: logistic regression", {
  cars_train <- seq(1, 32, 2)
  other <- mtcars[-cars_train, ]
  fit <- glm(am ~ wt, binomial, mtcars[cars_train, ])
  p <- predict(fit, other, type = "response")
  both <- cbind(`0` = 1 - p, `1` = p)
  threshold <- conformal_threshold(conformal_label_scores(both, other$am + 1), 0.2)
  safe <- conformal_classifier(fit, other, other$am, level = 0.8, type = "response")
  expect_identical(predict(safe, other), as.matrix(conformal_class_sets(both, threshold)))
  as_words <- factor(c("automatic", "manual")[other$am + 1])
  named <- conformal_classifier(fit, other, as_words, level = 0.8, type = "response")
  expect_identical(unname(predict(named, other)), unname(predict(safe, other)))
  expect_identical(colnames(predict(named, other)), c("automatic", "manual"))
  logical <- conformal_classifier(fit, other, other$am == 1, level = 0.8, type = "response")
  expect_identical(colnames(predict(logical, other)), c("FALSE", "TRUE"))
  # The linear predictor is no probability.
  expect_error(conformal_classifier(fit, other, other$am), "probabilities",
               class = "quantcal_error_domain")
})

test_that("classes without names, and classes that are not known", {
  bare <- conformal_classifier(model, rest, rest$Species, named = FALSE)
  named <- conformal_classifier(model, rest, rest$Species)
  expect_identical(predict(bare, rest), predict(named, rest))
  numbered <- conformal_classifier(model, rest, labels, named = FALSE)
  expect_identical(unname(predict(numbered, rest)), unname(predict(named, rest)))

  strange <- as.character(rest$Species)
  strange[1:8] <- "orchid"
  safe <- conformal_classifier(model, rest, strange, level = 0.9)
  expect_true(all(predict(safe, rest)))
  expect_false(all(predict(safe, rest, level = 0.85)))
})

test_that("an estimator can be saved, and says what it is", {
  safe <- conformal_classifier(model, rest, rest$Species, class_conditional = TRUE)
  file <- tempfile()
  on.exit(unlink(file))
  saveRDS(safe, file)
  expect_identical(predict(readRDS(file), rest), predict(safe, rest))
  expect_output(print(safe), "around petal_model: 3 classes, lac scores, each class by itself\n75 calib")
  with_groups <- conformal_classifier(model, rest, rest$Species, group_by = function(d) d$Sepal.Width > 3)
  expect_output(print(with_groups), "75 calibration points in 2 groups, level 0.9")
})

test_that("what is refused", {
  expect_error(conformal_classifier(model, rest, 1:3), "y has 3", class = "quantcal_error_size")
  expect_error(conformal_classifier(model, rest, factor(rest$Species == "setosa"), named = FALSE),
               "2 levels", class = "quantcal_error_size")
  expect_error(conformal_classifier(model, rest, rest$Species, kind = "other"), "kind",
               class = "quantcal_error_options")
  safe <- conformal_classifier(model, rest, rest$Species)
  expect_error(predict(safe, rest, type = "raw"), "type", class = "quantcal_error_options")
  expect_error(predict(safe, rest, level = 2), "level", class = "quantcal_error_domain")
})
