# quantize/observer from R.

# What functions of single-precision values give in double precision.
double_outputs <- c(double_outputs, "qc_quantize_observer_update")

# The parts of the values that further calls, or further observers, begin at `cuts`.
observer_parts <- function(case) {
  values <- as.numeric(case$values)
  cuts <- as.numeric(case$cuts)
  unname(split(values, findInterval(seq_along(values) - 1, cuts)))
}

empty_observer <- function(case) {
  call_with(quantize_observer, channels = case$channels, bins = case$bins,
            moving_average = case$moving_average)
}

# Channels change every `inner` values, so they are the second dimension.
update_with <- function(observer, part, case) {
  inner <- if (is.null(case$inner)) 1 else case$inner
  channels <- length(summary(observer)$minimum)
  shape <- c(inner, channels, length(part) / inner / channels)
  quantize_observer_update(observer, array(part, shape), margin = 2)
}

observer_of_case <- function(case) {
  observer <- empty_observer(case)
  for (part in observer_parts(case)) update_with(observer, part, case)
  observer
}

observer_summary <- function(case) summary(observer_of_case(case))

vector_calls <- c(vector_calls, list(
  qc_quantize_observer_options_init = function(case) {
    list(channels = default(quantize_observer, "channels"), bins = default(quantize_observer, "bins"),
         moving_average = default(quantize_observer, "moving_average"))
  },
  qc_quantize_observer_create = observer_summary,
  qc_quantize_observer_destroy = observer_summary,
  qc_quantize_observer_update = observer_summary,
  qc_quantize_observer_summarize = observer_summary,
  qc_quantize_observer_merge = function(case) {
    observers <- lapply(observer_parts(case), function(part) {
      update_with(empty_observer(case), part, case)
    })
    from_right <- identical(case$fold, "right")
    summary(Reduce(function(a, b) if (from_right) quantize_observer_merge(b, a)
                   else quantize_observer_merge(a, b),
                   if (from_right) rev(observers) else observers))
  },
  qc_quantize_observer_range = function(case) {
    found <- quantize_observer_range(observer_of_case(case), case_grid(case), case_rule(case),
                                     zeros = isTRUE(case$with_zeros == 1))
    list(scales = as.vector(found$scales), zeros = as.vector(found$zeros))
  },
  qc_quantize_observer_serialize = function(case) {
    list(bytes = as.integer(quantize_observer_serialize(observer_of_case(case))))
  },
  qc_quantize_observer_deserialize = function(case) {
    observer <- quantize_observer_deserialize(as.raw(case$bytes))
    summary(update_with(observer, as.numeric(case$values), case))
  }
))
