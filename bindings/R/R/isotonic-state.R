#' Isotonic fits that take points as they come, and merge
#'
#' A state takes points in the order of `x` and keeps what the fit of all of them
#' needs: for the squared loss the blocks, which may be far fewer than the points;
#' for quantiles every point. States of neighbouring ranges of `x` merge to the
#' state of all their points, to the last bit for quantiles and wherever sums are
#' exact in twice the precision of a double.
#'
#' **A state is changed in place**, as an environment is: after `b <- a`, both
#' names stand for one state. `isotonic_state_deserialize(isotonic_state_serialize(a))`
#' is a copy. A state is of the running session; what `save()` or `saveRDS()` keeps of
#' it cannot be used. Save what `isotonic_state_serialize()` gives.
#'
#' @param loss `"squared"`, or `"quantile"` for the loss whose minimiser is the
#'   quantile of `level`.
#' @param increasing `TRUE` for a fit that never falls, `FALSE` for one that
#'   never rises.
#' @param level The level of the quantile, above 0 and below 1.
#' @param solution Which of several optimal fits of quantiles: the lowest, which
#'   is the default, or the highest.
#' @return `isotonic_state()` and `isotonic_state_deserialize()` give a state, an
#'   object of class `quantcal_isotonic_state`; `update()` and `merge()` the state
#'   that they changed, invisibly. `fitted()` gives a data frame with a row for each
#'   block of the fit: its `first` and `last` x, its `value`, and its `weight`.
#'   `knots()` gives a list of `x`, which rises, and `y`: both ends of every block, or
#'   its only x. `isotonic_state_serialize()` gives a raw vector, the same on
#'   every machine.
#' @examples
#' state <- isotonic_state()
#' update(state, 1:3, c(1, 4, 3))
#' following <- isotonic_state()
#' update(following, c(3, 4), c(2, 6))
#' merge(state, following)
#' fitted(state)
#' identical(fitted(isotonic_state_deserialize(isotonic_state_serialize(state))),
#'           fitted(state))
#' @export
isotonic_state <- function(loss = c("squared", "quantile"), increasing = TRUE, level = 0.5,
                           solution = c("default", "lower", "upper")) {
  new_state(.Call(
    C_isotonic_state_create,
    chosen(loss),
    as.double(!flag(increasing, "increasing")),
    chosen(solution),
    numbers(level, "level")
  ))
}

new_state <- function(handle) {
  structure(list(handle = handle), class = "quantcal_isotonic_state")
}

#' @param object,Fn,state A state.
#' @param x,y For `update()`, points: `x` finite and never falling, none below the
#'   last x so far; `y` finite. For `merge()`, states: `x` is changed, and `y` is
#'   that of the range that follows, made with the same options.
#' @param weights Weights, one for each point, finite, not negative and not all 0;
#'   `NULL` for ones. A point of weight 0 is ignored.
#' @param ... Not used.
#' @rdname isotonic_state
#' @importFrom stats update
#' @export
update.quantcal_isotonic_state <- function(object, x, y, weights = NULL, ...) {
  .Call(
    C_isotonic_state_update, object$handle, numbers(x, "x"), numbers(y, "y"),
    numbers_or_null(weights, "weights")
  )
  invisible(object)
}

#' @rdname isotonic_state
#' @export
merge.quantcal_isotonic_state <- function(x, y, ...) {
  if (!inherits(y, "quantcal_isotonic_state")) {
    refuse("type", sys.call(), "y must be an isotonic state, not of class %s", class(y)[1])
  }
  .Call(C_isotonic_state_merge, x$handle, y$handle)
  invisible(x)
}

#' @rdname isotonic_state
#' @importFrom stats fitted
#' @export
fitted.quantcal_isotonic_state <- function(object, ...) {
  as.data.frame(.Call(C_isotonic_state_fit, object$handle))
}

#' @rdname isotonic_state
#' @importFrom stats knots
#' @export
knots.quantcal_isotonic_state <- function(Fn, ...) .Call(C_isotonic_state_knots, Fn$handle)

#' @rdname isotonic_state
#' @export
isotonic_state_serialize <- function(state) {
  if (!inherits(state, "quantcal_isotonic_state")) {
    refuse("type", sys.call(), "state must be an isotonic state, not of class %s", class(state)[1])
  }
  .Call(C_isotonic_state_serialize, state$handle)
}

#' @param bytes What `isotonic_state_serialize()` gave. It may come from anyone: what is
#'   not a state is an error of class `quantcal_error_format`.
#' @rdname isotonic_state
#' @export
isotonic_state_deserialize <- function(bytes) {
  new_state(.Call(C_isotonic_state_deserialize, raw_vector(bytes, "bytes", sys.call())))
}

#' @rdname isotonic_state
#' @export
print.quantcal_isotonic_state <- function(x, ...) {
  blocks <- fitted(x)
  cat(sprintf("Isotonic state: %d blocks\n", nrow(blocks)))
  if (nrow(blocks) > 0) {
    cat(sprintf("x from %s to %s\n", format(blocks$first[1]), format(blocks$last[nrow(blocks)])))
  }
  invisible(x)
}
