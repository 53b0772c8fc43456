test_that("what is laid out is read again", {
  w <- matrix(sin(1:2048), 32)
  for (format in c("compressed_tensors", "gptq", "gptq_v2", "awq", "matmul_nbits")) {
    for (symmetric in c(TRUE, FALSE)) {
      q <- quantize(w, group_size = 32, symmetric = symmetric)
      stored <- quantize_checkpoint_write(q, format)
      again <- quantize_checkpoint_read(stored, format, 32, 64, group_size = 32,
                                        symmetric = symmetric)
      expect_identical(again, q)
      room <- quantize_checkpoint_layout(32, 64, format, group_size = 32, symmetric = symmetric)
      expect_equal(room$weight_bytes, length(stored$weights))
      expect_equal(room$zero_bytes, length(stored$zeros))
    }
  }
})

test_that("scales are in the format's order", {
  q <- quantize(matrix(cos(1:2048), 32), group_size = 32)
  expect_identical(quantize_checkpoint_write(q, "gptq")$scales, t(q$scales))
  expect_identical(quantize_checkpoint_write(q, "matmul_nbits")$scales, q$scales)
})

test_that("what does not belong together is refused", {
  q <- quantize(matrix(1:64, 2), group_size = 32)
  expect_error(quantize_checkpoint_write(q, "gptq"), "rows is 2")
  expect_error(quantize_checkpoint_write(q, "exl2"), "format")
  expect_error(quantize_checkpoint_write(1, "gptq"), "q must come from quantize")
  stored <- quantize_checkpoint_write(q, "matmul_nbits")
  expect_error(quantize_checkpoint_read(stored, "matmul_nbits", 3, 32, group_size = 32), "weights")
  stored$scales <- stored$scales[1]
  expect_error(quantize_checkpoint_read(stored, "matmul_nbits", 2, 32, group_size = 32), "scales")
})
