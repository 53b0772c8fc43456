#' Code books: k-means, product and residual quantization
#'
#' `quantize_vector_train()` makes code books for vectors by k-means; `quantize_vector_encode()` gives the
#' codes of vectors, those of their nearest centres; `quantize_vector_decode()` gives vectors back.
#'
#' A vector is cut into `parts` of equal length, each with code books of its own (product
#' quantization), and each part is a sum of `stages` centres (residual quantization). One part and
#' one stage are k-means. `quantize_vector_refine()` goes on from such code books and codes, of the
#' vectors that rows of weights are cut into, to those for which the squared error of the layer's
#' outputs is small: additive quantization (AQLM), by a beam search and least squares in turn. Where vectors are equally near to centres the first one counts.
#'
#' @param vectors A matrix, a row for each vector. Weights are such vectors after they are cut into
#'   pieces. Rounded to single precision.
#' @param centres For `quantize_vector_train()` how many a code book has, 1 to 65536. For the others
#'   a matrix with a row for each centre, of all books: part by part, stage by stage.
#' @param parts,stages How many; `parts` divides the vectors' length.
#' @param weights The weight of each vector's error, at least 0; or `NULL`.
#' @param importance A matrix as `vectors`: the weight of each number's squared error, at least 0,
#'   such as the diagonal of a Hessian; or `NULL`.
#' @param start `"plus_plus"` (k-means++, on a sample of at most 64 vectors a centre), `"sample"`
#'   (random vectors), or `"given"`.
#' @param first For `"given"` the centres to begin with, as the result has them.
#' @param seed A whole number from 0 to 2^53.
#' @param iterations Of k-means, at most.
#' @param restarts How often k-means is begun, to keep the best.
#' @param passes How often, with stages, all are trained (or chosen) again in turn.
#' @param tolerance k-means ends when the objective falls by no more than this share of itself.
#' @param codes A matrix of codes, a row for each vector.
#' @param matrix A layer's weights, a row for each output: what rows of code books and codes are refined for.
#' @param hessian A square matrix, `crossprod(x)` of the layer's inputs, or blocks of it on the diagonal.
#' @param beam How many rows of codes a search keeps, 1 to 256.
#' @return `quantize_vector_train()`: a list of `centres`, a matrix as above; `codes`, a matrix of
#'   integers from 0 on with a row for each vector and a column for each book; `objective`, the sum of
#'   weighted squared errors (for `quantize_vector_refine()` of the outputs); `used`, how many centres some vector has; `iterations`; `converged`.
#'   `quantize_vector_encode()`: the codes. `quantize_vector_decode()`: a matrix of vectors.
#' @examples
#' vectors <- rbind(c(0, 1), c(0, 3), c(9, 9))
#' books <- quantize_vector_train(vectors, 2)
#' books$objective
#' quantize_vector_decode(books$codes, books$centres)
#' @export
quantize_vector_train <- function(vectors, centres = 256L, parts = 1L, stages = 1L, weights = NULL,
                                  importance = NULL, start = c("plus_plus", "sample", "given"),
                                  first = NULL, seed = 0, iterations = 25L, restarts = 1L,
                                  passes = 2L, tolerance = 1e-4) {
  .Call(
    C_quantize_vector_train,
    number_matrix(vectors, "vectors"), numbers_or_null(weights, "weights"),
    if (!is.null(importance)) number_matrix(importance, "importance"),
    if (!is.null(first)) number_matrix(first, "first"),
    c(vector_sizes(centres, parts, stages), list(
      numbers(passes, "passes"), numbers(seed, "seed"), chosen(start),
      numbers(iterations, "iterations"), numbers(restarts, "restarts"),
      numbers(tolerance, "tolerance")
    ))
  )
}

#' @rdname quantize_vector_train
#' @export
quantize_vector_encode <- function(vectors, centres, parts = 1L, stages = 1L, importance = NULL,
                                   passes = 2L) {
  books <- number_matrix(centres, "centres")
  .Call(
    C_quantize_vector_encode,
    number_matrix(vectors, "vectors"),
    if (!is.null(importance)) number_matrix(importance, "importance"), books,
    c(vector_sizes(nrow(books) %/% (parts * stages), parts, stages), list(numbers(passes, "passes")))
  )
}

#' @rdname quantize_vector_train
#' @export
quantize_vector_decode <- function(codes, centres, parts = 1L, stages = 1L) {
  books <- number_matrix(centres, "centres")
  .Call(
    C_quantize_vector_decode, number_matrix(codes, "codes"), books,
    vector_sizes(nrow(books) %/% (parts * stages), parts, stages)
  )
}

#' @rdname quantize_vector_train
#' @export
quantize_vector_refine <- function(matrix, hessian, centres, codes, parts = 1L, stages = 1L,
                                   weights = NULL, iterations = 25L, tolerance = 1e-4, beam = 4L) {
  books <- number_matrix(centres, "centres")
  .Call(
    C_quantize_vector_refine, number_matrix(matrix, "matrix"), number_matrix(hessian, "hessian"),
    numbers_or_null(weights, "weights"), books, number_matrix(codes, "codes"),
    c(vector_sizes(nrow(books) %/% (parts * stages), parts, stages), list(
      numbers(iterations, "iterations"), numbers(tolerance, "tolerance"), numbers(beam, "beam")
    ))
  )
}

vector_sizes <- function(centres, parts, stages, call = sys.call(sys.parent())) {
  list(numbers(centres, "centres", call), numbers(parts, "parts", call),
       numbers(stages, "stages", call))
}
