test_that("double vectors are not copied", {
  skip_if_not(capabilities("profmem"), "needs R with memory profiling")
  y <- rnorm(1e5)
  tracemem(y)
  copies <- capture.output(results <- list(
    isotonic_regression(y), isotonic_regression(y, weights = y^2),
    conformal_threshold(y, 0.1), conformal_intervals(y, 1)
  ))
  expect_identical(copies, character())
  # A copy would have been reported.
  expect_match(capture.output({
    other <- y
    other[1] <- 0
  }), "tracemem")
  untracemem(y)
})

# What an expression allocates in large vectors, in bytes.
allocated <- function(expr) {
  log <- tempfile()
  on.exit(unlink(log))
  Rprofmem(log, threshold = 10000)
  force(expr)
  Rprofmem(NULL)
  sum(as.numeric(sub(" :.*", "", grep("^[0-9]+ :", readLines(log), value = TRUE))))
}

test_that("no more memory is taken than results and scratch need", {
  skip_if_not(capabilities("profmem"), "needs R with memory profiling")
  scores <- rnorm(1e6)
  expect_identical(allocated(conformal_threshold(scores, 0.1)), 0)
  expect_lt(allocated(conformal_intervals(scores, 1)), 17e6)
  # Eight bytes a point for the fit, and sixteen for its blocks until they are counted.
  falling <- -sort(scores)
  expect_lt(allocated(isotonic_regression(falling)), 25e6)
})

test_that("arguments survive R's garbage collector at every allocation", {
  probs <- cbind(c(0.2, 0.7), c(0.8, 0.3))
  calls <- function() {
    q <- quantize(probs, symmetric = FALSE)
    list(
      isotonic_regression(c(2L, 1L), c(1, 2)), conformal_rank(1:3, 0.5), status_name(-1),
      as.matrix(conformal_sets(probs, 0.5)), conformal_intervals(1:2, 1),
      temperature_fit(probs, c(1, 1)), temperature_apply(probs, 2),
      reliability_bins(probs, 1:2), dequantize(q), codes(q),
      try(conformal_threshold(1, 2), silent = TRUE) |> class(),
      pack_codes(1:3, 4)
    )
  }
  expected <- calls()
  gctorture2(step = 7)
  under_torture <- calls()
  gctorture2(step = 0)
  expect_identical(under_torture, expected)
})

test_that("calls that fail leave no memory behind", {
  logits <- matrix(0, 1e4, 10)
  logits[1e5] <- NaN
  failing <- function() for (i in 1:20) try(temperature_apply(logits, 1), silent = TRUE)
  failing()
  used <- sum(gc()[, 2])
  failing()
  expect_lt(sum(gc()[, 2]) - used, 1)
})
