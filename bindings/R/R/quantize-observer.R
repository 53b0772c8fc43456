#' Observers: ranges of values that come in batches
#'
#' An observer keeps what ranges need of the values of a tensor: their number, the smallest and
#' the largest, the number of zeros, and a histogram of bounded memory; of all values together, or
#' of each channel. It depends on the values only, not on their order, nor on how they were shared
#' out to observers that were merged. (Ranges of each token at run time need no observer: they are
#' [quantize_range()] with `granularity = "row"`.)
#'
#' **An observer is changed in place**, as an environment is: after `b <- a`, both names stand for
#' one. `quantize_observer_deserialize(quantize_observer_serialize(a))` is a copy. An observer is of
#' the running session; what `save()` or `saveRDS()` keeps of it cannot be used. Save what
#' `quantize_observer_serialize()` gives.
#'
#' @param channels 1: all values together; more: a range for each channel.
#' @param bins The most bins of a histogram, 16 to 65536.
#' @param moving_average 0: none. Up to 1: `c` of the averages `(1 - c) * average + c * end` that follow
#'   the smallest and the largest value from update to update, as the range of `"min_max"`. ONNX
#'   Runtime has 0.01. They depend on the order, so such observers do not merge.
#' @return `quantize_observer()` and `quantize_observer_deserialize()` give an observer, an object of
#'   class `quantcal_observer`; `quantize_observer_update()` and `quantize_observer_merge()` the same
#'   one, invisibly. `summary()` gives a list: `count`, and for each channel `zero_count`, `minimum`,
#'   `maximum`, `average_minimum` and `average_maximum` (`NaN` without moving averages), `mean` and
#'   `standard_deviation` (of the bins' centres), `bin_width`. `quantize_observer_range()` gives what
#'   [quantize_range()] gives for the values of each channel in one group, in matrices of one column;
#'   of most rules nearly, as it sees bins.
#'   `quantize_observer_serialize()` gives a raw vector.
#' @examples
#' observer <- quantize_observer()
#' for (batch in 1:10) quantize_observer_update(observer, rnorm(1000))
#' quantize_observer_range(observer, "int8", "mse")$scales
#' @export
quantize_observer <- function(channels = 1L, bins = 2048L, moving_average = 0) {
  new_observer(.Call(
    C_quantize_observer_create, numbers(channels, "channels"), numbers(bins, "bins"),
    numbers(moving_average, "moving_average")
  ))
}

new_observer <- function(handle) structure(list(handle = handle), class = "quantcal_observer")

observer_handle <- function(observer, name = "observer", call = sys.call(sys.parent())) {
  if (!inherits(observer, "quantcal_observer")) {
    refuse("type", call, "%s must be one of quantize_observer(), not of class %s", name,
           class(observer)[1])
  }
  observer$handle
}

#' @param observer,other,object,x An observer.
#' @param values Numbers, finite: a vector, matrix or array.
#' @param margin If there is more than one channel, which dimension of `values` they are.
#' @rdname quantize_observer
#' @export
quantize_observer_update <- function(observer, values, margin = length(dim(values))) {
  handle <- observer_handle(observer)
  channels <- length(.Call(C_quantize_observer_summarize, handle)$minimum)
  sizes <- c(1, length(values))
  if (channels > 1) {
    shape <- dim(values)
    if (is.null(shape) || !isTRUE(margin %in% seq_along(shape)) || shape[margin] != channels) {
      refuse("size", sys.call(), "values must have %d channels in dimension margin", channels)
    }
    sizes <- c(prod(shape[-seq_len(margin)]), prod(shape[seq_len(margin - 1)]))
  }
  .Call(C_quantize_observer_update, handle, numbers(values, "values"), sizes[1], sizes[2])
  invisible(observer)
}

#' @rdname quantize_observer
#' @export
quantize_observer_merge <- function(observer, other) {
  .Call(C_quantize_observer_merge, observer_handle(observer), observer_handle(other, "other"))
  invisible(observer)
}

#' @param ... Not used.
#' @rdname quantize_observer
#' @export
summary.quantcal_observer <- function(object, ...) {
  .Call(C_quantize_observer_summarize, object$handle)
}

#' @inheritParams quantize_range
#' @rdname quantize_observer
#' @export
quantize_observer_range <- function(observer, grid, rule = "min_max", zeros = FALSE) {
  .Call(C_quantize_observer_range, observer_handle(observer), grid_fields(grid), rule_fields(rule),
        flag(zeros, "zeros"))
}

#' @rdname quantize_observer
#' @export
quantize_observer_serialize <- function(observer) {
  .Call(C_quantize_observer_serialize, observer_handle(observer))
}

#' @param bytes What `quantize_observer_serialize()` gave. It may come from anyone: what is not an
#'   observer is an error of class `quantcal_error_format`.
#' @rdname quantize_observer
#' @export
quantize_observer_deserialize <- function(bytes) {
  new_observer(.Call(C_quantize_observer_deserialize, raw_vector(bytes, "bytes")))
}

#' @rdname quantize_observer
#' @export
print.quantcal_observer <- function(x, ...) {
  summary <- summary(x)
  cat(sprintf("Observer of %.0f values from %s to %s\n", summary$count * length(summary$minimum),
              format(min(summary$minimum)), format(max(summary$maximum))))
  invisible(x)
}
