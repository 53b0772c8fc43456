# isotonic/order from R.

order_directions <- function(case) {
  if (!is.null(case$directions)) case$directions == 0
}

grid_directions <- function(case) {
  words <- list(case$row_direction, case$column_direction)
  vapply(words, function(word) is.null(word) || word == "increasing", logical(1))
}

order_outputs <- function(fit) {
  list(fitted = fit$fitted, blocks = fit$blocks - 1L, block_count = fit$block_count)
}

# A fit with the values of the case.
known_fit <- function(case) {
  directions <- order_directions(case)
  structure(
    list(fitted = as.numeric(case$fitted), points = case$points,
         increasing = if (is.null(directions)) rep(TRUE, ncol(case$points)) else directions),
    class = "quantcal_isotonic_order"
  )
}

vector_calls <- c(vector_calls, list(
  qc_isotonic_order_options_init = function(case) {
    list(loss = default(isotonic_order, "loss"), solution = default(isotonic_order, "solution"),
         level = default(isotonic_order, "level"))
  },
  qc_isotonic_order_points = function(case) {
    order_outputs(call_with(isotonic_order, points = case$points, y = as.numeric(case$y),
                            weights = case$weights, increasing = order_directions(case),
                            loss = case$loss, level = case$level, solution = case$solution))
  },
  qc_isotonic_order_grid = function(case) {
    list(fitted = call_with(isotonic_grid, y = case$y, weights = case$weights,
                            increasing = grid_directions(case), loss = case$loss,
                            level = case$level, solution = case$solution))
  },
  qc_isotonic_order_graph = function(case) {
    edges <- cbind(as.numeric(case$from), as.numeric(case$to)) + 1
    order_outputs(call_with(isotonic_graph, edges = edges, y = as.numeric(case$y),
                            weights = case$weights, loss = case$loss, level = case$level,
                            solution = case$solution))
  },
  qc_isotonic_order_predict_options_init = function(case) {
    list(solution = default(quantcal:::predict.quantcal_isotonic_order, "solution"))
  },
  qc_isotonic_order_predict = function(case) {
    solution <- if (!identical(case$solution, "default")) case$solution
    list(predictions = call_with(predict, object = known_fit(case), newdata = case$queries,
                                 solution = solution))
  }
))
