test_that("the least difference decides", {
  x <- rbind(c(-10:10 / 10, 40))
  seen <- NULL
  difference <- function(candidate) {
    seen <<- c(seen, candidate$index)
    expect_equal(dim(candidate$quantized), dim(x))
    sum((candidate$quantized - x)[-22]^2)
  }
  found <- quantize_prediction_range(x, "int4", difference, quantize_range_rule("mse", steps = 20))
  expect_equal(seen, 1:20)
  expect_lt(found$factor, 0.3)
  expect_equal(found$loss, found$difference)
  expect_null(found$zeros)
  codes <- quantize_grid_encode(x, "int4", found$scales, granularity = "tensor")
  decoded <- quantize_grid_decode(codes, "int4", found$scales, 1, 22, granularity = "tensor")
  expect_equal(difference(list(index = 0, quantized = decoded)), found$difference)
  by_rule <- quantize_range(x, "int4", "mse", zeros = TRUE, granularity = "tensor")
  alone <- quantize_prediction_range(x, "int4", function(candidate) 0, zeros = TRUE, error_weight = 1)
  expect_equal(alone[c("scales", "zeros")], by_rule)
})

test_that("what the function raises comes out, and nothing else is lost", {
  x <- rbind(1:5)
  expect_error(quantize_prediction_range(x, "int4", function(candidate) stop("from within")),
               "from within")
  expect_error(quantize_prediction_range(x, "int4", function(candidate) "near"), "one number")
  expect_error(quantize_prediction_range(x, "int4", function(candidate) 1:2), "one number")
  expect_error(quantize_prediction_range(x, "int4", function(candidate) NaN), "nan")
  expect_error(quantize_prediction_range(x, "int4", 3), "must be a function")
  expect_error(quantize_prediction_range(x, "int4", sum, "entropy"), "kind is 3")
  caught <- tryCatch(
    quantize_prediction_range(x, "int4", function(candidate) {
      if (candidate$index == 3) rlang_free_condition() else 1
    }),
    error = function(e) conditionMessage(e)
  )
  expect_match(caught, "rlang_free_condition")
  # A way out that is no error, and a warning that goes on.
  left <- withCallingHandlers(
    tryCatch(quantize_prediction_range(x, "int4", function(candidate) {
      if (candidate$index > 2) signalCondition(structure(class = c("leave", "condition"), list()))
      1
    }), leave = function(condition) "left"),
    warning = function(w) invokeRestart("muffleWarning")
  )
  expect_equal(left, "left")
  expect_warning(quantize_prediction_range(x, "int4", function(candidate) {
    if (candidate$index == 1) warning("beside it")
    1
  }), "beside it")
  nested <- quantize_prediction_range(x, "int4", function(candidate) {
    quantize_prediction_range(x, "int3", function(inner) inner$index)$index
  })
  expect_equal(nested$index, 1)
})
