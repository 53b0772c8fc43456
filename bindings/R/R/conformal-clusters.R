#' Clusters of classes with scores that are distributed alike
#'
#' A class with few calibration points has no useful threshold of its own. The classes of a
#' cluster share one. `conformal_class_clusters()` makes clusters from one part of the
#' calibration points; they are the groups of a [conformal_calibrator()] of the other points, with
#' one group more and `last_group = "all"`. `conformal_cluster_plan()` says how
#' large the first part should be.
#'
#' Each class that is not rare is embedded by the quantiles 0.5, 0.6, ..., 0.9 of its scores, and the
#' classes are parted by k-means, weighted by the square roots of their sizes. Every cluster then
#' has its coverage, and a class as far as its scores are distributed like those of its cluster;
#' provided that no point is used for both.
#'
#' @param scores Scores of true labels; larger is stranger.
#' @param labels The true class of each point: a factor, or numbers from 1.
#' @param alpha The miscoverage level, strictly between 0 and 1.
#' @param classes How many classes there are.
#' @param cluster_count How many clusters there may be; 0 for half the number of points of the
#'   smallest class that is not rare.
#' @param rare Where classes go that have too few points for a finite threshold: to the
#'   null cluster, which has the marginal threshold, or to none.
#' @param restarts How many clusterings are tried, 1 to 1000.
#' @param seed Of the first centres.
#' @return `conformal_class_clusters()`: a list of `clusters`, the cluster of each class, and
#'   `cluster_count`. The null cluster is `cluster_count + 1`, and `NA` is none. There is never
#'   one cluster, which would have the marginal threshold.
#'   `conformal_cluster_plan()`: a list of `fraction`, the part of the points that makes the
#'   clusters, and `cluster_count`; fewer than 2 are none.
#' @references Ding, Angelopoulos, Bates, Jordan and Tibshirani (2023), Class-conditional
#'   conformal prediction with many classes.
#' @examples
#' found <- conformal_class_clusters(c(0, 5, 0.5, 6), c(1, 2, 3, 4), alpha = 0.5,
#'                                   cluster_count = 2)
#' calibrator <- conformal_calibrator(found$cluster_count + 1, last_group = "all")
#' update(calibrator, c(0.2, 7, 0.1), groups = found$clusters[c(1, 2, 3)])
#' conformal_calibrator_thresholds(calibrator, 0.5)[found$clusters]
#' conformal_cluster_plan(rep(40, 25), alpha = 0.1)
#' @export
conformal_class_clusters <- function(scores, labels, alpha,
                                     classes = if (is.factor(labels)) nlevels(labels) else max(labels, 0),
                                     cluster_count = 0, rare = c("marginal", "none"),
                                     restarts = 10, seed = 0) {
  codes <- if (is.factor(labels)) as.integer(labels) else labels
  found <- .Call(
    C_conformal_class_clusters, numbers(scores, "scores"), numbers(codes, "labels"),
    numbers(alpha, "alpha"), numbers(classes, "classes"), numbers(cluster_count, "cluster_count"),
    chosen(rare), numbers(restarts, "restarts"), numbers(seed, "seed")
  )
  names(found$clusters) <- levels(labels)
  found
}

#' @param counts The number of calibration points of each class.
#' @rdname conformal_class_clusters
#' @export
conformal_cluster_plan <- function(counts, alpha) {
  .Call(C_conformal_cluster_plan, numbers(counts, "counts"), numbers(alpha, "alpha"))
}
