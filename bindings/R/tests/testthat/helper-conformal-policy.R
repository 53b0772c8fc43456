# conformal/policy from R.

policy_ends <- function(case, name) {
  low <- case[[paste0(name, "_low")]]
  high <- case[[paste0(name, "_high")]]
  known <- eval(formals(conformal_policy_learn)[[paste0(name, "_range")]])
  c(if (is.null(low)) known[1] else low, if (is.null(high)) known[2] else high)
}

vector_calls <- c(vector_calls, list(
  qc_conformal_policy_options_init = function(case) {
    names <- c("wrong_cost", "size_cost", "abstention_cost", "candidates", "rounds", "seed")
    single <- policy_ends(list(), "single")
    abstention <- policy_ends(list(), "abstention")
    c(sapply(names, default, f = conformal_policy_learn, simplify = FALSE),
      list(single_low = single[1], single_high = single[2], abstention_low = abstention[1],
           abstention_high = abstention[2]))
  },
  qc_conformal_policy_value = function(case) {
    call_with(conformal_policy_value, scores = case$scores, labels = as.numeric(case$labels) + 1,
              single_alpha = case$single_alpha, abstention_alpha = case$abstention_alpha,
              wrong_cost = case$wrong_cost, size_cost = case$size_cost,
              abstention_cost = case$abstention_cost)
  },
  qc_conformal_policy_learn = function(case) {
    call_with(conformal_policy_learn, scores = case$scores, labels = as.numeric(case$labels) + 1,
              wrong_cost = case$wrong_cost, size_cost = case$size_cost,
              abstention_cost = case$abstention_cost, single_range = policy_ends(case, "single"),
              abstention_range = policy_ends(case, "abstention"), candidates = case$candidates,
              rounds = case$rounds, seed = case$seed)
  }
))
