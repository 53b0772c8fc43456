test_that("an observer depends on its values only", {
  values <- sin(1:500) * exp(cos(1:500) * 5)
  whole <- quantize_observer_update(quantize_observer(bins = 64), values)
  parts <- lapply(split(rev(values), rep(1:5, 100)), function(part) {
    quantize_observer_update(quantize_observer(bins = 64), part)
  })
  merged <- Reduce(quantize_observer_merge, parts)
  expect_identical(quantize_observer_serialize(merged), quantize_observer_serialize(whole))
  copy <- quantize_observer_deserialize(quantize_observer_serialize(whole))
  expect_identical(summary(copy), summary(whole))
  expect_output(print(copy), "500 values")
})

test_that("ranges are near those of all values", {
  values <- sin(1:5000)^3
  observer <- quantize_observer_update(quantize_observer(), values)
  all <- rbind(values)
  for (rule in c("min_max", "percentile", "mse", "gaussian", "least_squares")) {
    expect_equal(quantize_observer_range(observer, "int4", rule)$scales,
                 quantize_range(all, "int4", rule, granularity = "tensor")$scales,
                 tolerance = 0.02)
  }
  zeros <- quantize_observer_range(observer, "uint4", zeros = TRUE)
  expect_equal(zeros, quantize_range(all, "uint4", zeros = TRUE, granularity = "tensor"))
})

test_that("what does not fit is refused", {
  observer <- quantize_observer(bins = 16)
  expect_error(quantize_observer(bins = 15), "bins is 15", class = "quantcal_error_options")
  expect_error(quantize_observer_update(observer, c(1, NA)), class = "quantcal_error_not_finite")
  expect_error(quantize_observer_merge(observer, quantize_observer(bins = 17)), "must be the same")
  expect_error(quantize_observer_merge(observer, 3), "other must be one of")
  expect_error(quantize_observer_deserialize(as.raw(1:40)), class = "quantcal_error_format")
  expect_equal(quantize_observer_range(observer, "int4")$scales, matrix(1))
  expect_true(is.nan(summary(observer)$mean))
})

test_that("channels are observers of their own", {
  batches <- lapply(1:4, function(i) array(sin(1:24 * i) * i, c(2, 3, 4)))
  for (margin in 1:3) {
    channels <- dim(batches[[1]])[margin]
    observer <- quantize_observer(channels, moving_average = 0.5)
    alone <- lapply(seq_len(channels), function(i) quantize_observer(moving_average = 0.5))
    for (batch in batches) {
      quantize_observer_update(observer, batch, margin)
      own <- apply(batch, margin, c)
      for (i in seq_len(channels)) quantize_observer_update(alone[[i]], own[, i])
    }
    for (i in seq_len(channels)) {
      one <- summary(alone[[i]])
      expect_identical(lapply(summary(observer)[-1], `[`, i), one[-1])
    }
    expect_equal(quantize_observer_range(observer, "int4")$scales,
                 matrix(sapply(alone, function(one) quantize_observer_range(one, "int4")$scales)))
  }
  expect_error(quantize_observer_update(observer, 1:3), "must have 4 channels")
  copy <- quantize_observer_deserialize(quantize_observer_serialize(observer))
  expect_error(quantize_observer_merge(observer, copy), "cannot be merged")
  expect_error(quantize_observer_merge(observer, observer), "are the same")
})
