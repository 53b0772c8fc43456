test_that("min-max is what scales are", {
  w <- matrix(sin(1:60), 3)
  expect_equal(quantize_range(w, "nf4")$scales, quantize_grid_scales(w, "nf4"))
  expect_null(quantize_range(w, "nf4")$zeros)
})

test_that("a search is never worse than min-max", {
  w <- matrix(sin(1:256)^5, 2)
  mean_square <- function(rule) {
    found <- quantize_range(w, "uint3", rule, zeros = TRUE)
    codes <- quantize_grid_encode(w, "uint3", found$scales, found$zeros)
    mean((quantize_grid_decode(codes, "uint3", found$scales, 2, 128, found$zeros) - w)^2)
  }
  expect_lt(mean_square("mse"), mean_square("min_max"))
  expect_lte(mean_square(quantize_range_rule("mse", refinements = 20)), mean_square("mse"))
  expect_lt(mean_square("least_squares"), mean_square("min_max"))
})

test_that("percentiles are those of quantile()", {
  w <- rbind(sin(1:51))
  for (type in c(linear = 7, inverted_cdf = 1)) {
    definition <- if (type == 7) "linear" else "inverted_cdf"
    rule <- quantize_range_rule("percentile", percentile = 93, definition = definition)
    expect_equal(quantize_range(w, "int4", rule)$scales[1],
                 quantile(abs(w), 0.93, type = type, names = FALSE) / 7, tolerance = 1e-6)
  }
})

test_that("what does not fit is refused", {
  w <- matrix(1, 2, 2)
  expect_error(quantize_range_rule("best"), "name is", class = "quantcal_error_options")
  expect_error(quantize_range_rule("mse", width = 3), "width is not a field")
  expect_error(quantize_range_rule("mse", 3), "is not a field")
  expect_error(quantize_range(w, "int4", 3), "rule must be a name")
  expect_error(quantize_range(w, "int4", quantize_range_rule("mse", steps = 2.5)), "steps must be")
  expect_error(quantize_range(w, "int4", quantize_range_rule(scale_form = "round")), "scale_form must")
  expect_error(quantize_range(w, "int4", importance = 1:3), "importance has")
  expect_error(quantize_range(w, "int4", "half_quadratic"), "zeros is NULL")
  expect_output(print(quantize_range_rule("mse")), "mse")
})
