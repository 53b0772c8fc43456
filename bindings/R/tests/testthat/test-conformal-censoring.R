test_that("known points count for all", {
  set.seed(61)
  for (n in c(1, 2, 50)) {
    times <- sample(n)
    events <- runif(n) < 0.5
    events[which.max(times)] <- TRUE
    found <- conformal_censoring_weights(times, events)
    expect_equal(sum(found$weights), n)
    expect_identical(found$weights > 0, events)
    expect_identical(found$capped, 0L)
  }
})

test_that("candidate outcomes are known", {
  times <- c(1, 2, 3, 4, 5)
  events <- c(TRUE, FALSE, TRUE, FALSE, TRUE)
  at <- conformal_censoring_weights(times, events, points = c(2, 2.5, 9))
  expect_equal(at$weights, c(1, 4 / 3, 8 / 3))
  expect_equal(conformal_censoring_weights(times, events, cap = 2)$weights, c(1, 0, 4 / 3, 0, 2))
  expect_identical(conformal_censoring_weights(times, events, cap = 2)$capped, 1L)
})

test_that("a last censored observation leaves nothing after it", {
  found <- conformal_censoring_weights(c(1, 2), c(TRUE, FALSE), points = c(2, 3))
  expect_identical(found$weights, c(1, Inf))
  expect_identical(found$survival, c(1, 0))
})

test_that("bad events are refused", {
  expect_error(conformal_censoring_weights(1:2, TRUE), class = "quantcal_error_size")
  expect_error(conformal_censoring_weights(1, 2), "TRUE or FALSE", class = "quantcal_error_domain")
  expect_error(conformal_censoring_weights(1, NA), class = "quantcal_error_domain")
})
