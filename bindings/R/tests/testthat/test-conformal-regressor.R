train <- seq(1, 50, 2)
fitted_line <- lm(dist ~ speed, cars[train, ])
rest <- cars[-train, ]
asked <- data.frame(speed = c(5, 12, 25), row.names = c("slow", "usual", "fast"))

# A model of quantiles: as many columns as it has offsets.
quantile_model <- function(offsets) structure(list(offsets = offsets), class = "quantile_model")
predict.quantile_model <- function(object, newdata, scale = 1, ...) {
  outer(3 * newdata$speed, scale * object$offsets, "+")
}
registerS3method("predict", "quantile_model", predict.quantile_model)

test_that("an interval is the prediction and the conformal quantile of the errors", {
  for (level in c(0.5, 0.8, 0.9)) {
    safe <- conformal_regressor(fitted_line, rest, rest$dist, level = level)
    errors <- sort(abs(rest$dist - predict(fitted_line, rest)))
    half <- errors[conformal_rank(25, as.numeric(format(1 - level)))]
    expected <- predict(fitted_line, asked)
    intervals <- predict(safe, asked)
    expect_identical(dimnames(intervals), dimnames(predict(fitted_line, asked, interval = "prediction")))
    expect_equal(intervals[, "fit"], expected)
    expect_equal(intervals[, "lwr"], expected - half)
    expect_equal(intervals[, "upr"], expected + half)
    expect_identical(predict(safe, asked, interval = "none"), expected)
  }
  safe <- conformal_regressor(fitted_line, rest, rest$dist)
  expect_identical(predict(safe, asked, level = 0.5)[, "upr"] - expected > 0,
                   c(slow = TRUE, usual = TRUE, fast = TRUE))
  expect_identical(unname(predict(safe, asked, level = 0.97)[, 2:3]), matrix(c(-Inf, Inf), 3, 2, TRUE))
})

test_that("levels are decimals", {
  for (percent in 1:99) {
    for (n in c(9, 19, 24, 99, 100)) {
      expect_identical(conformal_rank(n, alpha_of(percent / 100)),
                       as.integer(((n + 1) * percent + 99) %/% 100))
    }
  }
  expect_identical(alpha_of(0.9999), 1e-4)
})

test_that("intervals are those of the scores, for every kind", {
  spread <- lm(abs(residuals(fitted_line)) ~ speed, cars[train, ])
  models <- list(
    absolute = fitted_line, normalised = fitted_line, gamma = glm(dist ~ speed, Gamma("log"), cars[train, ]),
    cqr = quantile_model(c(-20, 20)), cqr_r = list(quantile_model(-20), quantile_model(20)),
    cqr_m = quantile_model(c(-25, -5, 20))
  )
  for (kind in names(models)) {
    model <- models[[kind]]
    columns <- function(data) {
      switch(kind,
        normalised = cbind(predict(model, data), pmax(predict(spread, data), 0)),
        gamma = predict(model, data, type = "response"),
        cqr_r = sapply(model, predict, data),
        predict(model, data)
      )
    }
    for (sides in c("symmetric", "asymmetric", "lower", "upper")) {
      arguments <- list(model, rest, rest$dist, level = 0.8, kind = kind, sides = sides,
                        spread_model = spread, beta = 0.5)
      if (kind == "gamma") arguments$type <- "response"
      safe <- do.call(conformal_regressor, arguments)
      scores <- as.matrix(conformal_regression_scores(rest$dist, columns(rest), kind, sides, beta = 0.5))
      thresholds <- apply(scores, 2, conformal_threshold, 0.2 / ncol(scores))
      expected <- conformal_regression_intervals(columns(asked), unname(thresholds), kind, sides,
                                                 beta = 0.5)
      expect_equal(unname(predict(safe, asked)[, 2:3]), unname(expected), info = paste(kind, sides))
    }
  }
  middle <- conformal_regressor(models$cqr_m, rest, rest$dist, kind = "cqr_m")
  expect_equal(predict(middle, asked, interval = "none"), 3 * asked$speed - 5)
  mean_of_two <- conformal_regressor(models$cqr, rest, rest$dist, kind = "cqr", scale = 2)
  expect_equal(predict(mean_of_two, asked, interval = "none"), 3 * asked$speed)
})

test_that("groups have thresholds of their own, weights move them", {
  quick <- function(data) ifelse(data$speed > 15, "quick", "slow")
  safe <- conformal_regressor(fitted_line, rest, rest$dist, level = 0.75, group_by = quick)
  errors <- abs(rest$dist - predict(fitted_line, rest))
  widths <- tapply(errors, quick(rest), conformal_threshold, 0.25)
  found <- predict(safe, asked)
  expect_equal(found[, "upr"] - found[, "fit"], setNames(as.vector(widths[quick(asked)]), rownames(asked)))
  unseen <- conformal_regressor(fitted_line, rest[rest$speed > 15, ], rest$dist[rest$speed > 15],
                                level = 0.5, group_by = quick)
  expect_identical(predict(unseen, asked)[["slow", "upr"]], Inf)

  shifted <- conformal_regressor(fitted_line, rest, rest$dist, level = 0.75,
                                 weight_by = function(data) data$speed^2)
  calibrator <- conformal_calibrator(weighted = TRUE)
  update(calibrator, errors, weights = rest$speed^2)
  limits <- conformal_calibrator_point_thresholds(calibrator, 0.25, test_weights = asked$speed^2)
  found <- predict(shifted, asked)
  expect_equal(unname(found[, "upr"] - found[, "fit"]), limits)
  expect_error(conformal_regressor(fitted_line, rest, rest$dist, group_by = function(data) 1),
               "group_by gives 1", class = "quantcal_error_size")
})

test_that("coverage is kept on new points", {
  set.seed(47)
  covered <- vapply(1:400, function(draw) {
    x <- runif(41)
    data <- data.frame(x = x, y = x + rexp(41) * (1 + x))
    model <- lm(y ~ x, data[1:20, ])
    safe <- conformal_regressor(model, data[21:40, ], data$y[21:40], level = 0.8)
    limits <- predict(safe, data[41, ])
    data$y[41] >= limits[, "lwr"] && data$y[41] <= limits[, "upr"]
  }, NA)
  # 17 of 21 ranks; the chance of a count outside is below one in a million.
  expect_true(sum(covered) >= qbinom(5e-7, 400, 17 / 21))
  expect_true(sum(covered) <= qbinom(1 - 5e-7, 400, 17 / 21))
})

test_that("an estimator can be saved, and says what it is", {
  safe <- conformal_regressor(fitted_line, rest, rest$dist, level = 0.8)
  file <- tempfile()
  on.exit(unlink(file))
  saveRDS(safe, file)
  expect_identical(predict(readRDS(file), asked), predict(safe, asked))
  expect_output(print(safe), "around lm: absolute scores, symmetric\n25 calibration points, level 0.8")
})

test_that("what is refused", {
  expect_error(conformal_regressor(fitted_line, rest, 1:3), "y has 3", class = "quantcal_error_size")
  expect_error(conformal_regressor(fitted_line, rest, rest$dist, level = 1), "level",
               class = "quantcal_error_domain")
  expect_error(conformal_regressor(fitted_line, rest, rest$dist, kind = "cqr"), "predicts 1 columns",
               class = "quantcal_error_size")
  expect_error(conformal_regressor(fitted_line, rest, rest$dist, kind = "normalised"), "spread_model",
               class = "quantcal_error_type")
  expect_error(conformal_regressor(fitted_line, rest, rest$dist, kind = "quantiles"), "kind",
               class = "quantcal_error_options")
})
