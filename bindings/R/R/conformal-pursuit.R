#' Information pursuit
#'
#' Which answer to ask for next. `conformal_pursuit_histories()` draws the random histories
#' that calibration points are asked; a calibrator whose group is the length of the history
#' makes a threshold for each length. `conformal_pursuit_log_sizes()` takes the sizes of the
#' sets after each answer that a query may get, `conformal_pursuit_choose()` the query after
#' which the expected set is smallest. `conformal_pursuit_entropy_bound()` bounds the entropy
#' of the class given what is known by the expected size of a set.
#'
#' The coverage that calibration promises is that of random histories, not of one that was
#' chosen by what was answered before.
#'
#' @param points,queries,length How many points, how many queries there are, and how many of
#'   them a point is asked.
#' @param seed Of the random numbers.
#' @param first_point The number of the first point, from 0: rows made in several calls are
#'   those of one call.
#' @param sizes A matrix of set sizes with a row for each query and a column for each sample.
#' @param weights A matrix of probabilities of the answers, which need not sum to 1; equal
#'   ones if `NULL`.
#' @param log_sizes A number for each query; infinities are allowed.
#' @param asked Which queries were asked; none if `NULL`.
#' @param classes How many classes there are.
#' @param n How many calibration scores, without ties; 0 for a bound that holds with ties too.
#' @param alpha The miscoverage level, strictly between 0 and 1.
#' @param mean_size The expected size of a set; below `1 - alpha` it counts as that.
#' @param kind `"published"` is proposition 3.1 of the paper, `"sharp"` a smaller bound by the
#'   same inequalities.
#' @return `conformal_pursuit_histories()`: an integer matrix with a row for each point, the
#'   first queries of a random order of all. `conformal_pursuit_log_sizes()`: the log of the
#'   mean size for each query. `conformal_pursuit_choose()`: a list of `index`, the number of
#'   the query (the first of those that tie), and `spread`, the largest value less the
#'   smallest of those not asked; if all were, an error of class
#'   `quantcal_error_infeasible`. `conformal_pursuit_entropy_bound()`: a number of nats.
#' @references Conformal information pursuit for interactively guiding large language models
#'   (2025).
#' @examples
#' conformal_pursuit_histories(3, queries = 5, length = 2)
#' values <- conformal_pursuit_log_sizes(rbind(c(3, 1), c(1, 1), c(2, 2)))
#' conformal_pursuit_choose(values, asked = c(FALSE, TRUE, FALSE))
#' conformal_pursuit_entropy_bound(4, 19, 0.1, mean_size = 1.5)
#' @export
conformal_pursuit_histories <- function(points, queries, length, seed = 42, first_point = 0) {
  .Call(C_conformal_pursuit_histories, numbers(seed, "seed"), numbers(first_point, "first_point"),
        numbers(points, "points"), numbers(queries, "queries"), numbers(length, "length"))
}

#' @rdname conformal_pursuit_histories
#' @export
conformal_pursuit_log_sizes <- function(sizes, weights = NULL) {
  .Call(C_conformal_pursuit_log_sizes, number_matrix(sizes, "sizes"),
        if (!is.null(weights)) number_matrix(weights, "weights"))
}

#' @rdname conformal_pursuit_histories
#' @export
conformal_pursuit_choose <- function(log_sizes, asked = NULL) {
  .Call(C_conformal_pursuit_choose, numbers(log_sizes, "log_sizes"),
        if (!is.null(asked)) flags(asked, "asked"))
}

#' @rdname conformal_pursuit_histories
#' @export
conformal_pursuit_entropy_bound <- function(classes, n, alpha, mean_size,
                                            kind = c("sharp", "published")) {
  .Call(C_conformal_pursuit_entropy_bound, numbers(classes, "classes"), numbers(n, "n"),
        numbers(alpha, "alpha"), numbers(mean_size, "mean_size"), chosen(kind))
}
