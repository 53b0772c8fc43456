/*
 * Family `quantize`: vectors as codes of code books: k-means, product and residual quantization.
 */
#ifndef QUANTCAL_QUANTIZE_VECTOR_H
#define QUANTCAL_QUANTIZE_VECTOR_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where k-means begins. */
enum {
    /* k-means++: each next centre is a vector with a probability in proportion to its weighted
     * squared distance from the nearest centre so far; of a sample of at most 64 k vectors, one
     * at random from each of as many equal runs of vectors. */
    QC_QUANTIZE_VECTOR_PLUS_PLUS = 0,
    /* One vector at random from each of k equal runs of vectors. */
    QC_QUANTIZE_VECTOR_SAMPLE = 1,
    /* With the centres that the caller gives; restarts and stages must be 1. */
    QC_QUANTIZE_VECTOR_GIVEN = 2
};

typedef struct qc_quantize_vector_options {
    size_t struct_size;
    size_t centres;     /* k: of a code book; 1 to 65536, default 256 */
    size_t parts;       /* m: a vector is cut into so many; divides dimension; default 1 */
    size_t stages;      /* each part is a sum of so many centres; 1 to 64, default 1 */
    uint64_t seed;      /* default 0 */
    int32_t start;      /* QC_QUANTIZE_VECTOR_... */
    int32_t iterations; /* of k-means, at most; at least 0, default 25 */
    int32_t restarts;   /* how often k-means is begun, to keep the best; 1 to 1000, default 1 */
    int32_t passes;     /* over the stages, if there are more than one; 0 to 1000, default 2 */
    double tolerance;   /* k-means ends when the objective falls by no more than this share of
                           itself; 0 to below 1, default 1e-4 */
    size_t beam;        /* of qc_quantize_vector_refine_f32(): so many rows of codes are kept;
                           1 to 256, default 4 */
    qc_progress progress;
} qc_quantize_vector_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options. Errors: QC_ERR_NULL_POINTER;
 * QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is less than that of the first version, or above
 * 4096. Since 0.1.
 */
qc_status qc_quantize_vector_options_init(qc_quantize_vector_options *options, size_t size);

typedef struct qc_quantize_vector_result {
    size_t struct_size; /* set by the caller: sizeof the struct */
    double objective;   /* the sum of weighted squared errors of all vectors */
    size_t used;        /* how many centres, of all code books, some vector has */
    int32_t iterations; /* of k-means, of all code books */
    int32_t converged;  /* 1, or 0 if `iterations` ended some k-means */
} qc_quantize_vector_result;

/*
 * Code books for vectors, by k-means.
 *
 * A vector x is cut into m parts of dimension / m numbers, and each part is approximated by a sum
 * of centres, one of each of its stages. One part and one stage are k-means; more parts product
 * quantization; more stages residual quantization, whose books are for what the stages before
 * leave. What is minimised is the sum over vectors i and numbers j of
 * weights[i] * importance[i][j] * (x[i][j] - approximation[i][j])^2. With the diagonal of a
 * layer's Hessian as importance this is the objective of AQLM and GPTVQ without their terms
 * outside the diagonal; for those see qc_quantize_vector_refine_f32().
 *
 * vectors     count x dimension, finite: for weights, a matrix whose rows are cut into pieces.
 * weights     count, finite, >= 0, not all 0; NULL: all 1.
 * importance  count x dimension, finite, >= 0; NULL: all 1.
 * centres     parts x stages x k x (dimension / parts). On input the first centres, if they are given.
 * codes       count x parts x stages: the vectors' codes; NULL: not wanted. A code is the row of a
 *             centre in its book; up to 256 centres it fits a byte.
 *
 * Each book: centres to begin with; then every vector goes to its nearest centre, by the sum of
 * importance[j] * (x[j] - c[j])^2 in double, in order of j, among equal ones the first; and each
 * centre to the weighted mean of its vectors, a number without any weight staying; until the
 * objective falls no more, which never rises. A centre without vectors moves to the vector with
 * the largest error; where there is no error it stays, so `used` says how many distinct vectors
 * there are if they are fewer than k. With stages, then `passes` times for each in turn k-means
 * from its centres on, for what the other stages leave (rounded to single precision; magnitudes
 * must be at most 2^100).
 *
 * The result depends on the seed, and neither on threads nor on instruction sets. count = 0 is an
 * error. Cost: for each iteration at most count * k * dimension multiplications, at the speed of a product
 * of matrices; vectors whose centre cannot have changed are left out, unless there is importance.
 * Scratch of 6 bytes for each vector and code, and, with stages, 4 for each number of a part. Errors:
 * QC_ERR_NULL_POINTER, QC_ERR_SIZE (no vectors; parts do not divide dimension), QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_NOT_FINITE, QC_ERR_DOMAIN, QC_ERR_OPTIONS, QC_ERR_NO_MEMORY,
 * QC_CANCELLED. Source: Lloyd (1982); Arthur and Vassilvitskii (2007), k-means++; Hamerly (2010);
 * Jegou, Douze, Schmid (2011), product quantization; Egiazarian et al. (2024), AQLM. Where empty
 * centres go, and the sample, are ours. Since 0.1.
 */
qc_status qc_quantize_vector_train_f32(const float *vectors, size_t count, size_t dimension,
                                       const float *weights, const float *importance,
                                       const qc_quantize_vector_options *options, float *centres,
                                       uint16_t *codes, qc_quantize_vector_result *result);

/*
 * The codes of vectors for given code books: the nearest centre of each part, as above. With
 * stages the nearest to what the stages before leave, then `passes` times for each stage in turn the
 * nearest to what the others leave.
 *
 * Of the options centres, parts, stages, passes and progress are used; the arrays are as above,
 * centres finite. count = 0 does nothing. Cost: count * k * dimension multiplications for each stage
 * and pass. Errors: as above. Since 0.1.
 */
qc_status qc_quantize_vector_encode_f32(const float *vectors, size_t count, size_t dimension,
                                        const float *importance, const float *centres,
                                        const qc_quantize_vector_options *options, uint16_t *codes);

/*
 * The vectors of codes: centres; with stages their sums, in double, rounded once.
 *
 * Of the options centres, parts and stages are used. A code of k or more is QC_ERR_DOMAIN. Errors: as
 * above. Since 0.1.
 */
qc_status qc_quantize_vector_decode_f32(const uint16_t *codes, size_t count, size_t dimension,
                                        const float *centres,
                                        const qc_quantize_vector_options *options, float *vectors);

/*
 * Code books and codes for what a layer gives out, not for its weights: additive quantization with
 * the whole Hessian, from code books and codes on that the functions above have given.
 *
 * A row w of the matrix is cut into columns / dimension vectors, all with the same books, and
 * approximated by a as above. What is minimised is the sum over rows r of
 * weights[r] * (w - a)^T H (w - a), with the Hessian H = X X^T of the layer's inputs, X having a
 * column for each: the squared error of what the rows give out. Any symmetric, positive
 * semidefinite H will do; with blocks on the diagonal only, vectors (or groups of them) do not
 * know of each other, and the work is less.
 *
 * matrix   rows x columns, finite: a layer's weights, a row for each output.
 * hessian  columns x columns, finite, the diagonal >= 0; the mean of it and its transpose counts,
 *          in single precision.
 * weights  rows, finite, >= 0, not all 0; NULL: all 1. Rows that have been divided by scales have
 *          these, squared.
 * centres, codes  to begin with: as qc_quantize_vector_train_f32() gives them for the
 *          rows * columns / dimension vectors of the matrix.
 * refined_centres, refined_codes  may be the same memory as centres and codes.
 *
 * In turn: a beam search for each row's codes, and least squares for the centres. The search goes
 * through the places of a row and their stages in order; for each of the best rows of codes so
 * far, at first that which there is, it tries all centres at the place, and keeps the `beam` rows
 * with the least errors, among equal ones the first. Before, it does so keeping one row only, which
 * is coordinate descent. A row's codes change only if its error falls.
 * Then each centre in turn moves to where the error is least, all codes and other centres being as
 * they are: where H d = H (w - a), summed over its places and pairs of them in a row, with 2^-20
 * of the mean diagonal added, so that it stays where no input sees it. This ends after
 * `iterations`, or when the objective falls by no more than `tolerance` of itself; it never rises.
 * With iterations = 0 only codes are searched for.
 *
 * Of the options centres, parts, stages, iterations, tolerance, beam and progress are used. The
 * result does not depend on threads. rows = 0 or columns = 0 is an error. With H that is not
 * positive semidefinite the objective may be negative, and then the work ends. Cost: for each
 * iteration about rows * columns * stages * centres * (beam + 1) multiplications for tries,
 * and rows * columns^2 * (4 + beam + stages) for the rest, less where H is 0. Scratch of 8 bytes for
 * each number of the matrix, 4 of the Hessian, and 8 for each centre, stage and place of a row.
 * Errors: as above; QC_ERR_SIZE also if dimension does not divide columns; QC_ERR_DOMAIN also
 * for a code of `centres` or more. Source: Egiazarian et al. (2024), AQLM, sections 3.2 and 3.3; there
 * places are in random order, and centres move along gradients. Since 0.1.
 */
qc_status qc_quantize_vector_refine_f32(const float *matrix, size_t rows, size_t columns,
                                        size_t dimension, const float *hessian,
                                        const float *weights, const float *centres,
                                        const uint16_t *codes,
                                        const qc_quantize_vector_options *options,
                                        float *refined_centres, uint16_t *refined_codes,
                                        qc_quantize_vector_result *result);

#ifdef __cplusplus
}
#endif

#endif
