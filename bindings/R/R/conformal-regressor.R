#' Prediction intervals around any regression model
#'
#' Calibrates a fitted model by points that it was not fitted to. If these and a new point
#' are exchangeable, the new outcome lies in its interval with probability `level` at
#' least, whatever the model.
#'
#' @param model A fitted model; for the kinds `"cqr"`, `"cqr_r"` and `"cqr_m"` a plain list
#'   of two (of `"cqr_m"` three) models of ascending quantiles, or one model that predicts
#'   as many columns.
#' @param newdata The calibration points, as the model's `predict()` takes them; for
#'   `predict()` the points to predict.
#' @param y The outcomes of the calibration points.
#' @param level The probability that an interval is to hold; for `predict()` that of the
#'   estimator by default. It is read as the decimal that was typed.
#' @param kind What is large where an outcome is far from its prediction, see
#'   [conformal_regression_scores()].
#' @param sides One threshold for both ends; or two, each of which may miss half; or one
#'   end alone, the other being infinite.
#' @param spread_model Of `"normalised"`: a model fitted to the size of the errors. Where
#'   it predicts less than 0, 0 is taken.
#' @param beta Of `"normalised"`: is added to the spread.
#' @param group_by `group_by(newdata)` gives a category for each row. Every category has
#'   the coverage by itself; one without a calibration point has infinite intervals.
#' @param weight_by `weight_by(newdata)` gives a weight for each row, at least 0: how much
#'   likelier the row is where predictions are wanted than where the calibration points
#'   come from.
#' @param predict_with Called as `predict_with(model, newdata, ...)`; a vector or a matrix.
#' @param ... For `predict_with`, such as `type = "response"`; not used by the methods.
#' @return `conformal_regressor()`: an object of class `quantcal_conformal_regressor`,
#'   which can be saved as the model can. `predict()`: a matrix with the columns `fit`
#'   (the middle one of three predictions, the mean of two quantiles), `lwr` and `upr`, as
#'   [stats::predict.lm()] gives it, or with `interval = "none"` the vector `fit`. Ends are
#'   infinite where there are too few calibration points for the level.
#' @references Papadopoulos, Proedrou, Vovk and Gammerman (2002), Inductive confidence
#'   machines for regression. Romano, Patterson and Candès (2019), Conformalized quantile
#'   regression. Tibshirani, Foygel Barber, Candes and Ramdas (2019), Conformal prediction
#'   under covariate shift.
#' @examples
#' train <- seq(1, 50, 2)
#' fit <- lm(dist ~ speed, cars[train, ])
#' safe <- conformal_regressor(fit, cars[-train, ], cars$dist[-train], level = 0.8)
#' safe
#' predict(safe, data.frame(speed = c(10, 20)))
#' @export
conformal_regressor <- function(model, newdata, y, level = 0.9,
                                kind = c("absolute", "normalised", "gamma", "cqr", "cqr_r", "cqr_m"),
                                sides = c("symmetric", "asymmetric", "lower", "upper"),
                                spread_model = NULL, beta = 0, group_by = NULL, weight_by = NULL,
                                predict_with = stats::predict, ...) {
  call <- sys.call()
  inside <- list(
    model = model, spread_model = spread_model, predict_with = predict_with,
    arguments = list(...), kind = chosen_word(kind, call), sides = chosen_word(sides, call),
    beta = numbers(beta, "beta")
  )
  columns <- regressor_columns(inside, newdata, call)
  y <- numbers(y, "y")
  if (length(y) != nrow(columns)) {
    refuse("size", call, "y has %d elements; the model predicts %d", length(y), nrow(columns))
  }
  scores <- as.matrix(conformal_regression_scores(y, columns, inside$kind, inside$sides,
                                                  beta = inside$beta))
  structure(
    conformal_estimator(inside, newdata, scores, level, group_by, weight_by, call),
    class = "quantcal_conformal_regressor"
  )
}

# How many columns of predictions a score takes of the model.
predicted_columns <- c(absolute = 1, normalised = 1, gamma = 1, cqr = 2, cqr_r = 2, cqr_m = 3)

# The predictions, and the spread where the score is normalised by it.
regressor_columns <- function(object, newdata, call) {
  columns <- inside_columns(object, newdata)
  expected <- predicted_columns[[object$kind]]
  if (ncol(columns) != expected) {
    refuse("size", call, "model predicts %d columns; kind \"%s\" takes %d", ncol(columns),
           object$kind, expected)
  }
  if (object$kind != "normalised") return(columns)
  if (is.null(object$spread_model)) {
    refuse("type", call, "spread_model must be a model for kind \"normalised\", not NULL")
  }
  cbind(columns, pmax(inside_columns(object, newdata, object$spread_model), 0))
}

#' @param object,x A conformal regressor.
#' @param interval Whether intervals are given beside predictions.
#' @rdname conformal_regressor
#' @importFrom stats predict
#' @export
predict.quantcal_conformal_regressor <- function(object, newdata,
                                                 interval = c("prediction", "none"),
                                                 level = object$level, ...) {
  call <- sys.call()
  has_interval <- chosen_word(interval, call) == "prediction"
  level <- checked_level(level, call)
  columns <- regressor_columns(object, newdata, call)
  count <- predicted_columns[[object$kind]]
  fit <- if (count == 3) columns[, 2] else rowMeans(columns[, seq_len(count), drop = FALSE])
  if (!has_interval) return(fit)
  thresholds <- estimator_thresholds(object, newdata, nrow(columns), level, call)
  limits <- conformal_regression_intervals(columns, thresholds$values, object$kind, object$sides,
                                           thresholds$threshold_for, beta = object$beta)
  cbind(fit = fit, lwr = limits[, "lower"], upr = limits[, "upper"])
}

#' @rdname conformal_regressor
#' @export
print.quantcal_conformal_regressor <- function(x, ...) {
  cat(sprintf("Conformal regressor around %s: %s scores, %s\n", model_name(x), x$kind, x$sides))
  print_calibration(x)
  invisible(x)
}
