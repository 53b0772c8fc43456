test_that("a unimodal fit is the best of all splits into a rise and a fall", {
  set.seed(11)
  for (n in c(1, 2, 5, 40)) {
    y <- rnorm(n)
    errors <- vapply(seq_len(n), function(k) {
      rise <- if (k > 1) isoreg(y[seq_len(k - 1)])$yf
      fall <- -isoreg(-y[k:n])$yf
      sum((y - c(rise, fall))^2)
    }, 0)
    fit <- isotonic_unimodal(y)
    expect_equal(sum((y - fit$x)^2), min(errors), tolerance = 1e-12)
    expect_false(is.unsorted(fit$x[seq_len(fit$mode)]))
    expect_false(is.unsorted(rev(fit$x[fit$mode:n])))
    expect_equal(isotonic_unimodal(-y, shape = "valley"), list(x = -fit$x, mode = fit$mode))
  }
})

test_that("a mode counts from 1", {
  expect_identical(isotonic_unimodal(c(1, 3, 2))$mode, 2L)
  expect_identical(isotonic_unimodal(c(1, 3, 2), mode = 3)$x, c(1, 2.5, 2.5))
  expect_identical(isotonic_unimodal(numeric())$mode, integer())
  expect_error(isotonic_unimodal(1:3, mode = 0), "mode is 0; it must be 1 to 3",
               class = "quantcal_error_options")
  expect_error(isotonic_unimodal(1:3, mode = 4), "mode is 4", class = "quantcal_error_options")
})

test_that("a convex fit bends up, at its knots, and is the best such fit", {
  set.seed(12)
  x <- rnorm(80)
  y <- x^2 + rnorm(80)
  weights <- runif(80)
  fit <- isotonic_convex(x, y, weights)
  expect_identical(range(fit$knots), range(x))
  expect_true(all(diff(diff(fit$values) / diff(fit$knots)) > 0))
  expect_equal(fit$fitted, approx(fit$knots, fit$values, x)$y, tolerance = 1e-12)
  # The conditions of the optimum: residuals are orthogonal to the fit's own bends, and no other
  # bend would help.
  residuals <- weights * (y - fit$fitted)
  forces <- vapply(x, function(knot) sum(residuals * pmax(x - knot, 0)), 0)
  expect_lt(max(forces), 1e-10)
  expect_lt(max(abs(forces[x %in% fit$knots])), 1e-10)
})

test_that("reflections of convex fits agree", {
  set.seed(13)
  x <- rnorm(60)
  y <- rnorm(60)
  fit <- isotonic_convex(x, y, monotonicity = "increasing")$fitted
  expect_identical(isotonic_convex(-x, y, monotonicity = "decreasing")$fitted, fit)
  expect_identical(-isotonic_convex(x, -y, curvature = "concave", monotonicity = "decreasing")$fitted,
                   fit)
})

test_that("lengths and choices are checked", {
  expect_error(isotonic_convex(1:3, 1:2), "y has length 2", class = "quantcal_error_size")
  expect_error(isotonic_convex(1:3, 1:3, curvature = "flat"), "curvature must be one of",
               class = "quantcal_error_options")
  expect_error(isotonic_unimodal(1:3, shape = "hill"), "shape must be one of",
               class = "quantcal_error_options")
})

test_that("empty and single inputs work", {
  expect_identical(isotonic_convex(numeric(), numeric()),
                   list(fitted = numeric(), knots = numeric(), values = numeric()))
  expect_identical(isotonic_convex(2, 7), list(fitted = 7, knots = 2, values = 7))
})
