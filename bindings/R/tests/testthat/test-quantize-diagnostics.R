test_that("errors and statistics are what R computes", {
  set.seed(5)
  x <- round(rnorm(1000) * 64) / 64
  y <- round(x * 4) / 4
  error <- quantize_error(x, y)
  expect_equal(error$mean_squared_error, mean((x - y)^2), tolerance = 1e-14)
  expect_equal(error$mean_error, mean(y - x), tolerance = 1e-12)
  expect_equal(error$sqnr_db, 10 * log10(sum(x^2) / sum((x - y)^2)), tolerance = 1e-14)
  expect_equal(error$cosine, sum(x * y) / sqrt(sum(x^2) * sum(y^2)), tolerance = 1e-14)
  found <- quantize_statistics(x)
  centred <- x - mean(x)
  expect_equal(found$variance, mean(centred^2), tolerance = 1e-13)
  expect_equal(found$skewness, mean(centred^3) / mean(centred^2)^1.5, tolerance = 1e-11)
  expect_equal(found$kurtosis, mean(centred^4) / mean(centred^2)^2, tolerance = 1e-12)
  expect_identical(found$zero_count, sum(x == 0))
  expect_identical(found$max_abs, max(abs(x)))
})

test_that("outlier columns keep the columns' names", {
  w <- cbind(a = c(1, 2), b = c(-50, 1), c = c(0, 1))
  found <- quantize_outlier_columns(w)
  expect_identical(found$is_outlier, c(a = FALSE, b = TRUE, c = FALSE))
  expect_identical(found$magnitudes, c(a = 2, b = 50, c = 1))
  expect_identical(found$count, 1L)
  expect_identical(quantize_outlier_columns(w, threshold = 1.5, reference = "fixed")$count, 2L)
})

test_that("the entropy of codes is that of their counts", {
  set.seed(6)
  q <- quantize(matrix(rnorm(4096), 16), bits = 3, group_size = 64)
  counts <- quantize_code_counts(q$packed, 16, 256, 3)
  expect_identical(counts, as.integer(table(factor(as.vector(codes(q)) %% 8, levels = 0:7))))
  shares <- counts[counts > 0] / sum(counts)
  expect_equal(quantize_entropy(counts), -sum(shares * log2(shares)), tolerance = 1e-14)
})

test_that("divergences are those of the definition", {
  set.seed(7)
  a <- matrix(rnorm(60), 6)
  b <- a + matrix(rnorm(60), 6) / 4
  softmax <- function(z) exp(z) / rowSums(exp(z))
  rows <- rowSums(softmax(a) * log(softmax(a) / softmax(b)))
  found <- quantize_kl_divergence(a, b)
  expect_equal(found$per_row, rows, tolerance = 1e-12)
  expect_equal(found$mean, mean(rows), tolerance = 1e-12)
  expect_equal(found$standard_error, sd(rows) / sqrt(6), tolerance = 1e-12)
  expect_identical(found$top_agreement, mean(max.col(a, "first") == max.col(b, "first")))
})

test_that("an error is carried and added to", {
  set.seed(8)
  x <- matrix(rnorm(40), 8)
  w <- matrix(rnorm(15), 3)
  x2 <- round(x, 1)
  w2 <- round(w, 1)
  found <- quantize_propagation(x, x2, w, w2)
  norm2 <- function(m) sqrt(sum(m^2))
  y <- x %*% t(w)
  expect_equal(found$carried_error, norm2((x2 - x) %*% t(w)) / norm2(y), tolerance = 1e-5)
  expect_equal(found$own_error, norm2(x2 %*% t(w2 - w)) / norm2(y), tolerance = 1e-5)
  expect_equal(found$total_error, norm2(x2 %*% t(w2) - y) / norm2(y), tolerance = 1e-5)
})

test_that("what cannot be is refused", {
  expect_error(quantize_error(1:3, 1:2), "approximation", class = "quantcal_error_size")
  expect_error(quantize_error(c(1, NA), 1:2), class = "quantcal_error_not_finite")
  expect_error(quantize_statistics(numeric()), class = "quantcal_error_size")
  expect_error(quantize_outlier_columns(1:3), class = "quantcal_error_type")
  expect_error(quantize_outlier_columns(diag(2), reference = "mean"),
               class = "quantcal_error_options")
  expect_error(quantize_code_counts(raw(3), 2, 8, 2), "packed", class = "quantcal_error_size")
  expect_error(quantize_entropy(c(0, 0)), class = "quantcal_error_domain")
  expect_error(quantize_kl_divergence(diag(2), diag(3)), class = "quantcal_error_size")
  expect_error(quantize_kl_divergence(matrix(1, 2, 3), matrix(1, 3, 2)),
               class = "quantcal_error_size")
  expect_error(quantize_propagation(diag(2), diag(2), matrix(1, 2, 3), matrix(1, 2, 3)),
               class = "quantcal_error_size")
  expect_error(quantize_qat_fraction(1, 1, 8), class = "quantcal_error_domain")
})
