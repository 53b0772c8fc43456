#' Temperature scaling
#'
#' `temperature_fit()` finds the temperature `T > 0` that minimises the weighted
#' mean negative log-likelihood of the labels under `softmax(logits / T)`;
#' `temperature_apply()`, and `predict()` on a fit, compute these probabilities.
#'
#' The likelihood is convex in `1 / T`, and the fit says how it ended in
#' `outcome`:
#'
#' | outcome | temperature | meaning |
#' |---|---|---|
#' | `"ok"` | above 0 | the optimum |
#' | `"separated"` | 0 | every label has the highest logit of its row: the lower the better |
#' | `"inverted"` | `Inf` | the logits speak against the labels |
#' | `"degenerate"` | 1 | the logits of each row are all equal: every temperature is as good |
#' | `"not_converged"` | above 0 | `max_iterations` was reached; this is the best so far |
#'
#' @param logits A matrix with a row for each point and a column for each class,
#'   finite. For a binary model with one logit `z` use `cbind(0, z)`.
#' @param labels The true class of each point: its column number, counted from 1,
#'   or a factor. The levels of a factor are matched to the columns' names if all
#'   of them are found there, otherwise they stand for the columns in order.
#' @param weights Weights, one for each point, finite, not negative and not all 0;
#'   `NULL` for ones.
#' @param max_iterations How many passes over the data are allowed, at least 1.
#' @return `temperature_fit()`: an object of class `quantcal_temperature_fit`, a
#'   list of
#'   \item{temperature, inverse_temperature}{`T` and `1 / T`;}
#'   \item{nll_before, nll_after}{the mean negative log-likelihood at `T = 1` and
#'     at the fitted temperature, in nats;}
#'   \item{gradient}{the derivative of the latter by `1 / T`, about 0;}
#'   \item{outcome}{see above;}
#'   \item{iterations}{the number of passes over the data.}
#'
#'   `temperature_apply()` and `predict()`: a matrix of probabilities like
#'   `logits`.
#' @references Guo, Pleiss, Sun and Weinberger (2017), On calibration of modern
#'   neural networks.
#' @examples
#' logits <- rbind(c(2, 0, 0), c(0, 3, 0), c(0, 0, 1), c(4, 0, 0))
#' fit <- temperature_fit(logits, labels = c(1, 2, 3, 2))
#' fit
#' predict(fit, logits)
#' temperature_apply(logits, temperature = 2)
#' temperature_fit(logits, labels = c(1, 2, 3, 1))$outcome
#' @export
temperature_fit <- function(logits, labels, weights = NULL, max_iterations = 100L) {
  values <- number_matrix(logits, "logits")
  fit <- .Call(
    C_temperature_fit,
    values,
    class_numbers(labels, max(ncol(values), 2), colnames(values))$values,
    numbers_or_null(weights, "weights"),
    numbers(max_iterations, "max_iterations")
  )
  structure(fit, class = "quantcal_temperature_fit")
}

#' @param temperature The temperature, 0 to `Inf`. At 0 the highest logits of a
#'   row share all probability equally; at `Inf` all classes do.
#' @rdname temperature_fit
#' @export
temperature_apply <- function(logits, temperature) {
  values <- number_matrix(logits, "logits")
  probs <- .Call(C_temperature_apply, values, numbers(temperature, "temperature"))
  dimnames(probs) <- dimnames(values)
  probs
}

#' @param object,x A fit.
#' @param newdata A matrix of logits, as `logits`.
#' @param ... Not used.
#' @rdname temperature_fit
#' @export
predict.quantcal_temperature_fit <- function(object, newdata, ...) {
  temperature_apply(newdata, object$temperature)
}

#' @rdname temperature_fit
#' @export
print.quantcal_temperature_fit <- function(x, ...) {
  cat(sprintf("Temperature %s (%s after %d passes)\n", format(x$temperature), x$outcome,
              x$iterations))
  cat(sprintf("mean negative log-likelihood: %s before, %s after\n", format(x$nll_before),
              format(x$nll_after)))
  invisible(x)
}

#' Binned calibration error
#'
#' How far predicted probabilities are from what happens: probabilities are
#' sorted into bins, and in each bin the mean probability is compared with the
#' mean outcome. `calibration_error()` makes one number of the gaps, with the
#' default norm the expected calibration error. `reliability_bins()` gives the
#' bins themselves, as for a reliability diagram.
#'
#' @param probs A matrix with a row for each point and a column for each class,
#'   each 0 to 1; or a vector (or one column) of the probabilities of the second
#'   of two classes. Rows need not sum to 1.
#' @param labels The true class of each point: for a matrix its column number,
#'   counted from 1, or a factor, whose levels are matched to the columns' names
#'   if all of them are found there, and otherwise stand for the columns in
#'   order. For a vector of probabilities 0 or 1, logical, or a factor of two
#'   levels, the second of which counts as 1, as in [glm()].
#' @param weights Weights, one for each point, finite, not negative and not all 0;
#'   `NULL` for ones.
#' @param bins The number of bins, 1 to 1,000,000.
#' @param target `"top_label"`: the highest probability of a row against whether
#'   that class is the label. `"classwise"`: each class by itself; the errors of
#'   the classes are combined by their mean, root mean square or maximum, as the
#'   norm says.
#' @param binning `"equal_width"`, or `"equal_mass"`, which never splits ties.
#' @param norm How the bins' gaps become one number: `"l1"` their weighted mean,
#'   `"l2"` their weighted root mean square, `"max"` the largest.
#' @param edges To which bin a probability on the edge of two belongs:
#'   `"right"` closes bins on the right, as [cut()] does, so it is the lower;
#'   `"left"` the upper. Only for `"equal_width"`.
#' @return `calibration_error()`: one number from 0 to 1. `reliability_bins()`: a
#'   data frame with a row for each bin and the columns `class` (classwise only),
#'   `bin`, `weight`, `confidence` (mean probability) and `outcome` (mean
#'   outcome); the means of an empty bin are `NaN`. Its attribute `error` is the
#'   calibration error.
#' @references Naeini, Cooper and Hauskrecht (2015), Obtaining well calibrated
#'   probabilities using Bayesian binning. Kumar, Liang and Ma (2019), Verified
#'   uncertainty calibration (classwise).
#' @examples
#' probs <- rbind(c(0.7, 0.2, 0.1), c(0.1, 0.8, 0.1), c(0.3, 0.3, 0.4))
#' calibration_error(probs, labels = c(1, 2, 1), bins = 10)
#' calibration_error(c(0.2, 0.9, 0.6), labels = c(0, 1, 0), norm = "max")
#' reliability_bins(probs, labels = c(1, 2, 1), bins = 5)
#' @export
calibration_error <- function(probs, labels, weights = NULL, bins = 15L,
                              target = c("top_label", "classwise"),
                              binning = c("equal_width", "equal_mass"),
                              norm = c("l1", "l2", "max"),
                              edges = c("right", "left")) {
  options <- calibration_options(bins, target, binning, norm, edges)
  .Call(C_calibration_error, forecasts(probs, labels, weights), options, FALSE)$error
}

#' @rdname calibration_error
#' @export
reliability_bins <- function(probs, labels, weights = NULL, bins = 15L,
                             target = c("top_label", "classwise"),
                             binning = c("equal_width", "equal_mass"),
                             norm = c("l1", "l2", "max"),
                             edges = c("right", "left")) {
  options <- calibration_options(bins, target, binning, norm, edges)
  result <- .Call(C_calibration_error, forecasts(probs, labels, weights), options, TRUE)
  # The library writes three numbers a bin, class by class.
  table <- matrix(result$bin_table, nrow = 3)
  tables <- ncol(table) %/% bins
  frame <- data.frame(
    bin = rep(seq_len(bins), tables),
    weight = table[1, ], confidence = table[2, ], outcome = table[3, ]
  )
  if (options$target == 1) {
    class <- if (is.null(colnames(probs))) seq_len(tables) else colnames(probs)
    frame <- cbind(class = rep(class, each = bins), frame)
  }
  attr(frame, "error") <- result$error
  frame
}

# The options as C takes them.
calibration_options <- function(bins, target, binning, norm, edges, call = sys.call(-1)) {
  list(
    bins = numbers(bins, "bins", call),
    target = choice(target, c("top_label", "classwise"), "target", call),
    binning = choice(binning, c("equal_width", "equal_mass"), "binning", call),
    norm = choice(norm, c("l1", "l2", "max"), "norm", call),
    edges = choice(edges, c("right", "left"), "edges", call)
  )
}

# Probabilities, what happened, and the weights, as C takes them.
forecasts <- function(probs, labels, weights, call = sys.call(-1)) {
  is_vector <- is.null(dim(probs))
  list(
    probs = if (is_vector) numbers(probs, "probs", call) else number_matrix(probs, "probs", call),
    labels = class_numbers(labels, NCOL(probs), colnames(probs), call),
    weights = numbers_or_null(weights, "weights", call)
  )
}
