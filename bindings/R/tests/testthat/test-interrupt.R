# Calls that take a few milliseconds or more, almost all of them inside the library, which asks more
# than once in a call whether it shall go on. (Least squares of so few points it does at one go.)
long_calls <- function() {
  set.seed(41)
  w <- matrix(rnorm(2e6), 2000)
  labels <- rep_len(1:2, 2000)
  q <- quantize(w)
  list(
    isotonic_regression = function() isotonic_regression(w, loss = "quantile"),
    temperature_fit = function() temperature_fit(w, labels),
    quantize = function() quantize(w),
    dequantize = function() dequantize(q)
  )
}

interrupt_soon <- function() {
  kill <- sprintf("sleep 0.05; kill -INT %d", Sys.getpid())
  system2("sh", c("-c", shQuote(kill)), wait = FALSE)
}

# How repeating `call` ends after `alarm`: the condition and the library's last message. Now and then
# the alarm comes between two calls; then it is tried again.
ending <- function(call, alarm) {
  # Else the alarm could come while the arguments are made.
  force(call)
  for (attempt in 1:40) {
    # Leaves another message than that of a cancelled call.
    try(conformal_rank(1, 2), silent = TRUE)
    condition <- tryCatch({
      alarm()
      for (i in 1:10000) call()
    }, interrupt = identity, error = identity)
    setTimeLimit()
    if (grepl("cancel", last_error())) break
  }
  list(condition = condition, message = last_error())
}

test_that("an interrupt stops long work inside the library, and is caught as one", {
  calls <- long_calls()
  for (name in names(calls)) {
    end <- ending(calls[[name]], interrupt_soon)
    expect_s3_class(end$condition, "interrupt")
    expect_match(end$message, "cancel", label = name)
  }
})

test_that("a time limit stops long work inside the library, with R's own error", {
  end <- ending(long_calls()$temperature_fit, function() setTimeLimit(elapsed = 0.1))
  expect_match(conditionMessage(end$condition), "elapsed time limit")
  expect_match(end$message, "cancel")
})

test_that("the next call works as before", {
  ending(long_calls()$isotonic_regression, interrupt_soon)
  expect_identical(isotonic_regression(c(2, 1))$x, c(1.5, 1.5))
})
