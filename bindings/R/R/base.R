#' The library in use
#'
#' `version()` is the version of libquantcal. `kernel_level()` says which set of
#' inner loops it chose for this processor; the environment variable
#' `QUANTCAL_KERNELS`, read once, forces another. `status_name()` gives the name
#' of a status code, as found in the field `status` of a [quantcal_error].
#' `last_error()` is the message of the last call of the library that failed.
#'
#' The function `version()` hides the variable [base::version] while the package
#' is attached; `R.version` is the same list.
#'
#' @param status Status codes, a numeric vector.
#' @return A string: for `version()` such as `"0.1.0"`; for `kernel_level()`
#'   `"reference"`, `"avx2"` or `"avx512"`; for `last_error()` empty if no call
#'   has failed yet. `status_name()` gives one string for each code, and
#'   `"QC_UNKNOWN"` for what is none.
#' @examples
#' version()
#' kernel_level()
#' status_name(c(0, -4))
#' try(conformal_rank(10, 2))
#' last_error()
#' @export
version <- function() .Call(C_version)

#' @rdname version
#' @export
kernel_level <- function() .Call(C_kernel_level)

#' @rdname version
#' @export
status_name <- function(status) .Call(C_status_name, numbers(status, "status"))

#' @rdname version
#' @export
last_error <- function() .Call(C_last_error)

#' How many threads a call may use
#'
#' Small inputs use one thread whatever is set here. The threads of a call end
#' with it, so forked processes (as of [parallel::mclapply()]) are safe.
#'
#' @param count 1 to 1024, or 0 for the default: the environment variable
#'   `QUANTCAL_THREADS` if it is set, otherwise the processors that this process
#'   may run on.
#' @return `thread_count()`: the number in force. `set_thread_count()`: the
#'   number that was in force before, invisibly.
#' @examples
#' before <- set_thread_count(1)
#' thread_count()
#' set_thread_count(before)
#' @export
set_thread_count <- function(count) {
  before <- thread_count()
  .Call(C_set_thread_count, numbers(count, "count"))
  invisible(before)
}

#' @rdname set_thread_count
#' @export
thread_count <- function() .Call(C_thread_count)
