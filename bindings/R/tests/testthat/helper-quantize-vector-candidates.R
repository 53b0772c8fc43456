# quantize/candidates from R.

double_outputs <- c(double_outputs, "qc_quantize_candidates_settle", "qc_quantize_candidates_calibrate")

vector_calls <- c(vector_calls, list(
  qc_quantize_candidates_options_init = function(case) {
    names <- c("candidates", "penalty", "settled", "iterations", "logit_step", "centre_step", "smoothing")
    # A number of centres is never left out: it is that of rows.
    c(sapply(names, function(name) default(quantize_candidates_calibrate, name), simplify = FALSE),
      list(centres = 256))
  },
  qc_quantize_candidates_find = function(case) {
    call_with(quantize_candidates_find, vectors = case$vectors, centres = case_books(case$books),
              candidates = case$candidates)
  },
  qc_quantize_candidates_mix = function(case) {
    quantize_candidates_mix(case$candidates, case$logits, case_books(case$books))
  },
  qc_quantize_candidates_gradient = function(case) {
    found <- call_with(quantize_candidates_gradient, gradients = case$gradients,
                       candidates = case$candidates, logits = case$logits,
                       centres = case_books(case$books), penalty = case$penalty)
    list(logit_gradients = found$logits, centre_gradients = found$centres)
  },
  qc_quantize_candidates_settle = function(case) {
    call_with(quantize_candidates_settle, candidates = case$candidates, logits = case$logits,
              centres = case$centres, settled = case$settled)
  },
  qc_quantize_candidates_calibrate = function(case) {
    case$centres <- case_books(case$books)
    found <- do.call(quantize_candidates_calibrate, case[setdiff(names(case), "books")])
    found$converged <- as.integer(found$converged)
    found
  }
))
