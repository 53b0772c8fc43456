test_that("a state is changed in place, and an error changes nothing", {
  state <- conformal_online("aci", alpha = 0.25, gamma = 0.125)
  expect_identical(conformal_online_calibrate(state, c(4, 1, 3, 2)), state)
  same <- state
  expect_identical(conformal_online_threshold(state), c(lower = -Inf, upper = 4))
  expect_identical(conformal_online_observe(state, 5), FALSE)
  expect_identical(conformal_online_threshold(same)[["upper"]], Inf)
  expect_identical(conformal_online_observe(state, NA), NA)
  bytes <- conformal_online_serialize(state)
  expect_error(conformal_online_observe(state, -Inf), class = "quantcal_error_not_finite")
  expect_error(conformal_online_observe(state, 1, forecast = 1), class = "quantcal_error_domain")
  expect_error(conformal_online_calibrate(state, NA_real_), class = "quantcal_error_not_finite")
  expect_error(conformal_online_run(state, 1:2, 0), class = "quantcal_error_size")
  expect_error(conformal_online(alpha = 2), class = "quantcal_error_options")
  expect_error(conformal_online(window = -1), "window")
  expect_error(conformal_online("median"), class = "quantcal_error_options")
  expect_identical(conformal_online_serialize(state), bytes)
  expect_output(print(state), "1 of 1 points missed, 1 without an outcome\nlevel or radius: 0.15625")
})

test_that("a path is that of its points one by one", {
  set.seed(1)
  scores <- c(abs(rnorm(150)), NA, 3 * abs(rnorm(50)))
  for (method in c("aci", "dtaci", "sf_ogd", "saocp", "pid", "nexcp", "agaci", "enbpi")) {
    path <- conformal_online_run(conformal_online(method), scores)
    state <- conformal_online(method)
    for (i in seq_along(scores)) {
      ends <- conformal_online_threshold(state)
      expect_identical(ends[["upper"]], path$upper[i])
      expect_identical(ends[["lower"]], path$lower[i])
      expect_identical(conformal_online_observe(state, scores[i]), path$covered[i])
    }
    inside <- scores >= path$lower & scores <= path$upper
    expect_identical(path$covered, inside)
    expect_identical(summary(state)$misses, sum(!inside, na.rm = TRUE))
    expect_identical(summary(state)$missing, 1L)
  }
})

test_that("a saved state is refused, and its bytes are not", {
  state <- conformal_online("saocp")
  conformal_online_run(state, c(1, 2, 0.5))
  file <- tempfile()
  saveRDS(list(state, conformal_online_serialize(state)), file)
  loaded <- readRDS(file)
  expect_error(conformal_online_threshold(loaded[[1]]), "another R session",
               class = "quantcal_error_null_pointer")
  expect_identical(conformal_online_threshold(conformal_online_deserialize(loaded[[2]])),
                   conformal_online_threshold(state))
})

test_that("what is no state is refused", {
  expect_error(conformal_online_threshold(1), class = "quantcal_error_type")
  expect_error(conformal_online_deserialize("a"), class = "quantcal_error_type")
  expect_error(conformal_online_deserialize(raw()), class = "quantcal_error_format")
  pretender <- structure(list(handle = 1), class = "quantcal_conformal_online")
  expect_error(conformal_online_threshold(pretender), "is not a qc_conformal_online",
               class = "quantcal_error_domain")
})

test_that("states go with the garbage collector", {
  for (i in 1:200) conformal_online_run(conformal_online("dtaci"), 1:50)
  gc()
  state <- conformal_online("pid")
  gctorture2(step = 11)
  torn <- conformal_online_run(state, c(1, 2, 3), c(0, 0.5, 1))
  kept <- conformal_online_threshold(conformal_online_deserialize(conformal_online_serialize(state)))
  counts <- summary(state)
  gctorture2(step = 0)
  expect_identical(torn$covered, c(FALSE, FALSE, FALSE))
  expect_identical(kept, conformal_online_threshold(state))
  expect_identical(counts$misses, 3L)
})
