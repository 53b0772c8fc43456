#' A holdout set that may be asked again and again
#'
#' Questions may depend on earlier answers. A question is a function of one point with
#' values from 0 to 1, given by its means over the training and over the holdout set.
#' Where the two are close, the answer is that of the training set. Else it is that of
#' the holdout, blurred, and costs one of the budget. When the budget is spent, no
#' question is answered any more, for good.
#'
#' @param mechanism `"noise"` is Thresholdout: Laplace noise of scale `2 * sigma` on the
#'   threshold, `4 * sigma` on a comparison and `sigma` on an answer. `"grid"` has no
#'   noise and rounds answers; [conformal_holdout_error()] says what that guarantees.
#' @param threshold Which gap between the means is still close, 0 to 1.
#' @param sigma The scale of the noise, above 0, at most 1.
#' @param grid The number of evenly spaced answers from 0 to 1, 2 to 2^20.
#' @param budget How many answers may come from the holdout, 1 to 2^20.
#' @param seed Of the noise, a whole number from 0 to 2^53. Keep it from those who ask.
#' @param holdout,x A holdout. `conformal_holdout_ask()` changes it.
#' @param training_means,holdout_means Means over the training and the holdout set.
#' @param bytes A raw vector.
#' @param ... Not used.
#' @return `conformal_holdout()` and `conformal_holdout_deserialize()` give an object of
#'   class `quantcal_conformal_holdout`. `conformal_holdout_ask()`: a data frame of
#'   `answer` and `from_holdout`, with a row for each question that was answered; an error of
#'   class `quantcal_error_infeasible` if the budget was spent before.
#'   `conformal_holdout_remaining()`: a list of `budget`, what is left of it, and `asked`,
#'   how many questions were answered. `conformal_holdout_serialize()`: a raw vector, to be
#'   kept where [saveRDS()] would keep no more than the R object.
#' @references Dwork, Feldman, Hardt, Pitassi, Reingold and Roth (2015), Generalization in
#'   adaptive data analysis and holdout reuse.
#' @examples
#' holdout <- conformal_holdout("grid", budget = 1)
#' conformal_holdout_ask(holdout, c(0.52, 0.9, 0.5), c(0.5, 0.514, 0.5))
#' conformal_holdout_remaining(holdout)
#' @export
conformal_holdout <- function(mechanism = c("noise", "grid"), threshold = 0.04, sigma = 0.01,
                              grid = 101, budget = 100, seed = 0) {
  new_holdout(.Call(
    C_conformal_holdout_create, chosen(mechanism), numbers(threshold, "threshold"),
    numbers(sigma, "sigma"), numbers(grid, "grid"), numbers(budget, "budget"),
    numbers(seed, "seed")
  ))
}

new_holdout <- function(handle) {
  structure(list(handle = handle), class = "quantcal_conformal_holdout")
}

holdout_handle <- function(holdout, call = sys.call(sys.parent())) {
  if (!inherits(holdout, "quantcal_conformal_holdout")) {
    refuse("type", call, "holdout must be of class quantcal_conformal_holdout, not %s",
           class(holdout)[1])
  }
  holdout$handle
}

#' @rdname conformal_holdout
#' @export
conformal_holdout_ask <- function(holdout, training_means, holdout_means) {
  as.data.frame(.Call(C_conformal_holdout_ask, holdout_handle(holdout),
                      numbers(training_means, "training_means"),
                      numbers(holdout_means, "holdout_means")))
}

#' @rdname conformal_holdout
#' @export
conformal_holdout_remaining <- function(holdout) {
  .Call(C_conformal_holdout_remaining, holdout_handle(holdout))
}

#' @rdname conformal_holdout
#' @export
conformal_holdout_serialize <- function(holdout) {
  .Call(C_conformal_holdout_serialize, holdout_handle(holdout))
}

#' @rdname conformal_holdout
#' @export
conformal_holdout_deserialize <- function(bytes) {
  new_holdout(.Call(C_conformal_holdout_deserialize, raw_vector(bytes, "bytes", sys.call())))
}

#' @rdname conformal_holdout
#' @export
print.quantcal_conformal_holdout <- function(x, ...) {
  left <- conformal_holdout_remaining(x)
  cat(sprintf("Reusable holdout: %.0f questions answered, %.0f answers from the holdout left\n",
              left$asked, left$budget))
  invisible(x)
}

#' How many looks a holdout allows
#'
#' `conformal_holdout_error()` says how wrong the answers of a [conformal_holdout()] with
#' a grid can be, with probability at least `1 - delta` over its points, however questions
#' are chosen from earlier answers: `max(threshold, c / 2) + sqrt(log(2 * m * N / delta) /
#' (2 * n))`, where `c = 1 / (grid - 1)` and `N` is the sum of `choose(m, i) * grid^i` over
#' `i` from 0 to `budget`. `conformal_holdout_questions()` is the largest number of questions
#' `m` for which that is at most `accuracy`; less those that were asked, it is how many
#' adaptive looks are left.
#'
#' @param n The number of independent holdout points.
#' @param questions The number of questions, 1 to 2^40.
#' @param accuracy What no error may exceed, strictly between 0 and 1.
#' @param budget,grid,threshold As of [conformal_holdout()]; a budget of 0 is allowed.
#' @param delta Strictly between 0 and 1.
#' @return One number; for `conformal_holdout_questions()` an error of class
#'   `quantcal_error_infeasible` if not even one question has an answer that accurate.
#' @examples
#' conformal_holdout_error(10000, 1000, budget = 10)
#' conformal_holdout_questions(10000, 0.12, budget = 10)
#' @export
conformal_holdout_error <- function(n, questions, budget = 100, grid = 101, threshold = 0.04,
                                    delta = 0.05) {
  .Call(C_conformal_holdout_error, numbers(n, "n"), numbers(questions, "questions"),
        numbers(budget, "budget"), numbers(grid, "grid"), numbers(threshold, "threshold"),
        numbers(delta, "delta"))
}

#' @rdname conformal_holdout_error
#' @export
conformal_holdout_questions <- function(n, accuracy, budget = 100, grid = 101, threshold = 0.04,
                                        delta = 0.05) {
  .Call(C_conformal_holdout_questions, numbers(n, "n"), numbers(budget, "budget"),
        numbers(grid, "grid"), numbers(threshold, "threshold"), numbers(delta, "delta"),
        numbers(accuracy, "accuracy"))
}
