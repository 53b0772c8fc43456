caught <- function(expr) tryCatch(expr, error = identity)

test_that("an error of the library has its class, words, status and call", {
  error <- caught(isotonic_regression(c(1, 2, 3), weights = c(1, -0.5, 1)))
  expect_s3_class(error, c("quantcal_error_domain", "quantcal_error", "error", "condition"),
                  exact = TRUE)
  expect_identical(error$message, last_error())
  expect_match(error$message, "weights[1] is -0.5", fixed = TRUE)
  expect_match(conditionMessage(error), error$message, fixed = TRUE)
  expect_match(conditionMessage(error), "counted from 0", fixed = TRUE)
  expect_identical(error$status, -4L)
  expect_identical(as.character(conditionCall(error))[1], "isotonic_regression")
})

test_that("an error that names no position has no hint", {
  error <- caught(conformal_rank(10, 2))
  expect_identical(conditionMessage(error), last_error())
})

test_that("NA and NaN are errors wherever they stand", {
  expect_error(isotonic_regression(c(1, NA)), class = "quantcal_error_not_finite")
  expect_error(isotonic_regression(c(1L, NA)), class = "quantcal_error_not_finite")
  expect_error(isotonic_regression(c(1, 2), c(1, NaN)), class = "quantcal_error_not_finite")
  expect_error(conformal_rank(10, NA), class = "quantcal_error_not_finite")
  expect_error(conformal_rank(NA, 0.1), class = "quantcal_error_not_finite")
  expect_error(conformal_threshold(c(1, NA), 0.1), class = "quantcal_error_not_finite")
  expect_error(conformal_sets(matrix(NA_real_), 1), class = "quantcal_error_not_finite")
  expect_error(conformal_sets(matrix(1), NA), class = "quantcal_error_not_finite")
  expect_error(conformal_intervals(NA, 1), class = "quantcal_error_not_finite")
  expect_error(temperature_apply(cbind(1, NA), 1), class = "quantcal_error_not_finite")
  expect_error(temperature_fit(cbind(1, NA), 1), class = "quantcal_error_not_finite")
  expect_error(calibration_error(c(0.5, NA), c(0, 1)), class = "quantcal_error_not_finite")
  expect_error(quantize(cbind(1, NA)), class = "quantcal_error_not_finite")
})

test_that("labels are checked in R's counting", {
  logits <- cbind(c(1, 0), c(0, 1))
  for (label in list(0, 3, -1L, 1.5, Inf, NA_real_)) {
    expect_error(temperature_fit(logits, c(1, label)), "labels\\[2\\].* 1 to 2",
                 class = "quantcal_error_domain")
  }
  expect_error(temperature_fit(logits, c(1L, NA)), "labels[2] is missing", fixed = TRUE,
               class = "quantcal_error_domain")
  expect_error(temperature_fit(logits, factor(c("a", NA))), "labels[2] is missing", fixed = TRUE)
  expect_error(calibration_error(c(0.5, 0.5), c(1, 2)), "labels\\[2\\].* 0 to 1")
  expect_error(temperature_fit(logits, factor(c("a", "b", "c"))[2:3]), "labels[2] is 3",
               fixed = TRUE)
  expect_error(calibration_error(c(0.5, 0.5), factor(1:2, levels = 1:3)), "labels has 3 levels",
               class = "quantcal_error_domain")
})

test_that("lengths that do not fit are errors", {
  logits <- cbind(c(1, 0), c(0, 1))
  expect_error(isotonic_regression(1:3, weights = 1:2), "weights has length 2",
               class = "quantcal_error_size")
  expect_error(temperature_fit(logits, 1), "labels has length 1", class = "quantcal_error_size")
  expect_error(temperature_fit(logits[0, ], integer()), class = "quantcal_error_size")
  expect_error(temperature_fit(logits[, 1, drop = FALSE], 1:2), class = "quantcal_error_size")
  expect_error(calibration_error(numeric(), numeric()), class = "quantcal_error_size")
  expect_error(conformal_threshold(1:10, c(0.1, 0.2)), class = "quantcal_error_size")
  expect_error(conformal_sets(matrix(0, 2, 0), 1), class = "quantcal_error_size")
  expect_error(conformal_rank(-1, 0.1), class = "quantcal_error_size")
  expect_error(conformal_rank(1.5, 0.1), class = "quantcal_error_size")
  expect_error(unpack_codes(raw(2), 1, 8, 4), class = "quantcal_error_size")
  expect_error(unpack_codes(raw(2), 2^31, 1, 1), class = "quantcal_error_size")
  expect_error(quantize_layout(2^53, 2^53), class = "quantcal_error_size")
})

test_that("wrong R types are errors that name the argument and the user's call", {
  error <- caught(isotonic_regression("a"))
  expect_s3_class(error, c("quantcal_error_type", "quantcal_error"))
  expect_identical(conditionMessage(error), "y must be numeric, not of class character")
  expect_identical(conditionCall(error), quote(isotonic_regression("a")))
  error <- expect_error(isotonic_state(level = "a"), class = "quantcal_error_type")
  expect_identical(conditionCall(error), quote(isotonic_state(level = "a")))
  expect_identical(error$status, NA_integer_)
  expect_error(isotonic_regression(factor(1:3)), class = "quantcal_error_type")
  expect_error(isotonic_regression(1:3, increasing = NA), class = "quantcal_error_type")
  expect_error(conformal_sets(1:3, 1), "scores must be a matrix", class = "quantcal_error_type")
  expect_error(quantize(1:3), "w must be a matrix", class = "quantcal_error_type")
  expect_error(dequantize(1), class = "quantcal_error_type")
  expect_error(temperature_fit(diag(2), c(TRUE, FALSE)), class = "quantcal_error_type")
  expect_error(unpack_codes(1:2, 1, 1, 1), class = "quantcal_error_type")
})

test_that("choices that do not exist are errors that list those that do", {
  expect_error(calibration_error(0.5, 1, norm = "l3"), '"l1", "l2", "max"', fixed = TRUE,
               class = "quantcal_error_options")
  expect_error(quantize(diag(2), granularity = "block"), class = "quantcal_error_options")
  expect_error(quantize(diag(2), bits = 9), class = "quantcal_error_options")
  expect_error(quantize(diag(2), group_size = 0), class = "quantcal_error_options")
  expect_error(reliability_bins(0.5, 1, bins = 0), class = "quantcal_error_options")
  expect_error(temperature_fit(diag(2), 1:2, max_iterations = 0),
               class = "quantcal_error_options")
})

test_that("a quantized matrix that was tampered with is an error", {
  q <- quantize(diag(4), symmetric = FALSE)
  broken <- function(...) dequantize(structure(modifyList(unclass(q), list(...)), class = class(q)))
  expect_error(broken(packed = q$packed[-1]), class = "quantcal_error_size")
  expect_error(broken(scales = q$scales[-1]), class = "quantcal_error_size")
  expect_error(broken(zeros = q$zeros[-1]), class = "quantcal_error_size")
  expect_error(broken(zeros = q$zeros + 1000), class = "quantcal_error_domain")
  expect_error(broken(zeros = q$zeros + 16L), class = "quantcal_error_domain")
  expect_error(broken(scales = q$scales * NaN), class = "quantcal_error_not_finite")
  expect_error(broken(dim = c(-1L, 4L)), class = "quantcal_error_size")
  expect_error(broken(bits = 5L), class = "quantcal_error_size")
})
