test_that("histories are orders of queries from 1", {
  orders <- conformal_pursuit_histories(40, 6, 6, seed = 3)
  expect_true(all(apply(orders, 1, sort) == 1:6))
  expect_identical(conformal_pursuit_histories(10, 6, 2, seed = 3, first_point = 30),
                   orders[31:40, 1:2])
  expect_error(conformal_pursuit_histories(1, 3, 4), "length is 4", class = "quantcal_error_size")
})

test_that("expected sizes are weighted means", {
  set.seed(71)
  sizes <- matrix(rpois(60, 3), 10)
  weights <- matrix(rexp(60), 10)
  expect_equal(conformal_pursuit_log_sizes(sizes), log(rowMeans(sizes)))
  expect_equal(conformal_pursuit_log_sizes(sizes, weights),
               log(rowSums(sizes * weights) / rowSums(weights)))
  expect_error(conformal_pursuit_log_sizes(sizes, weights[1:3, ]), "3 x 6",
               class = "quantcal_error_size")
  expect_error(conformal_pursuit_log_sizes(matrix(0.5)), "whole", class = "quantcal_error_domain")
})

test_that("the least that was not asked is chosen", {
  values <- c(3, 1, 2, 1)
  expect_identical(conformal_pursuit_choose(values), list(index = 2L, spread = 2))
  expect_identical(conformal_pursuit_choose(values, c(FALSE, TRUE, FALSE, TRUE))$index, 3L)
  expect_error(conformal_pursuit_choose(1, TRUE), class = "quantcal_error_infeasible")
})

test_that("the sharp bound is below the published one", {
  for (size in seq(0.9, 5, 0.1)) {
    sharp <- conformal_pursuit_entropy_bound(5, 39, 0.1, size)
    published <- conformal_pursuit_entropy_bound(5, 39, 0.1, size, "published")
    expect_lte(sharp, published)
    expect_lte(published, log(5))
  }
})
