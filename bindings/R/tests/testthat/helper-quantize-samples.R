# quantize/samples from R, which counts samples and time steps from 1.

double_outputs <- c(double_outputs, "qc_quantize_samples_allocate")

vector_calls <- c(vector_calls, list(
  qc_quantize_samples_options_init = function(case) {
    defaults <- function(f, ...) sapply(c(...), default, f = f, simplify = FALSE)
    c(defaults(quantize_samples_filter, "fence"),
      defaults(quantize_samples_select, "method", "radius", "diversity", "clusters", "restarts",
               "seed"),
      defaults(quantize_samples_steps, "draw", "mean", "deviation"))
  },
  qc_quantize_samples_filter = function(case) {
    kept <- call_with(quantize_samples_filter, statistics = case$statistics,
                      categories = case$categories, fence = case$fence)
    list(kept = as.integer(kept))
  },
  qc_quantize_samples_select = function(case) {
    kept <- if (!is.null(case$kept)) as.numeric(case$kept) == 1
    found <- call_with(
      quantize_samples_select, features = case$features, choose = case$choose, kept = kept,
      method = case$method, radius = case$radius, diversity = case$diversity,
      clusters = case$clusters, restarts = case$restarts, seed = case$seed
    )
    list(chosen = found - 1)
  },
  qc_quantize_samples_allocate = function(case) {
    call_with(quantize_samples_allocate, features = case$features, total = case$total,
              radius = case$radius, diversity = case$diversity)
  },
  qc_quantize_samples_steps = function(case) {
    found <- call_with(quantize_samples_steps, steps = case$steps, count = case$count,
                       draw = case$draw, mean = case$mean, deviation = case$deviation,
                       seed = case$seed)
    list(chosen = found - 1)
  }
))
