test_that("the versions of package and library agree", {
  expect_identical(version(), as.character(packageVersion("quantcal")))
})

test_that("statuses have names", {
  expect_identical(
    status_name(c(0, -1:-12, -13, 1, NA, 0.5)),
    c("QC_OK", "QC_ERR_NULL_POINTER", "QC_ERR_SIZE", "QC_ERR_NOT_FINITE", "QC_ERR_DOMAIN",
      "QC_ERR_OPTIONS", "QC_ERR_ALIGNMENT", "QC_ERR_ALIAS", "QC_ERR_NO_MEMORY", "QC_CANCELLED",
      "QC_ERR_FORMAT", "QC_INFEASIBLE", "QC_ERR_IO", rep("QC_UNKNOWN", 4))
  )
  expect_identical(status_name(numeric()), character())
})

test_that("the number of threads can be set and put back", {
  default <- thread_count()
  expect_identical(expect_invisible(set_thread_count(3)), default)
  expect_identical(set_thread_count(0L), 3L)
  expect_gte(thread_count(), 1L)
  expect_error(set_thread_count(-1), class = "quantcal_error_domain")
  expect_error(set_thread_count(1.5), class = "quantcal_error_domain")
  expect_error(set_thread_count(c(1, 2)), class = "quantcal_error_size")
})

test_that("results do not depend on the number of threads", {
  set.seed(11)
  logits <- matrix(rnorm(3e5), ncol = 3)
  labels <- max.col(logits + matrix(rnorm(3e5, sd = 2), ncol = 3))
  results <- lapply(c(1, 3), function(count) {
    before <- set_thread_count(count)
    on.exit(set_thread_count(before))
    probs <- temperature_apply(logits, 1.5)
    list(temperature_fit(logits, labels), probs, calibration_error(probs, labels),
         dequantize(quantize(logits, group_size = 2)))
  })
  expect_identical(results[[1]], results[[2]])
})

test_that("forked processes can use threads", {
  set.seed(12)
  logits <- matrix(rnorm(3e5), ncol = 3)
  here <- temperature_apply(logits, 2)
  there <- parallel::mclapply(1:2, function(i) temperature_apply(logits, 2), mc.cores = 2)
  expect_identical(there, list(here, here))
})

test_that("the kernels in use have a name", {
  expect_true(kernel_level() %in% c("reference", "avx2", "avx512"))
})
