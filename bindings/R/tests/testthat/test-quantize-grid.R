test_that("a grid has levels, fields and a print", {
  expect_equal(quantize_grid_levels("e2m1fn")[1:8], c(0, 0.5, 1, 1.5, 2, 3, 4, 6))
  grid <- quantize_grid("int3", narrow = FALSE)
  expect_equal(quantize_grid_levels(grid), c(0:3, -4:-1))
  expect_output(print(grid), "integer, 3 bits")
  expect_true(is.nan(quantize_grid_levels("e4m3fn")[128]))
})

test_that("a matrix goes to a grid and back", {
  set.seed(1)
  w <- matrix(rnorm(60), 3)
  for (name in c("nf4", "e4m3fn", "int8", "power4", "sqrt2_powers5")) {
    scales <- quantize_grid_scales(w, name, group_size = 8)
    expect_equal(dim(scales), c(3, 3))
    codes <- quantize_grid_encode(w, name, scales, group_size = 8)
    levels <- quantize_grid_levels(name)
    expect_equal(length(codes), quantize_grid_layout(3, 20, name)$code_bytes)
    values <- quantize_grid_decode(codes, name, scales, 3, 20, group_size = 8)
    gap <- max(diff(sort(levels[is.finite(levels)])))
    wide <- scales[, rep(1:3, c(8, 8, 4))]
    expect_true(all(abs(values - w) <= gap * wide * 0.7))
    again <- quantize_grid_encode(values, name, scales, group_size = 8)
    expect_equal(again, codes)
  }
})

test_that("zero points shift the levels", {
  w <- rbind(c(0, 1, 2, 5))
  codes <- quantize_grid_encode(w, "uint4", 1, zeros = 3, granularity = "row")
  expect_equal(as.vector(unpack_codes(codes, 1, 4, 4, FALSE)), c(3, 4, 5, 8))
  expect_equal(quantize_grid_decode(codes, "uint4", 1, 1, 4, zeros = 3), w)
})

test_that("what does not fit is refused", {
  expect_error(quantize_grid("int9"), "name is", class = "quantcal_error_options")
  expect_error(quantize_grid("int4", width = 3), "width is not a field")
  expect_error(quantize_grid("int4", 3), "is not a field")
  expect_error(quantize_grid_levels(4), "grid must be a name")
  expect_error(quantize_grid_levels(quantize_grid(bits = 9)), "bits is 9")
  expect_error(quantize_grid_levels(quantize_grid(bits = 2.5)), "bits must be one number")
  w <- matrix(1, 2, 2)
  expect_error(quantize_grid_encode(w, "int4", 1), "scales has")
  expect_error(quantize_grid_encode(w, "int4", c(1, 0)), class = "quantcal_error_domain")
  expect_error(quantize_grid_scales(1:3, "int4"), "w must be a matrix")
  expect_error(quantize_grid_decode(as.raw(1:3), "int4", c(1, 1), 2, 2), "codes has")
})

test_that("neighbours are the levels on either side", {
  levels <- quantize_grid_levels("e2m1fn")
  sides <- quantize_grid_neighbours(rbind(c(1.2, -0.4, 9, 3)), "e2m1fn", 1)
  expect_equal(levels[sides$lower + 1], c(1, -0.5, 6, 3))
  expect_equal(levels[sides$upper + 1], c(1.5, 0, 6, 3))
})

test_that("fake quantization has the gradients of LSQ", {
  v <- rbind(c(-3, -0.4, 0.26, 0.6, 2.2))
  grid <- quantize_grid("int3", narrow = FALSE)
  fake <- quantize_grid_fake(v, grid, 0.5, upstream = v * 0 + 1, gradient = "learned_step")
  expect_equal(as.vector(fake$quantized), c(-2, -0.5, 0.5, 0.5, 1.5))
  expect_equal(as.vector(fake$value_gradients), c(0, 1, 1, 1, 0))
  expect_equal(as.vector(fake$scale_gradients), -0.92 / sqrt(15), tolerance = 1e-6)
  expect_null(quantize_grid_fake(v, grid, 0.5)$scale_gradients)
  expect_error(quantize_grid_fake(v, grid, 0.5, upstream = t(v)), "upstream is 5 x 1")
})
