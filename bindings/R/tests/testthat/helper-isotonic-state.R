# isotonic/state from R.

empty_state <- function(case) {
  increasing <- if (!is.null(case$direction)) case$direction == "increasing"
  call_with(isotonic_state, loss = case$loss, increasing = increasing, level = case$level,
            solution = case$solution)
}

# Calls `use` with the points between one cut and the next.
for_each_part <- function(case, use) {
  bounds <- c(0, case$cuts, length(case$x))
  for (part in seq_along(bounds)[-1]) {
    points <- seq_len(bounds[part] - bounds[part - 1]) + bounds[part - 1]
    use(as.numeric(case$x[points]), as.numeric(case$y[points]),
        if (!is.null(case$weights)) case$weights[points])
  }
}

filled_state <- function(case) {
  state <- empty_state(case)
  for_each_part(case, function(x, y, weights) update(state, x, y, weights))
  state
}

state_blocks <- function(state) {
  blocks <- fitted(state)
  list(first = blocks$first, last = blocks$last, values = blocks$value, weights = blocks$weight)
}

state_fit <- function(case) state_blocks(filled_state(case))

vector_calls <- c(vector_calls, list(
  qc_isotonic_state_options_init = function(case) {
    list(
      loss = default(isotonic_state, "loss"),
      direction = if (default(isotonic_state, "increasing")) "increasing" else "decreasing",
      solution = default(isotonic_state, "solution"), level = default(isotonic_state, "level")
    )
  },
  qc_isotonic_state_create = state_fit,
  qc_isotonic_state_destroy = state_fit,
  qc_isotonic_state_update = state_fit,
  qc_isotonic_state_fit = state_fit,
  qc_isotonic_state_merge = function(case) {
    states <- list()
    for_each_part(case, function(x, y, weights) {
      states <<- c(states, list(update(empty_state(case), x, y, weights)))
    })
    while (length(states) > 1) {
      at <- if (identical(case$fold, "right")) length(states) - 1 else 1
      merge(states[[at]], states[[at + 1]])
      states <- states[-(at + 1)]
    }
    state_blocks(states[[1]])
  },
  qc_isotonic_state_knots = function(case) knots(filled_state(case)),
  qc_isotonic_state_serialize = function(case) {
    list(bytes = as.integer(isotonic_state_serialize(filled_state(case))))
  },
  qc_isotonic_state_deserialize = function(case) {
    state_blocks(isotonic_state_deserialize(as.raw(case$bytes)))
  }
))
