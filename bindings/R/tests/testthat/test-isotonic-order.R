square <- as.matrix(expand.grid(0:1, 0:1))

test_that("a fit rises along every comparable pair, and keeps the mean", {
  set.seed(1)
  points <- matrix(sample(0:4, 80, TRUE), ncol = 2)
  y <- rnorm(40)
  weights <- runif(40) + 0.1
  fit <- isotonic_order(points, y, weights)
  for (i in seq_along(y)) {
    above <- points[, 1] >= points[i, 1] & points[, 2] >= points[i, 2]
    expect_true(all(fit$fitted[above] >= fit$fitted[i]))
  }
  expect_equal(weighted.mean(fit$fitted, weights), weighted.mean(y, weights))
  expect_equal(fit$block_count, length(unique(fit$fitted)))
  expect_equal(fit$blocks, match(fit$fitted, sort(unique(fit$fitted))))
})

test_that("one dimension is the usual regression", {
  y <- c(1, 0, 4, 3, 3, 5, 4, 2, 0)
  expect_equal(isotonic_order(1:9, y)$fitted, isotonic_regression(y)$x)
  expect_equal(isotonic_order(9:1, y, increasing = FALSE)$fitted, isotonic_regression(y)$x)
})

test_that("points, grids and graphs agree", {
  y <- rbind(c(1, 4, 2), c(3, 2, 5))
  expect_equal(isotonic_grid(y), rbind(c(1, 2.75, 2.75), c(2.75, 2.75, 5)))
  points <- cbind(as.vector(row(y)), as.vector(col(y)))
  expect_equal(isotonic_order(points, as.vector(y))$fitted, as.vector(isotonic_grid(y)))
  edges <- rbind(c(1, 2), c(3, 4), c(5, 6), c(1, 3), c(3, 5), c(2, 4), c(4, 6))
  expect_equal(isotonic_graph(edges, as.vector(y))$fitted, as.vector(isotonic_grid(y)))
  falling <- isotonic_grid(y, increasing = c(FALSE, TRUE))
  expect_equal(falling[2:1, ], isotonic_grid(y[2:1, ]))
})

test_that("names of a matrix stay", {
  y <- matrix(c(3, 1, 2, 4), 2, dimnames = list(c("a", "b"), c("c", "d")))
  expect_identical(dimnames(isotonic_grid(y)), dimnames(y))
})

test_that("losses and solutions are passed on", {
  y <- c(3, 1, 2, 0)
  lower <- isotonic_order(1:4, y, loss = "quantile", solution = "lower")$fitted
  upper <- isotonic_order(1:4, y, loss = "quantile", solution = "upper")$fitted
  middle <- isotonic_order(1:4, y, loss = "quantile", solution = "middle")$fitted
  expect_equal(lower, c(1, 1, 1, 1))
  expect_equal(upper, c(2, 2, 2, 2))
  expect_equal(middle, (lower + upper) / 2)
  expect_equal(isotonic_order(1:4, y, loss = "chebyshev")$fitted, rep(1.5, 4))
})

test_that("predictions follow the order", {
  fit <- isotonic_order(square, c(0, 1, 2, 3))
  expect_equal(predict(fit, square), fit$fitted)
  new <- rbind(c(0.5, 0.5), c(2, 2), c(2, -1))
  expect_equal(predict(fit, new), c(1.5, 3, NaN))
  expect_equal(predict(fit, new, solution = "lower"), c(0, 3, NaN))
  expect_equal(predict(fit, as.data.frame(new)), c(1.5, 3, NaN))
  expect_output(print(fit), "4 points in 2 dimensions, 4 blocks")
})

test_that("what does not fit is refused", {
  expect_error(isotonic_order(square, 1:3), "y has 3 elements; 4 are needed")
  expect_error(isotonic_order(square, 1:4, increasing = c(TRUE, TRUE, TRUE)), "increasing has 3")
  expect_error(isotonic_order(square, 1:4, loss = "huber"), "loss must be one of")
  expect_error(isotonic_grid(1:4), "y must be a matrix")
  expect_error(isotonic_grid(square, weights = t(square)), "weights is 2 x 4; 4 x 2 is needed")
  expect_error(isotonic_graph(cbind(1, 0), 1:2), "points are counted from 1")
  expect_error(isotonic_graph(rbind(c(1, 2), c(2, 1)), 1:2), "the edges make a cycle")
  expect_error(isotonic_graph(cbind(1, 3), 1:2), class = "quantcal_error_domain")
  expect_error(predict(isotonic_order(square, 1:4), cbind(1, 2, 3)), "newdata has 3 columns")
})
