#' Ranges that are shared by channels, or by time steps, that have their own
#'
#' `quantize_reparameterize()` gives activations whose channels have scales and zero points of their
#' own one of each, without a change of what the model computes, as RepQ-ViT does it: the
#' differences go into the normalization before the channels and into the linear layer behind them.
#' `quantize_range_groups()` gives fewer ranges than there are channels or time steps: those that are
#' alike share one. `quantize_step_places()` finds the calibrated time step that is nearest.
#'
#' Where each step of a diffusion model had a [quantize_observer()], the observers of a group are
#' merged, and give its table by any rule.
#'
#' @param scales,zeros One for each channel, as [quantize_observer_range()] gives them. Channels of
#'   scale 0 are skipped, which is for those that are always 0. `zeros` is `NULL` if there are no zero
#'   points.
#' @param gamma,beta Of the normalization, one for each channel. `beta` may be `NULL` if `zeros` is.
#' @param weights Of the linear layer: a row for each output, a column for each channel.
#' @param bias One for each output; `NULL` is a layer without, which gets one if there are zero
#'   points.
#' @param common Where the common values lie among those of the channels: `"mean"`, or `"median"`
#'   (MOSF of DopQ-ViT).
#' @param real_zero Whether the common zero point need not be a whole number.
#' @return `quantize_reparameterize()`: a list of `scale`, `zero`, `gamma`, `beta`, `weights` and
#'   `bias`; ranges of the weights are to be chosen afterwards. `quantize_range_groups()`: a list of
#'   `group_of` (the group of each range, numbered from 1 by their first members) and `minimum` and
#'   `maximum`, the smallest range that holds those of each group. `quantize_step_places()`:
#'   places in `calibrated`; halfway between two, the first of them.
#' @examples
#' quantize_reparameterize(c(1, 3), c(4, 8), c(2, 2), c(1, 1), rbind(c(1, 1)))
#' quantize_range_groups(c(-1, -9, -2), c(1, 9, 1), 2)$group_of
#' quantize_step_places(c(0, 50, 100), c(20, 30, 999))
#' @export
quantize_reparameterize <- function(scales, zeros, gamma, beta, weights, bias = NULL,
                                    common = c("mean", "median"), real_zero = FALSE) {
  weights <- number_matrix(weights, "weights")
  if (is.null(bias) && !is.null(zeros)) bias <- numeric(nrow(weights))
  wanted <- c(zeros = length(scales), gamma = length(scales), beta = length(scales),
              `a row of weights` = length(scales), bias = nrow(weights))
  given <- list(zeros = zeros, gamma = gamma, beta = beta,
                `a row of weights` = seq_len(ncol(weights)), bias = bias)
  for (name in names(wanted)) {
    if (!is.null(given[[name]]) && length(given[[name]]) != wanted[[name]]) {
      refuse("size", sys.call(), "%s has %d elements; %d are needed", name, length(given[[name]]),
             wanted[[name]])
    }
  }
  .Call(
    C_quantize_reparameterize, numbers(scales, "scales"), numbers_or_null(zeros, "zeros"),
    numbers(gamma, "gamma"), numbers_or_null(beta, "beta"), weights,
    numbers_or_null(bias, "bias"), chosen(common), flag(real_zero, "real_zero")
  )
}

#' @param minimum,maximum The ranges.
#' @param groups The most groups there may be.
#' @param method `"k_means"` of the points (minimum, maximum), as DGQ groups channels; or neighbours in
#'   `"runs"` of equal length.
#' @param restarts For `"k_means"`: the best of so many is taken, 1 to 1000.
#' @param seed Of the first centres.
#' @rdname quantize_reparameterize
#' @export
quantize_range_groups <- function(minimum, maximum, groups, method = c("k_means", "runs"),
                                  restarts = 10, seed = 0) {
  if (length(minimum) != length(maximum)) {
    refuse("size", sys.call(), "maximum has %d elements; %d are needed", length(maximum),
           length(minimum))
  }
  .Call(
    C_quantize_range_groups, numbers(minimum, "minimum"), numbers(maximum, "maximum"),
    numbers(groups, "groups"), chosen(method), numbers(restarts, "restarts"), numbers(seed, "seed")
  )
}

#' @param calibrated Time steps, ascending, no two equal.
#' @param steps Time steps.
#' @rdname quantize_reparameterize
#' @export
quantize_step_places <- function(calibrated, steps) {
  .Call(C_quantize_step_places, numbers(calibrated, "calibrated"), numbers(steps, "steps"))
}
