test_that("a martingale is changed in place, and an error changes nothing", {
  martingale <- conformal_martingale("power", epsilon = 0.5)
  same <- martingale
  expect_equal(conformal_martingale_bet(martingale, c(0.1, 0.1)), log(2.5) * c(0.5, 1))
  expect_identical(summary(same)$bets, 2L)
  expect_equal(summary(same)$p_value, 0.4)
  bytes <- conformal_martingale_serialize(martingale)
  expect_error(conformal_martingale_update(martingale, NA_real_), class = "quantcal_error_not_finite")
  expect_error(conformal_martingale_bet(martingale, 1.5), class = "quantcal_error_domain")
  expect_error(conformal_martingale(jump = 0), class = "quantcal_error_options")
  expect_error(conformal_martingale(seed = -1), "seed")
  expect_error(conformal_martingale("roulette"), class = "quantcal_error_options")
  expect_identical(conformal_martingale_serialize(martingale), bytes)
  expect_output(print(martingale), "Martingale of 2 bets: log 0.9162907, p-value 0.4")
})

test_that("p-values are ranks among the scores so far", {
  set.seed(1)
  scores <- c(sample(5, 100, TRUE), Inf, -Inf)
  path <- conformal_martingale_update(conformal_martingale(seed = 2), scores)
  for (t in seq_along(scores)) {
    place <- path$p_values[t] * t
    expect_gte(place, sum(scores[1:t] > scores[t]) - 1e-9)
    expect_lte(place, sum(scores[1:t] >= scores[t]) + 1e-9)
  }
})

test_that("a saved martingale is refused, and its bytes are not", {
  martingale <- conformal_martingale("composite")
  conformal_martingale_update(martingale, c(1, 2, 0.5))
  file <- tempfile()
  saveRDS(list(martingale, conformal_martingale_serialize(martingale)), file)
  loaded <- readRDS(file)
  expect_error(conformal_martingale_bet(loaded[[1]], 0.5), "another R session",
               class = "quantcal_error_null_pointer")
  copy <- conformal_martingale_deserialize(loaded[[2]])
  expect_identical(summary(copy), summary(martingale))
  expect_identical(conformal_martingale_update(copy, 3:1), conformal_martingale_update(martingale, 3:1))
})

test_that("what is no martingale is refused", {
  expect_error(conformal_martingale_bet(1, 0.5), class = "quantcal_error_type")
  expect_error(conformal_martingale_deserialize("a"), class = "quantcal_error_type")
  expect_error(conformal_martingale_deserialize(raw()), class = "quantcal_error_format")
  pretender <- structure(list(handle = 1), class = "quantcal_conformal_martingale")
  expect_error(conformal_martingale_bet(pretender, 0.5), "is not a qc_conformal_martingale",
               class = "quantcal_error_domain")
})

test_that("martingales go with the garbage collector", {
  for (i in 1:200) conformal_martingale_update(conformal_martingale("mixture"), 1:50)
  gc()
  martingale <- conformal_martingale("composite")
  gctorture2(step = 11)
  path <- conformal_martingale_update(martingale, c(1, 2, 3))
  kept <- summary(conformal_martingale_deserialize(conformal_martingale_serialize(martingale)))
  gctorture2(step = 0)
  expect_identical(kept, summary(martingale))
  expect_identical(path$log_martingale[3], kept$log_martingale)
})
