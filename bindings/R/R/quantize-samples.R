#' Which samples a model is calibrated with
#'
#' `quantize_samples_filter()` says whether each sample's statistics are like those of the others, as
#' QuantVGGT filters noise. `quantize_samples_select()` chooses some samples out of many.
#' `quantize_samples_allocate()` says how many calibration samples each time step of a diffusion
#' model gives, as EDA-DM has it: more where features are like those of many other steps, and where
#' they point elsewhere. `quantize_samples_steps()` draws time steps.
#'
#' @param statistics A row for each sample of whatever shows noise, such as mean and standard
#'   deviation of what the model's last blocks have in; a vector is one column.
#' @param categories The category of each sample, whose quartiles are looked at; categories of
#'   fewer than 4 stay as they are. `NULL`: all are of one.
#' @param fence How many interquartile ranges beyond the quartiles a statistic may lie.
#' @return `quantize_samples_filter()`: `TRUE` for samples that stay. `quantize_samples_select()`: rows
#'   of `features`, by `"density_diversity"` in the order in which they are chosen, by `"clusters"`
#'   ascending. `quantize_samples_allocate()`: a list of `counts`, which add up to `total`, and
#'   `weights`, the shares that were rounded. `quantize_samples_steps()`: steps from 1 to `steps`,
#'   ascending if `"even"`, else as they are drawn.
#' @examples
#' quantize_samples_filter(c(1, 2, 3, 4, 100))
#' quantize_samples_select(c(0, 1, 2, 50, 51), 3, radius = 1)
#' quantize_samples_allocate(rbind(c(1, 0), c(1, 0.1), c(0, 1)), 10, radius = 0.1)$counts
#' quantize_samples_steps(50, 4)
#' @export
quantize_samples_filter <- function(statistics, categories = NULL, fence = 1.5) {
  statistics <- sample_rows(statistics, "statistics")
  groups <- NULL
  if (!is.null(categories)) {
    if (length(categories) != nrow(statistics)) {
      refuse("size", sys.call(), "categories has %d elements; %d are needed", length(categories),
             nrow(statistics))
    }
    groups <- as.numeric(match(categories, unique(categories)))
  }
  .Call(C_quantize_samples_filter, statistics, groups, numbers(fence, "fence")) == 1
}

#' @param features A row for each sample, or time step, as the model sees it; a vector is one column.
#' @param choose How many to choose.
#' @param kept `TRUE` for samples that are there, as `quantize_samples_filter()` gives it. `NULL`: all.
#' @param method One by one those that have many neighbours and lie far from the chosen ones; or
#'   the same number at random from each of the `"clusters"` of k-means.
#' @param radius The mean squared difference up to which two rows are neighbours.
#' @param diversity The weight of distance, or variety, beside density.
#' @param clusters,restarts At most how many clusters, and how often k-means is begun.
#' @param seed Of k-means, and of what is drawn at random.
#' @rdname quantize_samples_filter
#' @export
quantize_samples_select <- function(features, choose, kept = NULL,
                                    method = c("density_diversity", "clusters"), radius = 0.3,
                                    diversity = 1, clusters = 5, restarts = 10, seed = 0) {
  .Call(
    C_quantize_samples_select, sample_rows(features, "features"), numbers(choose, "choose"),
    if (!is.null(kept)) as.numeric(flags(kept, "kept")),
    list(chosen(method), numbers(radius, "radius"), numbers(diversity, "diversity"),
         numbers(clusters, "clusters"), numbers(restarts, "restarts"), numbers(seed, "seed"))
  )
}

#' @param total How many samples there are to be.
#' @rdname quantize_samples_filter
#' @export
quantize_samples_allocate <- function(features, total, radius = 0.3, diversity = 1) {
  .Call(C_quantize_samples_allocate, sample_rows(features, "features"), numbers(total, "total"),
        numbers(radius, "radius"), numbers(diversity, "diversity"))
}

#' @param steps How many time steps there are.
#' @param count How many to draw.
#' @param draw At equal distances, as Q-Diffusion; or at random, all equally likely, or from a normal
#'   distribution, as PTQ4DM.
#' @param mean,deviation Of the normal distribution, as shares of `steps`.
#' @rdname quantize_samples_filter
#' @export
quantize_samples_steps <- function(steps, count, draw = c("even", "uniform", "normal"), mean = 0.4,
                                   deviation = 0.5, seed = 0) {
  .Call(C_quantize_samples_steps, numbers(steps, "steps"), numbers(count, "count"), chosen(draw),
        numbers(mean, "mean"), numbers(deviation, "deviation"), numbers(seed, "seed"))
}

# A matrix; a vector is one column.
sample_rows <- function(x, name, call = sys.call(sys.parent())) {
  number_matrix(if (is.numeric(x) && is.null(dim(x))) matrix(x, ncol = 1) else x, name, call)
}
