#' Prediction sets around any classification model
#'
#' Calibrates a fitted model by points that it was not fitted to. If these and a new point
#' are exchangeable, the class of the new point lies in its set with probability `level` at
#' least, whatever the model.
#'
#' The model predicts a matrix with a column for each class, named by it (without names the
#' columns stand for the levels of `y` in order, or for the classes 1, 2, ...); or a vector
#' with the probability of the second level of `y`, of `TRUE` or of 1, as
#' `predict(glm, type = "response")` does.
#'
#' @inheritParams conformal_regressor
#' @param y The classes of the calibration points. One that the model does not know counts
#'   as one that is always missed.
#' @param level The probability that a set is to hold; for `predict()` that of the estimator
#'   by default. It is read as the decimal that was typed.
#' @param kind The score, see [conformal_label_scores()].
#' @param randomisation How much of a class's own probability counts; `"randomised"` makes
#'   coverage exact.
#' @param empty_sets Whether an empty set gets the likeliest class.
#' @param lambda,k_reg Of `"raps"` (and `lambda` of `"saps"`): what ranks beyond `k_reg`
#'   cost.
#' @param class_conditional Whether every class has the coverage by itself; not together
#'   with `group_by` and `weight_by`.
#' @param seed Of randomised scores.
#' @return `conformal_classifier()`: an object of class `quantcal_conformal_classifier`,
#'   which can be saved as the model can. `predict()`: for `"set"` a logical matrix with a
#'   column for each class, for `"p_value"` a matrix of the levels of miscoverage at which
#'   each class would leave the set of its row, for `"prob"` what the model predicts, for
#'   `"class"` a factor of the likeliest classes.
#' @references Sadinle, Lei and Wasserman (2019), Least ambiguous set-valued classifiers
#'   with bounded error levels. Romano, Sesia and Candès (2020), Classification with valid
#'   and adaptive coverage.
#' @examples
#' train <- seq(1, 32, 2)
#' fit <- glm(am ~ wt, binomial, mtcars[train, ])
#' safe <- conformal_classifier(fit, mtcars[-train, ], mtcars$am[-train], level = 0.8,
#'                              type = "response")
#' safe
#' predict(safe, data.frame(wt = c(2, 3, 4)))
#' predict(safe, data.frame(wt = c(2, 3, 4)), type = "p_value")
#' @export
conformal_classifier <- function(model, newdata, y, level = 0.9,
                                 kind = c("lac", "margin", "aps", "raps", "saps", "top_k",
                                          "log_loss", "entropy", "entmax"),
                                 randomisation = c("inclusive", "exclusive", "randomised"),
                                 empty_sets = c("kept", "top_label"), lambda = 0.2, k_reg = 5L,
                                 class_conditional = FALSE, group_by = NULL, weight_by = NULL,
                                 seed = 42L, predict_with = stats::predict, ...) {
  call <- sys.call()
  if (flag(class_conditional, "class_conditional") &&
        !(is.null(group_by) && is.null(weight_by))) {
    refuse("options", call, "class_conditional goes neither with group_by nor with weight_by")
  }
  inside <- list(
    model = model, predict_with = predict_with, arguments = list(...),
    scoring = list(kind = chosen_word(kind, call),
                   randomisation = chosen_word(randomisation, call), lambda = numbers(lambda, "lambda"), k_reg = numbers(k_reg, "k_reg"),
                   seed = numbers(seed, "seed")),
    empty_sets = chosen_word(empty_sets, call),
    class_conditional = class_conditional
  )
  columns <- inside_columns(inside, newdata)
  if (length(y) != nrow(columns)) {
    refuse("size", call, "y has %d elements; the model predicts %d", length(y), nrow(columns))
  }
  inside$classes <- classes_of(columns, y, call)
  probs <- class_columns(columns, inside$classes, call)
  labels <- match(as.character(y), inside$classes)
  own <- do.call(conformal_label_scores,
                 c(list(probs, ifelse(is.na(labels), 1, labels)), inside$scoring))
  own[is.na(labels)] <- Inf
  fields <- if (class_conditional) {
    conformal_by_class(inside, own, labels, level, call)
  } else {
    conformal_estimator(inside, newdata, cbind(own), level, group_by, weight_by, call)
  }
  structure(fields, class = "quantcal_conformal_classifier")
}

# The fields of an estimator whose calibrator has a group for each class.
conformal_by_class <- function(inside, own, labels, level, call) {
  calibrator <- conformal_calibrator(length(inside$classes))
  update(calibrator, own, groups = labels)
  c(inside, list(level = checked_level(level, call), n = length(own),
                 calibrators = list(conformal_calibrator_serialize(calibrator))))
}

# The names of the classes.
classes_of <- function(columns, y, call) {
  known <- if (is.factor(y)) levels(y)
  if (ncol(columns) == 1) {
    if (is.null(known)) known <- if (is.logical(y)) c("FALSE", "TRUE") else c("0", "1")
    count <- 2
  } else {
    if (!is.null(colnames(columns))) return(colnames(columns))
    if (is.null(known)) known <- as.character(seq_len(ncol(columns)))
    count <- ncol(columns)
  }
  if (length(known) != count) {
    refuse("size", call, "y has %d levels; the model predicts %d classes", length(known), count)
  }
  known
}

# A column for each class. One column is the second class's.
class_columns <- function(columns, classes, call) {
  if (ncol(columns) == 1) columns <- cbind(1 - columns, columns)
  if (ncol(columns) != length(classes)) {
    refuse("size", call, "model predicts %d classes; expected %d", ncol(columns), length(classes))
  }
  dimnames(columns) <- list(rownames(columns), classes)
  columns
}

#' @param object,x A conformal classifier.
#' @param type What is predicted.
#' @rdname conformal_classifier
#' @export
predict.quantcal_conformal_classifier <- function(object, newdata,
                                                  type = c("set", "p_value", "class", "prob"),
                                                  level = object$level, ...) {
  call <- sys.call()
  what <- chosen_word(type, call)
  probs <- class_columns(inside_columns(object, newdata), object$classes, call)
  switch(what,
    set = class_sets(object, newdata, probs, checked_level(level, call), call),
    p_value = class_p_values(object, newdata, probs, call),
    prob = probs,
    class = factor(object$classes[max.col(probs, "first")], levels = object$classes)
  )
}

class_sets <- function(object, newdata, probs, level, call) {
  thresholds <- if (object$class_conditional) {
    by_class <- conformal_calibrator_thresholds(calibrators_of(object)[[1]], alpha_of(level))
    list(values = by_class[, 1], threshold_for = "each_class")
  } else {
    estimator_thresholds(object, newdata, nrow(probs), level, call)
  }
  sets <- do.call(conformal_class_sets,
                  c(list(probs, as.vector(thresholds$values),
                         threshold_for = thresholds$threshold_for,
                         empty_sets = object$empty_sets), object$scoring))
  as.matrix(sets)
}

class_p_values <- function(object, newdata, probs, call) {
  scores <- do.call(conformal_class_scores, c(list(probs), object$scoring))
  points <- test_points(object, newdata, nrow(probs), call)
  classes <- ncol(scores)
  groups <- if (object$class_conditional) {
    rep(seq_len(classes), each = nrow(scores))
  } else if (!is.null(points$groups)) {
    rep(points$groups, classes)
  }
  weights <- if (!is.null(points$weights)) rep(points$weights, classes)
  scores[] <- conformal_calibrator_p_values(calibrators_of(object)[[1]], as.vector(scores),
                                            test_weights = weights, groups = groups)
  scores
}

#' @rdname conformal_classifier
#' @export
print.quantcal_conformal_classifier <- function(x, ...) {
  cat(sprintf("Conformal classifier around %s: %d classes, %s scores%s\n", model_name(x),
              length(x$classes), x$scoring$kind,
              if (x$class_conditional) ", each class by itself" else ""))
  print_calibration(x)
  invisible(x)
}
