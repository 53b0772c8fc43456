# What the conformal estimators share: what the model inside predicts, which points calibrate, and
# thresholds. Calibrators are kept as their bytes, so that an estimator can be saved like any model.

# The fields of an estimator; `scores` has a column for each calibrator.
conformal_estimator <- function(inside, newdata, scores, level, group_by, weight_by, call) {
  groups <- if (!is.null(group_by)) row_values(group_by, newdata, nrow(scores), "group_by", call)
  weights <- if (!is.null(weight_by)) row_values(weight_by, newdata, nrow(scores), "weight_by", call)
  categories <- if (!is.null(group_by)) unique(groups[!is.na(groups)])
  calibrators <- lapply(seq_len(ncol(scores)), function(column) {
    calibrator <- conformal_calibrator(length(categories), weighted = !is.null(weights))
    update(calibrator, scores[, column], weights = weights,
           groups = if (!is.null(categories)) match(groups, categories))
    conformal_calibrator_serialize(calibrator)
  })
  c(inside, list(level = checked_level(level, call), group_by = group_by, weight_by = weight_by,
                 categories = categories, calibrators = calibrators, n = nrow(scores)))
}

calibrators_of <- function(object) lapply(object$calibrators, conformal_calibrator_deserialize)

# A value for each of `count` rows.
row_values <- function(f, newdata, count, name, call) {
  values <- f(newdata)
  if (length(values) != count) {
    refuse("size", call, "%s gives %d values; expected %d", name, length(values), count)
  }
  if (name == "weight_by") return(numbers(values, name, call))
  if (is.factor(values)) as.character(values) else values
}

# The groups and the weights of test points, as the calibrators take them.
test_points <- function(object, newdata, count, call) {
  groups <- if (!is.null(object$group_by)) {
    match(row_values(object$group_by, newdata, count, "group_by", call), object$categories)
  }
  weights <- if (!is.null(object$weight_by)) {
    row_values(object$weight_by, newdata, count, "weight_by", call)
  }
  list(groups = groups, weights = weights)
}

# A column of thresholds for each calibrator: a row for all points, or one for each where they differ.
estimator_thresholds <- function(object, newdata, count, level, call) {
  alpha <- alpha_of(level) / length(object$calibrators)
  points <- test_points(object, newdata, count, call)
  columns <- lapply(calibrators_of(object), function(calibrator) {
    if (is.null(points$groups) && is.null(points$weights)) {
      conformal_calibrator_thresholds(calibrator, alpha)[1, ]
    } else {
      conformal_calibrator_point_thresholds(calibrator, alpha, test_weights = points$weights,
                                            groups = points$groups, m = count)
    }
  })
  differ <- !is.null(points$groups) || !is.null(points$weights)
  list(values = do.call(cbind, columns), threshold_for = if (differ) "each_row" else "all")
}

# What may be missed, as a decimal: 1 - 0.9 in doubles is below 0.1, and that would move a rank.
alpha_of <- function(level) as.numeric(sprintf("%.15f", 1 - level))

checked_level <- function(level, call) {
  level <- numbers(level, "level", call)
  if (length(level) != 1 || is.na(level) || level <= 0 || level >= 1) {
    refuse("domain", call, "level must be one number strictly between 0 and 1")
  }
  level
}

# What the model predicts, a row for each point.
inside_columns <- function(object, newdata, model = object$model) {
  ask <- function(one) do.call(object$predict_with, c(list(one, newdata), object$arguments))
  several <- is.list(model) && !is.object(model)
  as.matrix(if (several) do.call(cbind, lapply(model, ask)) else ask(model))
}

# The chosen word of an argument of the calling function, whose choices are its default.
chosen_word <- function(x, call) {
  name <- deparse(substitute(x))
  words <- eval(formals(sys.function(sys.parent()))[[name]])
  words[choice(x, words, name, call) + 1]
}

model_name <- function(object) {
  model <- object$model
  several <- is.list(model) && !is.object(model)
  if (several) sprintf("%d models (%s)", length(model), class(model[[1]])[1]) else class(model)[1]
}

print_calibration <- function(x) {
  cat(sprintf("%d calibration points", x$n))
  if (length(x$categories) > 0) cat(sprintf(" in %d groups", length(x$categories)))
  if (!is.null(x$weight_by)) cat(", weighted")
  cat(sprintf(", level %s\n", format(x$level)))
}
