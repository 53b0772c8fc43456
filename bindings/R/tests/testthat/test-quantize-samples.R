test_that("samples and steps count from 1", {
  x <- c(0, 1, 2, 50, 51)
  expect_equal(quantize_samples_select(x, 3, radius = 1), c(2L, 5L, 1L))
  expect_equal(quantize_samples_select(x, 2, kept = x > 1, radius = 1), c(4L, 5L))
  expect_equal(quantize_samples_steps(50, 4), c(1L, 13L, 26L, 38L))
  steps <- quantize_samples_steps(10, 1000, "uniform", seed = 2)
  expect_equal(range(steps), c(1L, 10L))
})

test_that("categories may be anything", {
  statistics <- cbind(c(1, 2, 3, 4, 100, 99), 0)
  expect_equal(quantize_samples_filter(statistics), rep(TRUE, 6))
  expect_equal(quantize_samples_filter(c(1, 2, 3, 4, 100)), c(TRUE, TRUE, TRUE, TRUE, FALSE))
  labels <- c("a", "a", "a", "a", "a", "b")
  expect_equal(quantize_samples_filter(statistics, labels), 1:6 != 5)
  expect_equal(quantize_samples_filter(statistics, factor(labels)), 1:6 != 5)
})

test_that("clusters give the same number each", {
  x <- rbind(matrix(sin(1:20), 10), matrix(100 + cos(1:40), 20))
  chosen <- quantize_samples_select(x, 8, method = "clusters", clusters = 2, seed = 1)
  expect_equal(sum(chosen <= 10), 4)
  expect_false(is.unsorted(chosen, strictly = TRUE))
  found <- quantize_samples_allocate(x, 70)
  expect_equal(sum(found$counts), 70)
  expect_equal(sum(found$weights), 1)
})

test_that("what does not fit is refused", {
  expect_error(quantize_samples_select(1:3, 4), "choose is 4")
  expect_error(quantize_samples_select(1:3, 1, kept = TRUE), "kept")
  expect_error(quantize_samples_select(c(1, NA), 1), "features\\[1\\]")
  expect_error(quantize_samples_filter(1:4, 1:3), "categories has 3")
  expect_error(quantize_samples_allocate(1:3, 9, radius = -1), "radius is -1")
  expect_error(quantize_samples_steps(0, 1), "steps is 0")
})
