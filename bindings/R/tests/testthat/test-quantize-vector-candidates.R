test_that("gradients are those of mixtures", {
  centres <- matrix(sin(1:15), 5)
  x <- matrix(cos((1:36)^2), 12)
  found <- quantize_candidates_find(x, centres, 3)
  loss <- function(logits, centres) {
    mixed <- quantize_candidates_mix(found$candidates, logits, centres)
    p <- mixed$ratios
    sum((mixed$vectors - x)^2) / 2 + mean(rowSums(p * (1 - p)))
  }
  slopes <- quantize_candidates_mix(found$candidates, found$logits, centres)$vectors - x
  ours <- quantize_candidates_gradient(slopes, found$candidates, found$logits, centres)
  step <- 2^-8
  for (place in c(1, 7, 20)) {
    up <- down <- found$logits
    up[place] <- up[place] + step
    down[place] <- down[place] - step
    expect_equal(ours$logits[place], (loss(up, centres) - loss(down, centres)) / (2 * step), tolerance = 1e-3)
  }
  for (place in c(1, 8)) {
    up <- down <- centres
    up[place] <- up[place] + step
    down[place] <- down[place] - step
    slope <- (loss(found$logits, up) - loss(found$logits, down)) / (2 * step)
    expect_equal(ours$centres[place], slope, tolerance = 1e-3)
  }
})

test_that("calibration is no worse than the nearest centres, and settles", {
  x <- matrix(sin((1:800)^2), 100)
  w <- matrix(cos((1:96)^2), 12)
  centres <- quantize_vector_train(matrix(t(w), ncol = 2, byrow = TRUE), 4)
  error <- function(codes, centres) {
    decoded <- quantize_vector_decode(matrix(codes), centres)
    sum(((w - matrix(t(decoded), 12, byrow = TRUE)) %*% t(x))^2)
  }
  found <- quantize_candidates_calibrate(w, crossprod(x), centres$centres)
  expect_true(found$converged)
  expect_equal(found$objective, error(found$codes, found$centres), tolerance = 1e-5)
  expect_lt(found$objective, error(centres$codes, centres$centres))
})

test_that("what does not fit is refused", {
  centres <- matrix(1:3)
  expect_error(quantize_candidates_find(matrix(1), centres, 4), class = "quantcal_error_options")
  expect_error(quantize_candidates_mix(matrix(c(0, 3), 1), matrix(0, 1, 2), centres),
               class = "quantcal_error_domain")
  expect_error(quantize_candidates_mix(matrix(0, 1, 2), matrix(0, 1, 1), centres),
               class = "quantcal_error_size")
})
