# Reads Tests/Vectors: its README.md says what the files hold.

# Where they are; NULL outside the repository.
vectors_directory <- function() {
  places <- c(Sys.getenv("QUANTCAL_VECTORS"), test_path("..", "..", "..", "..", "Tests", "Vectors"))
  places <- places[nzchar(places) & dir.exists(places)]
  if (length(places) > 0) places[1]
}

# The nearest single-precision number.
to_single <- function(x) {
  shape <- dim(x)
  x <- readBin(writeBin(as.double(x), raw(), size = 4), "double", length(x), size = 4)
  dim(x) <- shape
  x
}

# A value of a vector file as a number, a vector, a matrix, or the string that it is. Integers that
# a double cannot hold become NA_character_.
vector_value <- function(value) {
  if (is.list(value)) {
    return(vector_array(value))
  }
  if (!is.character(value)) {
    return(value)
  }
  number <- suppressWarnings(as.numeric(value))
  if (is.na(number) && tolower(value) != "nan") {
    return(value)
  }
  if (grepl("^-?[0-9]+$", value) && abs(number) > 2^53) NA_character_ else number
}

vector_array <- function(value) {
  if ("repeat" %in% names(value)) {
    value <- rep(list(value[["repeat"]]), value$count)
  }
  if ("columns" %in% names(value)) {
    return(matrix(0, value$rows, value$columns))
  }
  elements <- lapply(value, vector_value)
  if (length(elements) > 0 && is.list(value[[1]])) {
    do.call(rbind, elements)
  } else {
    as.numeric(unlist(elements))
  }
}

by_rows <- function(x) if (is.matrix(x)) as.vector(t(x)) else as.vector(x)

# Whether each number agrees with what is expected, within the tolerance of the case.
agrees <- function(actual, expected, tolerance, single) {
  if (single) {
    expected <- to_single(expected)
  }
  exponent <- pmax(floor(log2(abs(expected))), if (single) -126 else -1022)
  ulp <- 2^(exponent - if (single) 23 else 52)
  allowed <- pmax(
    if (is.null(tolerance$ulps)) 0 else tolerance$ulps * ulp,
    if (is.null(tolerance$relative)) 0 else tolerance$relative * abs(expected),
    if (is.null(tolerance$absolute)) 0 else tolerance$absolute
  )
  same <- actual == expected | (is.nan(actual) & is.nan(expected))
  same %in% TRUE | (is.finite(expected) & abs(actual - expected) <= allowed) %in% TRUE
}

# One expectation for each output that the case names.
expect_named_output <- function(actual, expected, tolerance, single, label) {
  expected <- by_rows(vector_value(expected))
  actual <- by_rows(actual)
  if (length(actual) != length(expected)) {
    return(fail(sprintf("%s has length %d, not %d", label, length(actual), length(expected))))
  }
  exact <- is.character(expected) || is.integer(actual)
  good <- if (exact) actual == expected else agrees(actual, expected, tolerance, single)
  bad <- which(!(good %in% TRUE))
  expect(length(bad) == 0, sprintf(
    "%s[%d] is %s, not %s", label, bad[1], format(actual[bad[1]], digits = 17),
    format(expected[bad[1]], digits = 17)
  ))
}
