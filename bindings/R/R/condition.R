#' Errors of the package
#'
#' Every error that the library reports is an R condition of class
#' `quantcal_error`, and of a class for its kind, so that [tryCatch()] can tell
#' them apart:
#'
#' | class | meaning |
#' |---|---|
#' | `quantcal_error_size` | a length is zero where it may not be, too large, or does not fit |
#' | `quantcal_error_not_finite` | a value is `NA` or `NaN`, or infinite where it must be finite |
#' | `quantcal_error_domain` | a value is outside its range |
#' | `quantcal_error_options` | a choice is none of those offered |
#' | `quantcal_error_type` | an argument is of the wrong R type |
#' | `quantcal_error_no_memory` | memory for scratch could not be had |
#' | `quantcal_error_infeasible` | what was asked for does not exist: no parameter is valid |
#' | `quantcal_error_io` | a file cannot be opened, read or written |
#'
#' Further kinds are named after the library's other status codes.
#'
#' The condition has the fields `message`, which for an error that the library
#' found is what the library said, word for word; `status`, its code (see
#' [status_name()]; `NA` for `quantcal_error_type`); and `hint`, if there is
#' something to add, such as that the library counts positions from 0, where R
#' counts from 1. [conditionMessage()] gives message and hint.
#'
#' @param c A condition of class `quantcal_error`.
#' @return `conditionMessage()` gives one string.
#' @name quantcal_error
#' @aliases conditionMessage.quantcal_error
#' @examples
#' tryCatch(
#'   isotonic_regression(c(1, 2), weights = c(1, -1)),
#'   quantcal_error_domain = function(e) conditionMessage(e)
#' )
#' @export
conditionMessage.quantcal_error <- function(c) {
  paste0(c$message, c$hint)
}

quantcal_condition <- function(kind, message, status, call, hint = NULL) {
  structure(
    class = c(paste0("quantcal_error_", kind), "quantcal_error", "error", "condition"),
    list(message = message, call = call, status = status, hint = hint)
  )
}

# The last part of the class for a status: "domain" for QC_ERR_DOMAIN.
kind_of <- function(status) {
  tolower(sub("^QC_(ERR_)?", "", .Call(C_status_name, as.double(status))))
}

# Called from C with what the library said.
raise_library_error <- function(status, message) {
  hint <- if (grepl("\\[[0-9]", message)) " (positions are counted from 0)"
  stop(quantcal_condition(kind_of(status), message, status, sys.call(-1), hint))
}

# Called from C for what the binding cannot pass on to the library.
raise_refusal <- function(status, message) {
  stop(quantcal_condition(kind_of(status), message, status, sys.call(-1)))
}

# The same from R. `call` is the user's.
refuse <- function(kind, call, format, ...) {
  status <- c(type = NA, size = -2L, domain = -4L, options = -5L)[[kind]]
  stop(quantcal_condition(kind, sprintf(format, ...), status, call))
}
