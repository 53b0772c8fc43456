# conformal/holdout from R.

case_holdout <- function(case) {
  call_with(conformal_holdout, mechanism = case$mechanism, threshold = case$threshold,
            sigma = case$sigma, grid = case$grid, budget = case$budget, seed = case$seed)
}

# The answers to the questions of a case, call by call.
asked_holdout <- function(holdout, case) {
  bounds <- c(0, case$cuts, length(case$training))
  answers <- lapply(seq_along(bounds)[-1], function(part) {
    questions <- seq_len(bounds[part] - bounds[part - 1]) + bounds[part - 1]
    conformal_holdout_ask(holdout, as.numeric(case$training[questions]),
                          as.numeric(case$holdout[questions]))
  })
  answers <- do.call(rbind, answers)
  left <- conformal_holdout_remaining(holdout)
  list(answers = answers$answer, from_holdout = as.integer(answers$from_holdout),
       answered = nrow(answers), budget_left = left$budget, asked = left$asked)
}

holdout_call <- function(case) asked_holdout(case_holdout(case), case)

vector_calls <- c(vector_calls, list(
  qc_conformal_holdout_options_init = function(case) {
    fields <- c("mechanism", "threshold", "sigma", "grid", "budget", "seed")
    sapply(fields, default, f = conformal_holdout, simplify = FALSE)
  },
  qc_conformal_holdout_create = holdout_call,
  qc_conformal_holdout_destroy = holdout_call,
  qc_conformal_holdout_ask = holdout_call,
  qc_conformal_holdout_remaining = holdout_call,
  qc_conformal_holdout_serialize = function(case) {
    holdout <- case_holdout(case)
    asked_holdout(holdout, case)
    list(bytes = as.integer(conformal_holdout_serialize(holdout)))
  },
  qc_conformal_holdout_deserialize = function(case) {
    asked_holdout(conformal_holdout_deserialize(as.raw(case$bytes)), case)
  },
  qc_conformal_holdout_error = function(case) {
    list(error = conformal_holdout_error(case$n, case$questions, case$budget, case$grid,
                                         case$threshold, case$delta))
  },
  qc_conformal_holdout_questions = function(case) {
    list(questions = conformal_holdout_questions(case$n, case$accuracy, case$budget, case$grid,
                                                 case$threshold, case$delta))
  }
))
