test_that("classes of a kind share a cluster, and those cost no more than k-means finds", {
  set.seed(12)
  kinds <- c(0, sample(0:2, 30, replace = TRUE), 1, 2)
  labels <- rep(seq_along(kinds), 12)
  scores <- 100 * kinds[labels] + rnorm(length(labels))
  found <- conformal_class_clusters(scores, labels, 0.1, cluster_count = 3)
  expect_identical(found$cluster_count, 3L)
  expect_identical(found$clusters, match(kinds, unique(kinds)))
})

test_that("factors name their classes", {
  labels <- factor(c("ox", "ass", "ox", "ass", "cow"), levels = c("ass", "cow", "ox"))
  found <- conformal_class_clusters(c(1, 9, 2, 8, 9), labels, 0.4, cluster_count = 2)
  expect_identical(found$clusters, c(ass = 1L, cow = 3L, ox = 2L))
  none <- conformal_class_clusters(c(1, 9, 2, 8, 9), labels, 0.4, cluster_count = 2, rare = "none")
  expect_identical(none$clusters, c(ass = 1L, cow = NA, ox = 2L))
})

test_that("clusters are groups of a calibrator", {
  found <- conformal_class_clusters(c(0, 5, 0.5, 6), 1:4, 0.5, classes = 5, cluster_count = 2)
  calibrator <- conformal_calibrator(found$cluster_count + 1, last_group = "all")
  update(calibrator, c(0.25, 7, 0.125), groups = found$clusters[1:3])
  expect_identical(conformal_calibrator_thresholds(calibrator, 0.5)[found$clusters],
                   c(0.25, 7, 0.25, 7, 0.25))
})

test_that("no classes work", {
  expect_identical(conformal_class_clusters(numeric(), numeric(), 0.1),
                   list(clusters = integer(), cluster_count = 0L))
})

test_that("faulty calls are refused", {
  expect_error(conformal_class_clusters(c(1, NaN), 1:2, 0.1), "scores",
               class = "quantcal_error_not_finite")
  expect_error(conformal_class_clusters(1:2, c(1, 0), 0.1), "labels",
               class = "quantcal_error_domain")
  expect_error(conformal_class_clusters(1:2, c(1, 3), 0.1, classes = 2), "labels",
               class = "quantcal_error_domain")
  expect_error(conformal_class_clusters(1:2, 1, 0.1), "labels", class = "quantcal_error_size")
  expect_error(conformal_class_clusters(1, 1, 0.1, restarts = 0), "restarts",
               class = "quantcal_error_options")
  expect_error(conformal_cluster_plan(c(1, 0.5), 0.1), "counts", class = "quantcal_error_domain")
  expect_error(conformal_cluster_plan(c(1, -1), 0.1), "counts", class = "quantcal_error_domain")
})
