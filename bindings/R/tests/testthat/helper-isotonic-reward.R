# isotonic/reward from R. (With $ a fold that is not there would be the folds.)

r_fold <- function(fold) if (!is.null(fold)) fold + 1

reward_fit <- function(case) {
  call_with(isotonic_reward_fit, scores = case$scores, labels = case$labels,
            weights = case$weights, fold = r_fold(case[["fold"]]), mode = case$mode,
            folds = case$folds, seed = case$seed)
}

vector_calls <- c(vector_calls, list(
  qc_isotonic_reward_options_init = function(case) {
    list(seed = default(isotonic_reward_fit, "seed"), folds = default(isotonic_reward_fit, "folds"),
         mode = default(isotonic_reward_fit, "mode"))
  },
  qc_isotonic_reward_folds = function(case) {
    clusters <- if (is.null(case$clusters)) case[["n"]] else strsplit(case$clusters, " ")[[1]]
    dealt <- call_with(isotonic_reward_folds, clusters = clusters, labelled = case$labelled,
                       folds = case$folds, seed = case$seed)
    list(fold = dealt$fold - 1L, fold_count = dealt$fold_count)
  },
  qc_isotonic_reward_fit = function(case) unclass(reward_fit(case)),
  qc_isotonic_reward_destroy = function(case) unclass(reward_fit(case)),
  qc_isotonic_reward_predict = function(case) {
    fit <- reward_fit(case)
    list(rewards = predict(fit, case$new_scores, fold = r_fold(case$new_fold)))
  },
  qc_isotonic_reward_mean = function(case) {
    call_with(isotonic_reward_mean, object = reward_fit(case), newdata = case$new_scores,
              weights = case$new_weights)
  },
  qc_isotonic_weight_options_init = function(case) {
    fields <- c("seed", "folds", "variance_cap", "ess_floor", "weight_floor", "shrinkage")
    values <- sapply(fields, default, f = isotonic_weight_stabilize, simplify = FALSE)
    is_reward <- is.null(eval(formals(isotonic_weight_stabilize)$residuals))
    c(values, include_raw = as.integer(default(isotonic_weight_stabilize, "include_raw")),
      target = if (is_reward) "rewards" else "residuals")
  },
  qc_isotonic_weight_stabilize = function(case) {
    is_residual <- identical(case$target, "residuals")
    steady <- call_with(
      isotonic_weight_stabilize, weights = case$weights, scores = case$scores,
      rewards = if (!is_residual) case$targets, residuals = if (is_residual) case$targets,
      fold = r_fold(case[["fold"]]), new_scores = case$new_scores, new_weights = case$new_weights,
      include_raw = if (!is.null(case$include_raw)) case$include_raw == 1,
      variance_cap = case$variance_cap, ess_floor = case$ess_floor,
      weight_floor = case$weight_floor, shrinkage = case$shrinkage, folds = case$folds,
      seed = case$seed
    )
    c(stabilized = list(steady$weights), new_stabilized = list(steady$new_weights), steady)
  }
))
