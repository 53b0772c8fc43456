#' quantcal: quantize, calibrate and guarantee trained models
#'
#' What one does to a trained model after training: shrink its weights
#' ([quantize()]), make its probabilities honest ([temperature_fit()],
#' [calibration_error()], [isotonic_regression()]) and put guarantees on its
#' answers ([conformal_threshold()], [conformal_sets()],
#' [conformal_intervals()]). The work is done by the shared library
#' libquantcal, which gives the same numbers in C, Python, R and Swift.
#'
#' @section Arguments:
#' Double vectors are handed to the library where they lie; integer and logical
#' vectors are converted first. R stores a matrix by columns and the library
#' reads it by rows, so matrices are copied once. `NA` and `NaN` are errors.
#' Classes are counted from 1, as everything in R, or are factors.
#'
#' @section Interrupts:
#' [isotonic_regression()], [isotonic_nearly()], [isotonic_centered()],
#' [temperature_fit()], [quantize()] and
#' [dequantize()] can be interrupted while they work, and respect
#' [setTimeLimit()].
#'
#' @section Threads:
#' Large inputs use several threads; see [set_thread_count()]. A result never
#' depends on their number.
#'
#' @seealso [quantcal_error] for how errors are reported.
#' @useDynLib quantcal, .registration = TRUE, .fixes = "C_"
#' @importFrom stats coef predict
#' @keywords internal
"_PACKAGE"
