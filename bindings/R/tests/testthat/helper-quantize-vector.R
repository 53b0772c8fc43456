# quantize/vector from R.

case_sizes <- function(case) {
  list(parts = if (is.null(case$parts)) 1 else case$parts,
       stages = if (is.null(case$stages)) 1 else case$stages)
}

# Centres as a matrix, though a case may have one number a centre.
case_books <- function(books) if (is.null(books)) NULL else as.matrix(books)

# The objective is double; centres are what single precision holds.
double_outputs <- c(double_outputs, "qc_quantize_vector_train", "qc_quantize_vector_refine")

vector_calls <- c(vector_calls, list(
  qc_quantize_vector_options_init = function(case) {
    names <- c("centres", "parts", "stages", "seed", "start", "iterations", "restarts", "passes",
               "tolerance")
    c(sapply(names, function(name) default(quantize_vector_train, name), simplify = FALSE),
      list(beam = default(quantize_vector_refine, "beam")))
  },
  qc_quantize_vector_train = function(case) {
    case$first <- case_books(case$first)
    books <- do.call(quantize_vector_train, case)
    books$converged <- as.integer(books$converged)
    books
  },
  qc_quantize_vector_encode = function(case) {
    sizes <- case_sizes(case)
    codes <- call_with(quantize_vector_encode, vectors = case$vectors,
                       centres = case_books(case$books), parts = sizes$parts,
                       stages = sizes$stages, importance = case$importance, passes = case$passes)
    list(codes = codes)
  },
  qc_quantize_vector_decode = function(case) {
    sizes <- case_sizes(case)
    list(vectors = quantize_vector_decode(case$codes, case_books(case$books), sizes$parts,
                                          sizes$stages))
  },
  qc_quantize_vector_refine = function(case) {
    case$centres <- case_books(case$books)
    books <- do.call(quantize_vector_refine, case[setdiff(names(case), c("books", "dimension"))])
    books$converged <- as.integer(books$converged)
    books
  }
))
