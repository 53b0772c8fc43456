# conformal/clusters from R.

vector_calls <- c(vector_calls, list(
  qc_conformal_cluster_options_init = function(case) {
    sapply(c("cluster_count", "rare", "restarts", "seed"), default, f = conformal_class_clusters,
           simplify = FALSE)
  },
  qc_conformal_cluster_plan = function(case) {
    conformal_cluster_plan(as.numeric(case$counts), case$alpha)
  },
  qc_conformal_class_clusters = function(case) {
    found <- call_with(conformal_class_clusters, scores = as.numeric(case$scores),
                       labels = as.numeric(case$labels) + 1, alpha = case$alpha,
                       classes = case$class_count, cluster_count = case$cluster_count,
                       rare = case$rare, restarts = case$restarts, seed = case$seed)
    clusters <- found$clusters - 1L
    clusters[is.na(clusters)] <- -1L
    list(clusters = clusters, cluster_count = found$cluster_count)
  }
))
