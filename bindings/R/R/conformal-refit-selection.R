#' Conformal selection by models that are refitted
#'
#' Selects test points whose unseen outcome is large by any model that is fitted on the
#' calibration points themselves; no points are set apart. For each test point the model is
#' fitted to the `n` calibration points and to this one, as a point that is not promising, all
#' of them treated alike: without each of them in turn, or without each of a few folds that
#' are drawn at random for all `n + 1`. `conformal_refit_rank()` counts what the scores of these
#' fits say, `conformal_select_refitted()` selects. Among the selected points the expected
#' share of those that are not promising is at most `q`.
#'
#' Each of the `n + 1` points has its score from the fit without it, every other test point from
#' the mean of all fits. There is no bound for scores that treat the test point in
#' another way than the calibration points: such as those of other test points by the one
#' fit without it, or those of calibration points by fits that know them while its own is by
#' one that does not. A model with K folds costs K fits for each test point.
#'
#' @param calibration The score of each calibration point, such as the negative prediction by
#'   the fit without it; `Inf` if its outcome is promising.
#' @param test The scores of all test points; small ones are promising.
#' @param j The number of the test point that the model was refitted with, counted from 1 as
#'   elements of `test` are. (In the other languages it counts from 0.)
#' @param q The bound, strictly between 0 and 1: the decimal that was typed. The same in all
#'   calls.
#' @param ranks,rejections What `conformal_refit_rank()` has found: an element for each test
#'   point, or a matrix with a row for each test point and a column for each model.
#' @param n The number of calibration points.
#' @param pruning,seed As for [conformal_select_models()].
#' @return `conformal_refit_rank()`: `c(rank = , rejections = )`. The rank, 1 to `n + 1`, divided
#'   by `n + 1` is the p-value; the rejections are how many points would be selected if this
#'   one were promising.
#'
#'   `conformal_select_refitted()`: a data frame with a row for each test point and the columns
#'   `selected`, `p`, `e` and `chosen`, the column of the model that the point has: the one with
#'   the most rejections.
#' @references Bai and Jin (2024), Optimized conformal selection.
#' @examples
#' set.seed(1)
#' n <- 60
#' x <- rnorm(n)
#' promising <- as.numeric(x + 0.5 * rnorm(n) > 0.5)
#' test <- c(-1, 0, 1, 2, 3)
#' found <- sapply(seq_along(test), function(j) {
#'   points <- data.frame(x = c(x, test[j]), y = c(promising, 0))
#'   fold <- sample(rep_len(1:5, n + 1))
#'   fits <- lapply(1:5, function(k) lm(y ~ x, points[fold != k, ]))
#'   own <- -mapply(function(k, i) predict(fits[[k]], points[i, ]), fold, 1:(n + 1))
#'   scores <- -rowMeans(sapply(fits, predict, newdata = data.frame(x = test)))
#'   scores[j] <- own[n + 1]
#'   conformal_refit_rank(ifelse(promising == 1, Inf, own[1:n]), scores, j, q = 0.3)
#' })
#' conformal_select_refitted(found["rank", ], found["rejections", ], n, q = 0.3)
#' @export
conformal_refit_rank <- function(calibration, test, j, q) {
  calibration <- numbers(calibration, "calibration")
  test <- numbers(test, "test")
  j <- numbers(j, "j")
  if (length(j) == 1 && length(test) > 0 && !isTRUE(j >= 1 && j <= length(test))) {
    refuse("domain", sys.call(), "j is %s; j must be 1 to length(test), which is %d",
           format(j), length(test))
  }
  found <- .Call(C_conformal_refit_rank, calibration, test, j, numbers(q, "q"))
  names(found) <- c("rank", "rejections")
  found
}

#' @rdname conformal_refit_rank
#' @export
conformal_select_refitted <- function(ranks, rejections, n, q,
                                      pruning = c("default", "none", "heterogeneous",
                                                  "homogeneous", "deterministic"),
                                      seed = 0) {
  ranks <- numbers(ranks, "ranks")
  rejections <- numbers(rejections, "rejections")
  if (NROW(ranks) != NROW(rejections) || NCOL(ranks) != NCOL(rejections)) {
    refuse("size", sys.call(), "rejections is %d x %d; %d x %d are needed", NROW(rejections),
           NCOL(rejections), NROW(ranks), NCOL(ranks))
  }
  as.data.frame(.Call(C_conformal_select_refitted, ranks, rejections, numbers(n, "n"),
                      numbers(q, "q"), chosen(pruning), numbers(seed, "seed")))
}
