softmax <- function(logits, temperature) {
  scaled <- logits / temperature
  powers <- exp(scaled - apply(scaled, 1, max))
  powers / rowSums(powers)
}

mean_nll <- function(logits, labels, temperature, weights = rep(1, nrow(logits))) {
  probs <- softmax(logits, temperature)[cbind(seq_along(labels), labels)]
  -weighted.mean(log(probs), weights)
}

overconfident <- function(rows, classes) {
  logits <- matrix(rnorm(rows * classes), rows)
  labels <- apply(softmax(logits, 1), 1, function(p) sample(classes, 1, prob = p))
  list(logits = 3 * logits, labels = labels)
}

test_that("the temperature is where optimize() finds the minimum", {
  set.seed(21)
  data <- overconfident(500, 5)
  weights <- runif(500)
  for (w in list(NULL, weights)) {
    fit <- temperature_fit(data$logits, data$labels, w)
    used <- if (is.null(w)) rep(1, 500) else w
    best <- optimize(function(b) mean_nll(data$logits, data$labels, 1 / b, used), c(0.01, 10),
                     tol = 1e-9)
    expect_identical(fit$outcome, "ok")
    expect_equal(fit$inverse_temperature, best$minimum, tolerance = 1e-6)
    expect_equal(fit$nll_after, best$objective, tolerance = 1e-12)
    expect_equal(fit$nll_before, mean_nll(data$logits, data$labels, 1, used), tolerance = 1e-12)
    expect_lt(abs(fit$gradient), 1e-9)
  }
})

test_that("with two classes it is logistic regression without intercept", {
  set.seed(22)
  z <- rnorm(1000, sd = 3)
  y <- rbinom(1000, 1, plogis(z / 2))
  model <- glm(y ~ 0 + z, family = binomial, control = list(epsilon = 1e-14))
  fit <- temperature_fit(cbind(0, z), y + 1)
  expect_equal(1 / fit$temperature, unname(coef(model)), tolerance = 1e-8)
})

test_that("data without an optimum say so", {
  logits <- rbind(c(2, 0), c(0, 1))
  expect_identical(temperature_fit(logits, 1:2)[c("outcome", "temperature")],
                   list(outcome = "separated", temperature = 0))
  expect_identical(temperature_fit(logits, 2:1)[c("outcome", "temperature")],
                   list(outcome = "inverted", temperature = Inf))
  expect_identical(temperature_fit(logits * 0, 2:1)[c("outcome", "temperature")],
                   list(outcome = "degenerate", temperature = 1))
})

test_that("factor labels go by the columns' names, else by position", {
  set.seed(23)
  data <- overconfident(100, 3)
  by_number <- temperature_fit(data$logits, data$labels)
  expect_identical(temperature_fit(data$logits, factor(data$labels, levels = 1:3)), by_number)
  named <- data$logits
  colnames(named) <- c("z", "y", "x")
  labels <- factor(colnames(named)[data$labels])
  expect_identical(levels(labels), c("x", "y", "z"))
  expect_identical(temperature_fit(named, labels), by_number)
})

test_that("probabilities are the softmax, shaped and named as the logits", {
  set.seed(24)
  logits <- matrix(rnorm(70 * 40, sd = 5), 70, dimnames = list(paste0("r", 1:70), NULL))
  expect_equal(temperature_apply(logits, 1.7), softmax(logits, 1.7), tolerance = 1e-14)
  row <- logits[1, , drop = FALSE]
  expect_equal(temperature_apply(row, 2), softmax(row, 2), tolerance = 1e-14)
  expect_identical(temperature_apply(cbind(c(3, 4)), 1), cbind(c(1, 1)))
  expect_identical(temperature_apply(cbind(1, 1, 0), 0), cbind(0.5, 0.5, 0))
  expect_equal(temperature_apply(cbind(1, 5), Inf), cbind(0.5, 0.5))
  expect_identical(temperature_apply(matrix(0, 0, 3), 1), matrix(0, 0, 3))
  expect_error(temperature_apply(logits, -1), class = "quantcal_error_domain")
})

test_that("data frames and integers are taken as matrices", {
  frame <- data.frame(a = c(1L, 0L), b = c(0L, 2L))
  logits <- cbind(a = c(1, 0), b = c(0, 2))
  expect_identical(temperature_apply(frame, 1), temperature_apply(logits, 1))
  expect_identical(temperature_fit(frame, factor(c("b", "b"))), temperature_fit(frame, c(2, 2)))
})

test_that("the input is not written to", {
  for (logits in list(matrix(c(1, 2, 3, 4), 2), matrix(c(1, 2, 3, 4), 1), matrix(c(1, 2), 2))) {
    before <- logits + 0
    temperature_apply(logits, 2)
    expect_identical(logits, before)
  }
})

test_that("a fit predicts and prints", {
  set.seed(25)
  data <- overconfident(50, 3)
  fit <- temperature_fit(data$logits, data$labels)
  expect_identical(predict(fit, data$logits), temperature_apply(data$logits, fit$temperature))
  expect_output(print(fit), "Temperature .* \\(ok after [0-9]+ passes\\)")
})

# Equal-width bins closed on the right, from the definition.
binned <- function(confidence, hit, bins, weights = rep(1, length(hit))) {
  bin <- cut(confidence, (0:bins) / bins, include.lowest = TRUE)
  weight <- tapply(weights, bin, sum, default = 0)
  gap <- abs(tapply(weights * confidence, bin, sum) - tapply(weights * hit, bin, sum)) / weight
  list(weight = as.vector(weight / sum(weight)), gap = ifelse(weight > 0, gap, 0))
}

test_that("the error is that of the definition, for each norm", {
  set.seed(26)
  probs <- softmax(matrix(rnorm(900), 300), 0.5)
  labels <- sample(3, 300, replace = TRUE)
  weights <- runif(300)
  parts <- binned(apply(probs, 1, max), max.col(probs) == labels, 15, weights)
  measured <- function(norm) calibration_error(probs, labels, weights, norm = norm)
  expect_equal(measured("l1"), sum(parts$weight * parts$gap), tolerance = 1e-12)
  expect_equal(measured("l2"), sqrt(sum(parts$weight * parts$gap^2)), tolerance = 1e-12)
  expect_equal(measured("max"), max(parts$gap), tolerance = 1e-12)
})

test_that("classwise is the mean over the classes, one probability the second class", {
  set.seed(27)
  probs <- softmax(matrix(rnorm(600), 200), 1)
  labels <- sample(3, 200, replace = TRUE)
  each <- vapply(1:3, function(k) calibration_error(probs[, k], labels == k), 0)
  classwise <- calibration_error(probs, labels, target = "classwise")
  expect_equal(classwise, mean(each), tolerance = 1e-12)
  expect_identical(calibration_error(probs[, 1], as.integer(labels == 1)), each[1])
  expect_identical(calibration_error(probs[, 1, drop = FALSE], factor(labels == 1)), each[1])
})

test_that("edges close bins on the side asked for", {
  at_edge <- function(edges) {
    reliability_bins(0.5, 1, bins = 2, edges = edges)$weight
  }
  expect_identical(at_edge("right"), c(1, 0))
  expect_identical(at_edge("left"), c(0, 1))
})

test_that("the bins explain the error", {
  set.seed(28)
  probs <- softmax(matrix(rnorm(400), 100, dimnames = list(NULL, letters[1:4])), 1)
  labels <- factor(sample(letters[1:4], 100, replace = TRUE))
  table <- reliability_bins(probs, labels, target = "classwise", binning = "equal_mass", bins = 5)
  error <- calibration_error(probs, labels, target = "classwise", binning = "equal_mass", bins = 5)
  expect_identical(attr(table, "error"), error)
  expect_identical(table$class, rep(letters[1:4], each = 5))
  expect_identical(table$bin, rep(1:5, 4))
  expect_equal(sum(table$weight * abs(table$confidence - table$outcome)) / 400, error,
               tolerance = 1e-12)
  plain <- reliability_bins(c(0.1, 0.9), c(0, 1), bins = 3)
  expect_identical(names(plain), c("bin", "weight", "confidence", "outcome"))
  expect_identical(plain$outcome, c(0, NaN, 1))
})
