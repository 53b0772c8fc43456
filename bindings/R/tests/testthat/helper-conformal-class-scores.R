# conformal/class_scores from R.

class_call <- function(f, case, ...) {
  call_with(f, probs = case$probabilities, ..., kind = case$kind,
            randomisation = case$randomisation, points = case$points, lambda = case$lambda,
            k_reg = case$k_reg, gamma = case$gamma, seed = case$seed,
            first_row = case$first_row)
}

vector_calls <- c(vector_calls, list(
  qc_conformal_class_options_init = function(case) {
    names <- c("kind", "randomisation", "points", "threshold_for", "empty_sets", "k_reg", "lambda",
               "gamma", "seed", "first_row")
    sapply(names, default, f = conformal_class_sets, simplify = FALSE)
  },
  qc_conformal_label_scores = function(case) {
    list(scores = class_call(conformal_label_scores, case, labels = as.numeric(case$labels) + 1))
  },
  qc_conformal_class_scores = function(case) {
    list(scores = class_call(conformal_class_scores, case))
  },
  qc_conformal_class_sets = function(case) {
    sets <- class_call(conformal_class_sets, case, thresholds = case$thresholds,
                       threshold_for = case$threshold_for, empty_sets = case$empty_sets)
    list(mask = matrix(as.integer(sets$mask), nrow(sets$mask)), sizes = sets$sizes)
  },
  qc_conformal_raps_tune = function(case) {
    call_with(conformal_raps_tune, probs = case$probabilities,
              labels = as.numeric(case$labels) + 1, alpha = case$alpha, lambdas = case$lambdas,
              randomisation = case$randomisation)
  }
))
