test_that("one part and one stage are k-means", {
  x <- cbind(sin(1:60), cos((1:60)^2))
  first <- x[1:5, ]
  ours <- quantize_vector_train(x, 5, start = "given", first = first, iterations = 100, tolerance = 0)
  theirs <- stats::kmeans(x, first, iter.max = 100, algorithm = "Lloyd")
  expect_equal(ours$centres, unname(theirs$centers), tolerance = 1e-6)
  expect_equal(as.vector(ours$codes) + 1L, theirs$cluster)
  expect_equal(ours$objective, theirs$tot.withinss, tolerance = 1e-6)
  expect_true(ours$converged)
})

test_that("codes lead to the nearest centres and back", {
  x <- matrix(sin(1:240), 40)
  books <- quantize_vector_train(x, 4, parts = 2, stages = 2)
  expect_equal(dim(books$codes), c(40L, 4L))
  decoded <- quantize_vector_decode(books$codes, books$centres, 2, 2)
  expect_equal(sum((decoded - x)^2), books$objective, tolerance = 1e-5)
  one <- quantize_vector_train(x, 4)
  expect_identical(quantize_vector_encode(x, one$centres), one$codes)
})

test_that("refined books are for the outputs", {
  x <- matrix(sin(1:400), 50)
  w <- matrix(cos((1:96)^2), 12)
  first <- quantize_vector_train(matrix(t(w), ncol = 2, byrow = TRUE), 4)
  error <- function(books) {
    decoded <- quantize_vector_decode(books$codes, books$centres)
    sum(((w - matrix(t(decoded), 12, byrow = TRUE)) %*% t(x))^2)
  }
  refined <- quantize_vector_refine(w, crossprod(x), first$centres, first$codes)
  expect_equal(refined$objective, error(refined), tolerance = 1e-5)
  expect_lt(refined$objective, error(first))
  expect_error(quantize_vector_refine(w, diag(3), first$centres, first$codes),
               class = "quantcal_error_size")
})

test_that("what does not fit is refused", {
  x <- matrix(1, 3, 2)
  expect_error(quantize_vector_train(x, 0), class = "quantcal_error_options")
  expect_error(quantize_vector_train(x, 2, parts = 3), class = "quantcal_error_size")
  expect_error(quantize_vector_train(x, 2, weights = 1:2), class = "quantcal_error_size")
  expect_error(quantize_vector_decode(matrix(5), x), class = "quantcal_error_domain")
})
