test_that("it is isoreg() for distinct predictors", {
  set.seed(11)
  for (n in c(1, 2, 3, 10, 100, 1000)) {
    x <- rnorm(n)
    y <- x + rnorm(n)
    model <- isotonic(x, y)
    expect_equal(fitted(model)[order(x)], isoreg(x, y)$yf, tolerance = 1e-12)
    expect_equal(predict(model, x), fitted(model), tolerance = 1e-15)
  }
})

test_that("ties have one value, their weighted mean", {
  set.seed(12)
  x <- sample(1:20, 300, replace = TRUE)
  y <- x + rnorm(300, sd = 5)
  w <- runif(300)
  means <- tapply(w * y, x, sum) / tapply(w, x, sum)
  by_means <- isotonic_regression(as.vector(means), as.vector(tapply(w, x, sum)))$x
  expect_equal(fitted(isotonic(x, y, w)), by_means[match(x, sort(unique(x)))], tolerance = 1e-12)
})

test_that("tertiary ties move together, primary ties fit best", {
  set.seed(13)
  x <- sample(1:5, 60, replace = TRUE)
  y <- x + rnorm(60, sd = 3)
  cost <- sapply(c("primary", "secondary", "tertiary"), function(ties) {
    sum(residuals(isotonic(x, y, ties = ties))^2)
  })
  expect_true(cost[["tertiary"]] <= cost[["secondary"]])
  expect_true(cost[["primary"]] <= cost[["secondary"]])
  within <- tapply(residuals(isotonic(x, y, ties = "tertiary")), x, function(r) diff(range(r)))
  expect_true(all(within < 1e-12))
})

test_that("predictions are those of approx()", {
  set.seed(14)
  model <- isotonic(runif(200), rnorm(200) + 1:200 / 50)
  at <- runif(500, -0.1, 1.1)
  reference <- function(...) approx(model$knots, model$values, at, ...)$y
  expect_equal(predict(model, at, outside = "clip"), reference(rule = 2), tolerance = 1e-12)
  expect_equal(predict(model, at, interpolation = "step", outside = "clip"),
               reference(rule = 2, method = "constant"))
  expect_identical(is.nan(predict(model, at)), is.na(reference()))
  expect_error(predict(model, 2, outside = "error"), "x|queries", class = "quantcal_error")
})

test_that("the direction is the sign of Spearman's rho", {
  set.seed(15)
  for (round in 1:50) {
    x <- sample(1:8, 12, replace = TRUE)
    y <- sample(1:8, 12, replace = TRUE)
    rho <- suppressWarnings(cor(x, y, method = "spearman"))
    answer <- isotonic_direction(x, y)
    expect_equal(answer$correlation, rho, tolerance = 1e-13)
    expect_identical(answer$increasing, rho >= 0)
    expect_equal(answer$interval, tanh(atanh(rho) + c(-1, 1) * 1.96 / 3), tolerance = 1e-12)
    expect_identical(isotonic(x, y, increasing = "auto")$direction, answer)
  }
})

test_that("a fit prints and plots", {
  model <- isotonic(c(1, 2, 3), c(1, 3, 2))
  expect_output(print(model), "increasing: 3 points, 3 knots")
  expect_output(print(isotonic(numeric(), numeric())), "0 points, 0 knots")
  pdf(NULL)
  on.exit(dev.off())
  expect_identical(plot(model), model)
})

test_that("bad arguments are named", {
  expect_error(isotonic(1:2, 1:3), "y has 3 elements", class = "quantcal_error")
  expect_error(isotonic(1:2, 1:2, increasing = "up"), "increasing", class = "quantcal_error")
  expect_error(isotonic(1:2, 1:2, ties = "none"), "ties", class = "quantcal_error")
  expect_error(isotonic(1:2, 1:2, level = c(0.1, 0.2)), "level", class = "quantcal_error")
  expect_error(isotonic(c(1, NaN), 1:2), "x\\[1\\] is nan", class = "quantcal_error")
})
