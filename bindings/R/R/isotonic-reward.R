#' Rewards from a judge's scores
#'
#' `isotonic_reward_fit()` calibrates the scores of a judge to the labels of an
#' oracle, without changing their mean (AutoCal-R). `predict()` gives the rewards of
#' new scores, and `isotonic_reward_mean()` their mean with a delete-one-fold
#' jackknife. `isotonic_reward_folds()` deals clusters of points to folds.
#'
#' `"monotone"` is isotonic regression of the labels on the scores. `"two_stage"`
#' first smooths the labels by a ridge-penalised cubic spline g of the score, then
#' regresses them on the ranks of g, for scores that are not monotone. `"auto"` takes
#' the better out of fold: two stages if their error is less by more than a
#' standard error, or in two of three thirds of the scores. Fewer than 20 points are
#' always monotone.
#'
#' @param scores Scores, finite.
#' @param labels Labels, one for each score, 0 to 1.
#' @param weights Weights, one for each score, finite, not negative and not all 0;
#'   `NULL` for ones. A point of weight 0 moves nothing, and still gets its rewards.
#' @param fold The fold of each point, counted from 1, as of
#'   `isotonic_reward_folds()`; `NULL` to deal single points. For `predict()`: for each
#'   score the fold without which its model was fitted, `NULL` for the model that serves.
#' @param mode `"auto"`, `"monotone"` or `"two_stage"`.
#' @param folds How many folds, 2 to 1000; half the number of labelled clusters if that
#'   is less than twice as many.
#' @param seed A whole number that decides the folds, at least 0.
#' @return `isotonic_reward_fit()`: an object of class `quantcal_isotonic_reward`, a
#'   list of
#'   \item{calibrated}{the rewards of the points, by the model that serves;}
#'   \item{out_of_fold}{their rewards by the models fitted without their folds;}
#'   \item{mode}{what serves, `"monotone"` or `"two_stage"`;}
#'   \item{folds}{how many folds there are;}
#'   \item{thirds_won}{in how many thirds of the scores two stages did better;}
#'   \item{rmse, rmse_out_of_fold}{root mean square errors of the rewards;}
#'   \item{rmse_monotone, rmse_two_stage}{those of each mode out of fold, `NaN` if
#'     it was not fitted;}
#'   \item{rmse_standard_error}{the standard error of `rmse_monotone`.}
#'
#'   `predict()`: rewards, 0 to 1. `isotonic_reward_mean()`: a list of the `mean`, its
#'   jackknife `variance`, and the `fold_means`. `isotonic_reward_folds()`: a list of
#'   `fold`, counted from 1, and `fold_count`.
#' @references Causal Judge Evaluation, arXiv:2512.11150.
#' @examples
#' fit <- isotonic_reward_fit(1:5, c(0, 0.5, 0.25, 1, 1))
#' fit$calibrated
#' predict(fit, c(2.5, 3.5, 9))
#' isotonic_reward_mean(fit, c(2.5, 3.5))$mean
#' isotonic_reward_folds(c("ann", "bob", "ann", "cyd", "dee"))$fold
#' @export
isotonic_reward_fit <- function(scores, labels, weights = NULL, fold = NULL,
                                mode = c("auto", "monotone", "two_stage"), folds = 5L,
                                seed = 42L) {
  fit <- .Call(
    C_isotonic_reward_fit,
    numbers(scores, "scores"),
    numbers(labels, "labels"),
    numbers_or_null(weights, "weights"),
    numbers_or_null(fold, "fold"),
    chosen(mode),
    numbers(folds, "folds"),
    numbers(seed, "seed")
  )
  fit$mode <- eval(formals()$mode)[fit$mode + 1]
  structure(fit, class = "quantcal_isotonic_reward")
}

#' @param object,x A fit.
#' @param newdata New scores, finite.
#' @param ... Not used.
#' @rdname isotonic_reward_fit
#' @export
predict.quantcal_isotonic_reward <- function(object, newdata, fold = NULL, ...) {
  .Call(
    C_isotonic_reward_predict, object$model, numbers(newdata, "newdata"),
    numbers_or_null(fold, "fold")
  )
}

#' @rdname isotonic_reward_fit
#' @export
isotonic_reward_mean <- function(object, newdata, weights = NULL) {
  .Call(
    C_isotonic_reward_mean, object$model, object$folds, numbers(newdata, "newdata"),
    numbers_or_null(weights, "weights")
  )
}

#' @rdname isotonic_reward_fit
#' @export
print.quantcal_isotonic_reward <- function(x, ...) {
  cat(sprintf("Rewards of %.0f scores, %s, %d folds\n", length(x$calibrated), x$mode, x$folds))
  cat(sprintf("root mean square error: %s, out of fold %s\n", format(x$rmse),
              format(x$rmse_out_of_fold)))
  invisible(x)
}

#' @param clusters The cluster of each point, by its name ([as.character()]); or one
#'   number, of points that are each a cluster, named `row_0`, `row_1`, ...
#' @param labelled Which points have a label, `TRUE` or `FALSE`; `NULL` for all.
#'   Labelled clusters are dealt evenly, the others go where their hash says.
#' @rdname isotonic_reward_fit
#' @export
isotonic_reward_folds <- function(clusters, labelled = NULL, folds = 5L, seed = 42L) {
  is_count <- is.numeric(clusters) && length(clusters) == 1
  .Call(
    C_isotonic_reward_folds,
    if (is_count) numbers(clusters, "clusters") else enc2utf8(as.character(clusters)),
    if (!is.null(labelled)) as.logical(labelled),
    numbers(folds, "folds"),
    numbers(seed, "seed")
  )
}

#' Stabilised importance weights
#'
#' Makes importance weights steadier by making them a function of a score
#' (SIMCal-W): the rising and the falling isotonic regression of the weights on the
#' score are mixed so that the out-of-fold influence of the points varies least, and
#' blended with uniform weights until the variance is within its cap.
#'
#' @param weights Weights, finite, not negative and not all 0; scaled to mean 1.
#' @param scores Scores, one for each weight, finite.
#' @param rewards,residuals Of which the influences are taken: the rewards of a
#'   weighted mean, or the residuals of a doubly robust estimate. One of them at
#'   most; neither stands for rewards of 1.
#' @param fold The fold of each point, counted from 1; `NULL` to deal single points as
#'   [isotonic_reward_folds()] does.
#' @param new_scores,new_weights Further points, for which weights are made in the
#'   same way; their raw weights are needed with `include_raw` and `shrinkage`.
#' @param include_raw Whether the raw weights are a candidate for the mixture, too.
#' @param variance_cap The most variance of the result, above 0; `Inf` for no cap.
#' @param ess_floor The least effective sample size as a share of the points, 0 to 1.
#' @param weight_floor The least weight of a candidate, above 0 and at most 1.
#' @param shrinkage Towards the raw weights at the end, 0 to 1.
#' @param folds,seed As of [isotonic_reward_folds()], if `fold` is `NULL`.
#' @return A list of
#'   \item{weights, new_weights}{the stabilised weights, of mean 1;}
#'   \item{variance_before, variance_after}{of the weights scaled to mean 1;}
#'   \item{ess_before, ess_after}{the effective sample sizes;}
#'   \item{blend}{how much of the uniform weights came in;}
#'   \item{mixture_increasing, mixture_decreasing, mixture_raw}{the shares of the
#'     candidates;}
#'   \item{folds}{how many folds there are.}
#' @references Causal Judge Evaluation, arXiv:2512.11150.
#' @examples
#' steady <- isotonic_weight_stabilize(c(0.5, 4, 1, 0.5, 2, 4), 1:6,
#'                                     rewards = c(1, 0, 1, 0, 1, 0))
#' c(steady$ess_before, steady$ess_after)
#' @export
isotonic_weight_stabilize <- function(weights, scores, rewards = NULL, residuals = NULL,
                                      fold = NULL, new_scores = NULL, new_weights = NULL,
                                      include_raw = FALSE, variance_cap = 1, ess_floor = 0.2,
                                      weight_floor = 1e-9, shrinkage = 0, folds = 5L,
                                      seed = 42L) {
  if (!is.null(rewards) && !is.null(residuals)) {
    refuse("type", sys.call(), "rewards and residuals exclude each other; give one of them")
  }
  targets <- if (is.null(residuals)) {
    numbers_or_null(rewards, "rewards")
  } else {
    numbers(residuals, "residuals")
  }
  .Call(
    C_isotonic_weight_stabilize,
    numbers(weights, "weights"),
    numbers(scores, "scores"),
    targets,
    numbers_or_null(fold, "fold"),
    if (is.null(new_scores)) double() else numbers(new_scores, "new_scores"),
    numbers_or_null(new_weights, "new_weights"),
    list(
      numbers(folds, "folds"), numbers(seed, "seed"), as.double(!is.null(residuals)),
      as.double(flag(include_raw, "include_raw")), numbers(variance_cap, "variance_cap"),
      numbers(ess_floor, "ess_floor"), numbers(weight_floor, "weight_floor"),
      numbers(shrinkage, "shrinkage")
    )
  )
}
