test_that("salient elements are the largest", {
  w <- matrix(sin(1:60)^3, 6)
  mask <- quantize_salient_mask(w, 0.25)
  expect_equal(sum(mask), 15)
  expect_gte(min(abs(w[mask])), max(abs(w[!mask])))
  expect_equal(rowSums(quantize_salient_mask(w, 0.2, granularity = "row")), rep(2, 6))
  heavy <- quantize_salient_mask(w, 0.5, factors = c(rep(0, 5), rep(1, 5)))
  expect_equal(sum(heavy[, 1:5]), 0)
})

test_that("partly binary weights", {
  w <- rbind(c(3, 2.5, 0.1, -0.1, 0.3, -0.05))
  mask <- quantize_salient_mask(w, 1 / 3)
  decoded <- w
  for (selected in c(TRUE, FALSE)) {
    grid <- if (selected) "uint8" else "binary"
    rule <- if (selected) "min_max" else "mean_absolute"
    found <- quantize_masked_range(w, mask, grid, rule, selected, wants_zeros = TRUE)
    codes <- quantize_masked_encode(w, mask, grid, found$scales, found$zeros, selected)
    expect_length(codes, quantize_masked_layout(mask, grid, selected = selected)$code_bytes)
    decoded <- quantize_masked_decode(codes, decoded, mask, grid, found$scales, found$zeros, selected)
  }
  expect_equal(decoded[, 3:6], c(0.2, -0.075, 0.2, -0.075), tolerance = 1e-6)
  expect_equal(decoded[, 1:2], c(3, 2.5), tolerance = 0.01)
})

test_that("a vector is a mask for all rows", {
  w <- matrix(cos(1:20), 4)
  channels <- c(TRUE, FALSE, TRUE, FALSE, FALSE)
  all_rows <- matrix(channels, 4, 5, byrow = TRUE)
  expect_equal(
    quantize_masked_range(w, channels, "uint4", granularity = "row"),
    quantize_masked_range(w, all_rows, "uint4", granularity = "row")
  )
  expect_equal(quantize_masked_layout(channels, "int8", rows = 4)$selected_count, 8)
})

test_that("parts that do not fit are refused", {
  w <- matrix(1, 2, 3)
  expect_error(quantize_masked_range(w, matrix(1, 2, 3), "int4"), "mask must be logical")
  expect_error(quantize_masked_range(w, matrix(NA, 2, 3), "int4"), "without NA")
  expect_error(quantize_masked_range(w, matrix(TRUE, 3, 3), "int4"), "mask has")
  expect_error(quantize_masked_range(w, c(TRUE, FALSE), "int4"), "mask has 2 columns; 3")
  expect_error(quantize_masked_encode(w, w > 0, "int4", 1:3), "scales has")
  expect_error(quantize_salient_mask(w, 2), "fraction is 2", class = "quantcal_error_options")
  expect_error(quantize_salient_mask(w, granularity = "matrix"), "granularity must be one of")
})

test_that("codes at fewer bits are those of fewer bits", {
  w <- matrix(sin((1:600)^2), 6)
  scales <- quantize_grid_scales(w, "midrise7")
  codes <- quantize_grid_encode(w, "midrise7", scales)
  for (bits in 1:7) {
    fewer <- quantize_elastic(codes, scales, 6, 100, 7, bits)
    grid <- paste0("midrise", bits)
    expect_equal(fewer$scales, scales * 2^(7 - bits))
    expect_identical(fewer$codes, quantize_grid_encode(w, grid, fewer$scales))
  }
  fitted <- quantize_elastic(codes, scales, 6, 100, 7, 1, refit = TRUE)
  full <- quantize_grid_decode(codes, "midrise7", scales, 6, 100)
  expect_equal(as.vector(fitted$scales), 2 * rowMeans(abs(full)), tolerance = 1e-6)
  expect_error(quantize_elastic(codes, scales, 6, 100, 7, 8), "fewer_bits is 8")
  expect_error(quantize_elastic(codes, scales, 6, 99, 7, 2), "codes has")
})

test_that("outliers take the place of their victims", {
  w <- rbind(c(3, 100, 50, -300, 37.9, 9, -3, 29))
  codes <- quantize_outlier_victim_encode(w, 4)
  expect_length(codes, 4)
  expect_equal(as.vector(quantize_outlier_victim_decode(codes, 4, 1, 8)),
               c(0, 96, 0, -256, 28, 8, -4, 28))
  scales <- quantize_outlier_victim_scales(matrix(sin(1:64), 4))
  expect_equal(dim(scales), c(4, 1))
  groups <- quantize_outlier_victim_scales(matrix(sin(1:64), 4), granularity = "group", group_size = 4)
  expect_equal(dim(groups), c(4, 4))
  expect_error(quantize_outlier_victim_scales(w, granularity = "group", group_size = 3),
               "group_size is 3")
  expect_error(quantize_outlier_victim_encode(w, 1:2), "scales has")
})
