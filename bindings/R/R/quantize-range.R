#' Range rules
#'
#' `quantize_range()` chooses the scales, and zero points if wanted, of a matrix on a grid by a
#' rule; `quantize_range_rule()` makes a rule from a name.
#'
#' Rules are `"min_max"`; `"power_of_two"` (min-max with the scales of OCP Microscaling);
#' `"percentile"` (99.99); `"mse"` (the least error of candidates, as GPTQ searches); `"entropy"`
#' (the least Kullback-Leibler divergence of candidates); `"aciq_gaussian"` and `"aciq_laplace"`;
#' `"gaussian"` and `"laplace"` (the best scale of this grid for the distribution, times the
#' spread); `"half_quadratic"` (HQQ, which needs zero points); `"least_squares"` (codes and scale in
#' turn, from many starts); `"mean_absolute"` (binary and ternary weights); `"learned_step"`
#' (where LSQ starts); `"dual_clipping"` (as `"mse"`, each end of the range by itself, as RepQuant's).
#'
#' @inheritParams quantize_grid_scales
#' @param rule A rule, or its name.
#' @param zeros Whether the levels may be moved: by whole zero points for integers (real ones with
#'   `"half_quadratic"`), real ones for other grids.
#' @param importance Weights of errors, one for each column, at least 0; or `NULL`. For `"mse"`,
#'   `"entropy"`, `"least_squares"` and `"dual_clipping"`.
#' @param name The name of a rule.
#' @param ... Fields of the rule that are to be different: `kind`, `scale_form` (`"real"`,
#'   `"power_of_two"`, `"power_of_two_up"`), `definition` of percentiles (`"linear"`, `"lower"`,
#'   `"higher"`, `"nearest"`, `"midpoint"`, `"inverted_cdf"`), `steps` (candidates), `refinements`
#'   (of `"mse"`, by golden section), `iterations`, `bins`, `percentile`, `norm` (the exponent of
#'   errors), `low` and `high` (candidates are the min-max range times numbers between them),
#'   `strength`, `growth`.
#' @return `quantize_range()`: a list of `scales` and `zeros`, matrices as
#'   [quantize_grid_encode()] takes them; `zeros` is `NULL` if they are not wanted.
#'   `quantize_range_rule()`: an object of class `quantcal_range_rule`, a list of the fields.
#' @examples
#' w <- rbind(c(7.9, -3, 0.4, 0.1))
#' quantize_range(w, "e2m1fn", "power_of_two")$scales
#' quantize_range(w, "uint4", quantize_range_rule("mse", norm = 2.4), zeros = TRUE)
#' @export
quantize_range <- function(w, grid, rule = "min_max", zeros = FALSE, importance = NULL,
                           group_size = 128L, granularity = c("group", "row", "tensor")) {
  .Call(
    C_quantize_range, number_matrix(w, "w"), grid_fields(grid), rule_fields(rule),
    flag(zeros, "zeros"), numbers_or_null(importance, "importance"),
    grid_sharing(group_size, granularity)
  )
}

#' @rdname quantize_range
#' @export
quantize_range_rule <- function(name = "min_max", ...) {
  if (!is.character(name) || length(name) != 1) {
    refuse("type", sys.call(), "name must be a string")
  }
  number <- as.list(.Call(C_quantize_range_rule_init, name))
  rule <- c(
    list(kind = range_kinds[number[[1]] + 1], scale_form = range_scale_forms[number[[2]] + 1],
         definition = range_definitions[number[[3]] + 1]),
    structure(number[4:13], names = range_numbers)
  )
  changes <- list(...)
  unknown <- setdiff(names(changes), names(rule))
  if (length(unknown) > 0 || sum(nzchar(names(changes))) < length(changes)) {
    refuse("type", sys.call(), "%s is not a field of a rule", c(unknown, "an argument")[1])
  }
  rule[names(changes)] <- changes
  structure(rule, class = "quantcal_range_rule")
}

#' @param x A rule.
#' @rdname quantize_range
#' @export
print.quantcal_range_rule <- function(x, ...) {
  cat(sprintf("Range rule: %s\n", x$kind))
  invisible(x)
}

range_kinds <- c("min_max", "percentile", "mse", "entropy", "aciq_gaussian", "aciq_laplace",
                 "gaussian", "laplace", "half_quadratic", "least_squares", "mean_absolute",
                 "learned_step", "dual_clipping")
range_scale_forms <- c("real", "power_of_two", "power_of_two_up")
range_definitions <- c("linear", "lower", "higher", "nearest", "midpoint", "inverted_cdf")
range_numbers <- c("steps", "refinements", "iterations", "bins", "percentile", "norm", "low",
                   "high", "strength", "growth")

# The rule as C takes it.
rule_fields <- function(rule, call = sys.call(-1)) {
  if (is.character(rule)) {
    rule <- quantize_range_rule(rule)
  }
  if (!inherits(rule, "quantcal_range_rule")) {
    refuse("type", call, "rule must be a name or come from quantize_range_rule(), not be of class %s",
           class(rule)[1])
  }
  number <- function(name) {
    value <- numbers(rule[[name]], name, call)
    is_whole <- name %in% c("steps", "refinements", "iterations", "bins")
    if (length(value) != 1 || (is_whole && !(abs(value) < 2^31 && value == round(value)))) {
      refuse("options", call, "%s must be one number, and counts whole ones", name)
    }
    value
  }
  as.double(c(
    choice(rule$kind, range_kinds, "kind", call),
    choice(rule$scale_form, range_scale_forms, "scale_form", call),
    choice(rule$definition, range_definitions, "definition", call),
    vapply(range_numbers, number, 0)
  ))
}
