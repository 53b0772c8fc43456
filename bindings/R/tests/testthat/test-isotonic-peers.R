# Against base R's isoreg() and the package Iso, on random sequences with ties.

tied_values <- function(n) {
  sample(-4:4, n, replace = TRUE) / 2 + sample(c(-1, 0, 1), 1) * seq_len(n) / 8
}
tied_weights <- function(n) if (runif(1) < 0.3) rep(1, n) else sample(1:5, n, replace = TRUE) / 4

test_that("sequences are those of Iso::pava", {
  skip_if_not_installed("Iso")
  set.seed(41)
  for (round in 1:400) {
    n <- sample(c(1:12, 40), 1)
    y <- tied_values(n)
    weights <- tied_weights(n)
    falls <- runif(1) < 0.5
    theirs <- Iso::pava(y, weights, decreasing = falls)
    fit <- isotonic_regression(y, weights, increasing = !falls)
    expect_equal(fit$x, theirs, tolerance = 1e-12)
    sums <- as.vector(tapply(weights, match(round(theirs, 9), unique(round(theirs, 9))), sum))
    expect_equal(fit$weights, sums, tolerance = 1e-12)
  }
})

test_that("fits on a predictor are those of isoreg of the means of ties", {
  set.seed(42)
  for (round in 1:300) {
    n <- sample(c(1:12, 60), 1)
    x <- sample(1:8, n, replace = TRUE) / 4
    y <- tied_values(n)
    trials <- sample(1:3, n, replace = TRUE)
    sign <- sample(c(-1, 1), 1)
    # isoreg knows no weights and breaks ties: whole weights are repeated points, a tie is its mean.
    means <- tapply(y * trials, x, sum) / tapply(trials, x, sum)
    sums <- tapply(trials, x, sum)
    repeated <- sign * isoreg(sign * rep(as.vector(means), sums))$yf
    means_fit <- repeated[cumsum(sums)]
    place <- match(as.character(x), names(means))
    model <- isotonic(x, y, trials, increasing = sign > 0)
    expect_equal(fitted(model), means_fit[place], tolerance = 1e-12)
    tertiary <- isotonic(x, y, trials, increasing = sign > 0, ties = "tertiary")
    expect_equal(fitted(tertiary), y + as.vector(means_fit - means)[place], tolerance = 1e-12)
    at <- runif(20, 0, 2.5)
    knots <- as.numeric(names(means))
    curve <- if (length(knots) > 1) approx(knots, means_fit, at, rule = 2)$y else rep(means_fit, 20)
    expect_equal(predict(model, at, outside = "clip"), curve, tolerance = 1e-12)
  }
})

test_that("unimodal fits are those of Iso::ufit, and better where it errs", {
  skip_if_not_installed("Iso")
  set.seed(43)
  cost <- function(y, weights, x) sum(weights * (y - x)^2)
  for (round in 1:300) {
    n <- sample(c(2:12, 40), 1)
    place <- seq_len(n)
    y <- rnorm(n)
    mode <- sample(n, 1)
    free <- isotonic_unimodal(y)
    expect_equal(free$x, Iso::ufit(y, x = place)$y, tolerance = 1e-12)
    expect_equal(isotonic_unimodal(-y, shape = "valley")$x, -free$x, tolerance = 1e-12)
    given <- Iso::ufit(y, lmode = mode, x = place)$y
    expect_equal(isotonic_unimodal(y, mode = mode)$x, given, tolerance = 1e-12)
    # Of ties several modes may be best; its fit is as good.
    y <- tied_values(n)
    expect_equal(cost(y, 1, isotonic_unimodal(y)$x), cost(y, 1, Iso::ufit(y, x = place)$y),
                 tolerance = 1e-12)
    # With weights the peak that Iso 0.0-18 finds is not always the best.
    weights <- tied_weights(n)
    for (at in list(NULL, mode)) {
      theirs <- Iso::ufit(y, lmode = at, x = place, w = weights)$y
      ours <- isotonic_unimodal(y, weights, mode = at)$x
      expect_lte(cost(y, weights, ours), cost(y, weights, theirs) * (1 + 1e-12))
    }
  }
})

test_that("grids are those that Iso::biviso comes close to", {
  skip_if_not_installed("Iso")
  set.seed(44)
  for (round in 1:200) {
    size <- sample(1:7, 2, replace = TRUE) + 1L
    y <- matrix(tied_values(prod(size)), size[1])
    weights <- matrix(tied_weights(prod(size)), size[1])
    theirs <- Iso::biviso(y, weights, eps2 = 1e-12, warn = FALSE)
    fit <- isotonic_grid(y, weights)
    attributes(theirs) <- list(dim = dim(y))
    expect_equal(fit, theirs, tolerance = 1e-6)
    expect_true(all(diff(fit) >= 0) && all(diff(t(fit)) >= 0))
  }
})
