#' Scalar grids
#'
#' A scalar grid is a list of levels, one for each code of 1 to 8 bits, in units of a
#' scale, and a rule that says which level a number goes to. `quantize_grid()` makes one
#' from a name; `quantize_grid_levels()` shows its levels.
#'
#' Names are `"int2"` to `"int8"` (signed, symmetric), `"uint1"` to `"uint8"`,
#' `"midrise1"` to `"midrise8"` (`k + 1/2`), `"binary"`, `"ternary"`, `"log2_1"` to
#' `"log2_7"` (powers of 2, and 0), `"log_sqrt2_1"` to `"log_sqrt2_7"`,
#' `"sqrt2_powers2"` to `"sqrt2_powers8"`, `"power2"` to `"power8"`, `"tangent1"` to
#' `"tangent8"`, the small floats `"e4m3fn"`, `"e5m2"`, `"e4m3fnuz"`, `"e5m2fnuz"`,
#' `"e3m2fn"`, `"e2m3fn"`, `"e2m1fn"`, `"e8m0fnu"`, and the code book `"nf4"`.
#'
#' @param name The name of a grid.
#' @param ... Fields of the grid that are to be different: `kind` (`"integer"`,
#'   `"midrise"`, `"binary"`, `"log2"`, `"log_sqrt2"`, `"sqrt2_powers"`, `"power"`,
#'   `"tangent"`, `"float"`, `"code_book"`), `bits`, `signed`, `narrow` (without the
#'   lowest code), `exponent_bits`, `specials` (`"none"`, `"ieee"`, `"fn"`, `"fnuz"`,
#'   `"exponent"`), `overflow` (`"saturate"`, `"ieee"`), `bias`, `parameter`, `levels`.
#' @param grid A grid, or its name.
#' @return `quantize_grid()`: an object of class `quantcal_grid`, a list of the fields.
#'   `quantize_grid_levels()`: the level of each code, `NaN` for codes that are none.
#' @examples
#' quantize_grid_levels("e2m1fn")
#' quantize_grid_levels(quantize_grid("int3", narrow = FALSE))
#' @export
quantize_grid <- function(name = "int4", ...) {
  if (!is.character(name) || length(name) != 1) {
    refuse("type", sys.call(), "name must be a string")
  }
  made <- .Call(C_quantize_grid_init, name)
  number <- made$fields
  grid <- list(
    kind = grid_kinds[number[1] + 1], bits = number[2], signed = number[3] == 1,
    narrow = number[4] == 1, exponent_bits = number[5], specials = grid_specials[number[6] + 1],
    overflow = grid_overflows[number[7] + 1], bias = number[8], parameter = number[9],
    levels = made$levels
  )
  changes <- list(...)
  unknown <- setdiff(names(changes), names(grid))
  if (length(unknown) > 0 || sum(nzchar(names(changes))) < length(changes)) {
    refuse("type", sys.call(), "%s is not a field of a grid", c(unknown, "an argument")[1])
  }
  grid[names(changes)] <- changes
  structure(grid, class = "quantcal_grid")
}

grid_kinds <- c("integer", "midrise", "binary", "log2", "log_sqrt2", "sqrt2_powers", "power",
                "tangent", "float", "code_book")
grid_specials <- c("none", "ieee", "fn", "fnuz", "exponent")
grid_overflows <- c("saturate", "ieee")

# The grid as C takes it.
grid_fields <- function(grid, call = sys.call(-1)) {
  if (is.character(grid)) {
    grid <- quantize_grid(grid)
  }
  if (!inherits(grid, "quantcal_grid")) {
    refuse("type", call, "grid must be a name or come from quantize_grid(), not be of class %s",
           class(grid)[1])
  }
  number <- function(name) {
    value <- numbers(grid[[name]], name, call)
    if (length(value) != 1 || (name != "bias" && name != "parameter" &&
                               !(abs(value) < 2^31 && value == round(value)))) {
      refuse("options", call, "%s must be one number, and a whole one unless it is bias or parameter",
             name)
    }
    value
  }
  list(
    as.double(c(
      choice(grid$kind, grid_kinds, "kind", call), number("bits"),
      flag(grid$signed, "signed", call), flag(grid$narrow, "narrow", call),
      number("exponent_bits"), choice(grid$specials, grid_specials, "specials", call),
      choice(grid$overflow, grid_overflows, "overflow", call), number("bias"),
      number("parameter")
    )),
    numbers(grid$levels, "levels", call)
  )
}

#' @rdname quantize_grid
#' @export
quantize_grid_levels <- function(grid) .Call(C_quantize_grid_levels, grid_fields(grid))

#' @param x A grid.
#' @rdname quantize_grid
#' @export
print.quantcal_grid <- function(x, ...) {
  cat(sprintf("Scalar grid: %s, %d bits\n", x$kind, as.integer(x$bits)))
  invisible(x)
}

grid_sharing <- function(group_size, granularity, call = sys.call(-1)) {
  list(
    choice(granularity, granularities, "granularity", call),
    numbers(group_size, "group_size", call)
  )
}

#' A matrix on a scalar grid
#'
#' `quantize_grid_scales()` finds min-max scales: for each group of neighbours in a row
#' the smallest with which no value lies beyond the outermost levels.
#' `quantize_grid_encode()` gives the codes of the levels that `w / scale + zero` go to,
#' `quantize_grid_decode()` the numbers `(level - zero) * scale` that codes stand for.
#' `quantize_grid_layout()` says how much room a matrix needs.
#'
#' The library quantizes single precision: `w` and scales are rounded to it first.
#'
#' @param w A numeric matrix, finite; infinities only for floats, `NaN` only for floats
#'   that have it. Groups run along its rows.
#' @param grid A grid as [quantize_grid()] makes it, or its name.
#' @param scales A matrix of scales, a row for each row of `w` (for `"tensor"` one), a
#'   column for each group. For encoding positive.
#' @param zeros Zero points, in units of levels, shaped like `scales`; or `NULL`. With whole
#'   ones integers are rounded as by ONNX's QuantizeLinear: `w / scale` first.
#' @param group_size How many neighbours of a row share a scale, at least 1; the
#'   last group of a row may be shorter. For granularity `"group"` only.
#' @param granularity What shares a scale: a `"group"`, a `"row"`, or the whole
#'   matrix (`"tensor"`).
#' @return `quantize_grid_scales()`: the scales. `quantize_grid_encode()`: the codes as a
#'   raw vector, row after row; each row starts on a byte, and the first code has the
#'   lowest bits; [unpack_codes()] takes them apart. `quantize_grid_decode()`: a double
#'   matrix. `quantize_grid_layout()`: a list of `code_bytes` and `group_count`.
#' @examples
#' w <- matrix(sin(1:32), 4)
#' scales <- quantize_grid_scales(w, "nf4")
#' codes <- quantize_grid_encode(w, "nf4", scales)
#' max(abs(quantize_grid_decode(codes, "nf4", scales, 4, 8) - w))
#' @export
quantize_grid_scales <- function(w, grid, group_size = 128L,
                                 granularity = c("group", "row", "tensor")) {
  .Call(
    C_quantize_grid_scales, number_matrix(w, "w"), grid_fields(grid),
    grid_sharing(group_size, granularity)
  )
}

#' @rdname quantize_grid_scales
#' @export
quantize_grid_encode <- function(w, grid, scales, zeros = NULL, group_size = 128L,
                                 granularity = c("group", "row", "tensor")) {
  .Call(
    C_quantize_grid_encode, number_matrix(w, "w"), grid_fields(grid), numbers(scales, "scales"),
    numbers_or_null(zeros, "zeros"), grid_sharing(group_size, granularity)
  )
}

#' @param codes What `quantize_grid_encode()` gave.
#' @param rows,columns The shape of the matrix.
#' @rdname quantize_grid_scales
#' @export
quantize_grid_decode <- function(codes, grid, scales, rows, columns, zeros = NULL,
                                 group_size = 128L, granularity = c("group", "row", "tensor")) {
  .Call(
    C_quantize_grid_decode, raw_vector(codes, "codes"), grid_fields(grid),
    numbers(scales, "scales"), numbers_or_null(zeros, "zeros"), numbers(rows, "rows"),
    numbers(columns, "columns"), grid_sharing(group_size, granularity)
  )
}

#' @rdname quantize_grid_scales
#' @export
quantize_grid_layout <- function(rows, columns, grid, group_size = 128L,
                                 granularity = c("group", "row", "tensor")) {
  .Call(
    C_quantize_grid_layout, grid_fields(grid), numbers(rows, "rows"), numbers(columns, "columns"),
    grid_sharing(group_size, granularity)
  )
}

#' Scalar grids in training
#'
#' `quantize_grid_neighbours()` gives the two levels that each number lies between;
#' `quantize_grid_fake()` rounds a matrix to a grid and back, with gradients.
#'
#' @inheritParams quantize_grid_scales
#' @param upstream A matrix shaped like `w`: the gradient of a loss by the rounded
#'   numbers; or `NULL`.
#' @param gradient Where it passes to the numbers: between the outermost levels
#'   (`"clipped"`), everywhere (`"identity"`), strictly between them, gradients of scales
#'   being multiplied by `1 / sqrt(n * highest)` (`"learned_step"`, LSQ), up to half a
#'   step beyond them (`"trust"`, QuEST), or times `max(0, 2 - 2 * abs(w / scale))`
#'   (`"triangle"`, for the sign, Bi-Real Net).
#' @return `quantize_grid_neighbours()`: a list of `lower` and `upper`, matrices of codes
#'   counted from 0. `quantize_grid_fake()`: a list of `quantized`, `value_gradients` and
#'   `scale_gradients`; without `upstream` gradients are `NULL`.
#' @examples
#' quantize_grid_neighbours(rbind(c(1.2, -0.4, 9)), "e2m1fn", 1)
#' v <- rbind(c(-3, -0.4, 0.26, 0.6, 2.2))
#' grid <- quantize_grid("int3", narrow = FALSE)
#' quantize_grid_fake(v, grid, 0.5, upstream = rbind(rep(1, 5)))
#' @export
quantize_grid_neighbours <- function(w, grid, scales, zeros = NULL, group_size = 128L,
                                     granularity = c("group", "row", "tensor")) {
  .Call(
    C_quantize_grid_neighbours, number_matrix(w, "w"), grid_fields(grid),
    numbers(scales, "scales"), numbers_or_null(zeros, "zeros"),
    grid_sharing(group_size, granularity)
  )
}

#' @rdname quantize_grid_neighbours
#' @export
quantize_grid_fake <- function(w, grid, scales, zeros = NULL, upstream = NULL,
                               gradient = c("clipped", "identity", "learned_step", "trust",
                                            "triangle"),
                               group_size = 128L, granularity = c("group", "row", "tensor")) {
  values <- number_matrix(w, "w")
  if (!is.null(upstream)) {
    upstream <- number_matrix(upstream, "upstream")
    if (!identical(dim(upstream), dim(values))) {
      refuse("size", sys.call(), "upstream is %d x %d; %d x %d is needed", nrow(upstream),
             ncol(upstream), nrow(values), ncol(values))
    }
  }
  .Call(
    C_quantize_grid_fake, values, grid_fields(grid), numbers(scales, "scales"),
    numbers_or_null(zeros, "zeros"), upstream, chosen(gradient),
    grid_sharing(group_size, granularity)
  )
}
