# Arguments on their way to C. Each function returns what C takes - a double vector, or a matrix of
# doubles - or raises an error that names the argument and shows the caller's call. (The caller is the
# parent, which need not stand next on the stack: arguments are evaluated where they are needed.)

# A double vector stays the one it is; other numbers are converted, dimensions and their names kept.
numbers <- function(x, name, call = sys.call(sys.parent())) {
  if (!is.numeric(x) && !is.logical(x)) {
    refuse("type", call, "%s must be numeric, not of class %s", name, class(x)[1])
  }
  if (is.object(x) || !is.double(x)) {
    extent <- dim(x)
    names <- dimnames(x)
    x <- as.double(x)
    dim(x) <- extent
    dimnames(x) <- names
  }
  x
}

numbers_or_null <- function(x, name, call = sys.call(sys.parent())) {
  if (is.null(x)) NULL else numbers(x, name, call)
}

number_matrix <- function(x, name, call = sys.call(sys.parent())) {
  if (is.data.frame(x)) {
    x <- as.matrix(x)
  }
  if (!is.matrix(x)) {
    refuse("type", call, "%s must be a matrix, not of class %s", name, class(x)[1])
  }
  numbers(x, name, call)
}

raw_vector <- function(x, name, call = sys.call(sys.parent())) {
  if (!is.raw(x)) {
    refuse("type", call, "%s must be a raw vector, not of class %s", name, class(x)[1])
  }
  x
}

flag <- function(x, name, call = sys.call(sys.parent())) {
  if (!isTRUE(x) && !isFALSE(x)) {
    refuse("type", call, "%s must be TRUE or FALSE", name)
  }
  x
}

# The position of a choice, counted from 0 as the library's enumerations are. The default is the
# first: the whole vector of choices, as in match.arg().
choice <- function(x, choices, name, call = sys.call(sys.parent())) {
  if (identical(x, choices)) {
    return(0)
  }
  position <- if (is.character(x) && length(x) == 1) match(x, choices) else NA
  if (is.na(position)) {
    refuse("options", call, "%s must be one of %s", name,
           paste0('"', choices, '"', collapse = ", "))
  }
  position - 1
}

# The same for an argument of the calling function, whose choices are its default.
chosen <- function(x, call = sys.call(sys.parent())) {
  name <- deparse(substitute(x))
  choice(x, eval(formals(sys.function(sys.parent()))[[name]]), name, call)
}

# Labels as class numbers, with the number of the first class: list(values, first). `names` are the
# column names of the matrix of classes. With one column the classes are 0 and 1, as in glm().
class_numbers <- function(labels, classes, names, call = sys.call(sys.parent())) {
  if (is.factor(labels)) {
    if (classes == 1 && nlevels(labels) != 2) {
      refuse("domain", call, "labels has %d levels; one column of probabilities needs 2",
             nlevels(labels))
    }
    by_name <- classes > 1 && nlevels(labels) > 0 && all(levels(labels) %in% names)
    positions <- if (by_name) match(levels(labels), names) else seq_len(nlevels(labels))
    return(list(values = as.double(positions[labels]), first = 1))
  }
  if (is.logical(labels) && classes > 1) {
    refuse("type", call, "labels must be class numbers or a factor, not logical")
  }
  list(values = numbers(labels, "labels", call), first = if (classes == 1) 0 else 1)
}
