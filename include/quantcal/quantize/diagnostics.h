/*
 * Family `quantize`: what quantization did to numbers: errors, statistics, outlier columns, the
 * entropy of codes. (What it did to a model's outputs: divergence.h.)
 */
#ifndef QUANTCAL_QUANTIZE_DIAGNOSTICS_H
#define QUANTCAL_QUANTIZE_DIAGNOSTICS_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct qc_quantize_error_result {
    size_t struct_size;        /* set by the caller: sizeof the struct */
    double mean_squared_error; /* sum (x - y)^2 / n */
    double mean_error;         /* sum (y - x) / n: the bias */
    double max_abs_error;      /* max |x - y| */
    double relative_error;     /* ||x - y|| / ||x|| */
    double sqnr_db;            /* 10 log10(sum x^2 / sum (x - y)^2) */
    double cosine;             /* sum x y / (||x|| ||y||), at most 1 in magnitude */
} qc_quantize_error_result;

/*
 * How far an approximation y is from the original x.
 *
 * original       x, count values, finite.
 * approximation  y, count values, finite, in single precision as decoders give it. May
 *                be the same memory.
 * count          n, at least 1.
 *
 * If all x are 0, relative_error, sqnr_db and cosine are NaN: there is no signal to compare
 * with. cosine is NaN, too, if all y are 0. Without an error sqnr_db is +infinity.
 *
 * Sums are compensated, in double; no finite values overflow or vanish in them. The result
 * does not depend on the number of threads. Cost: one pass; 100 bytes of scratch for 65536
 * values.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_OPTIONS (struct_size), QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_quantize_error_f32(const float *original, const float *approximation, size_t count,
                                qc_quantize_error_result *result);

/* The same for an original in IEEE half precision, given as its bits. Since 0.1. */
qc_status qc_quantize_error_f16(const uint16_t *original, const float *approximation, size_t count,
                                qc_quantize_error_result *result);

/* The same for an original in bfloat16, given as its bits. Since 0.1. */
qc_status qc_quantize_error_bf16(const uint16_t *original, const float *approximation, size_t count,
                                 qc_quantize_error_result *result);

typedef struct qc_quantize_statistics_result {
    size_t struct_size; /* set by the caller: sizeof the struct */
    double minimum;
    double maximum;
    double mean;
    double variance; /* m2 = sum (x - mean)^2 / n, the population's */
    double root_mean_square;
    double mean_abs;    /* sum |x| / n */
    double max_abs;     /* max |x| */
    double max_to_mean; /* max_abs / mean_abs */
    double skewness;    /* m3 / m2^(3/2), m3 = sum (x - mean)^3 / n */
    double kurtosis;    /* m4 / m2^2, m4 = sum (x - mean)^4 / n: of a normal law 3, uniform 1.8 */
    size_t zero_count;  /* how many values are 0 */
} qc_quantize_statistics_result;

/*
 * What makes values easy or hard to quantize.
 *
 * values  count values, finite.
 * count   n, at least 1.
 *
 * max_to_mean of zeros is 1. skewness and kurtosis are NaN if all values are equal. The
 * mean is subtracted in twice the precision of a double before a power is taken, so an
 * offset costs no accuracy.
 *
 * Sums are compensated, in double; no finite values overflow or vanish in them. The result
 * does not depend on the number of threads. Cost: two passes; 100 bytes of scratch for
 * 65536 values.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_OPTIONS (struct_size), QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_quantize_statistics_f32(const float *values, size_t count,
                                     qc_quantize_statistics_result *result);

/* The same for IEEE half precision values, given as their bits. Since 0.1. */
qc_status qc_quantize_statistics_f16(const uint16_t *values, size_t count,
                                     qc_quantize_statistics_result *result);

/* The same for bfloat16 values, given as their bits. Since 0.1. */
qc_status qc_quantize_statistics_bf16(const uint16_t *values, size_t count,
                                      qc_quantize_statistics_result *result);

/* With what a column's largest magnitude is compared. */
enum {
    /* With threshold times the median of the columns' largest magnitudes (of an even number
     * of columns the mean of the middle two). */
    QC_QUANTIZE_OUTLIERS_MEDIAN = 0,
    /* With threshold itself. LLM.int8() does so, with 6. */
    QC_QUANTIZE_OUTLIERS_FIXED = 1
};

typedef struct qc_quantize_outlier_options {
    size_t struct_size;
    int32_t reference; /* QC_QUANTIZE_OUTLIERS_MEDIAN (default) or _FIXED */
    int32_t reserved;  /* 0 */
    double threshold;  /* finite and above 0; default 10 */
} qc_quantize_outlier_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_quantize_outlier_options_init(qc_quantize_outlier_options *options, size_t size);

/*
 * Columns (channels, features) in which a value is far larger than elsewhere: those whose
 * largest magnitude is at least the threshold that the options say, and not 0.
 *
 * values       rows x columns, finite: activations, a row for each token; or weights.
 * magnitudes   columns values: max |x| of each column. May be NULL. SmoothQuant makes its
 *              scales of them.
 * is_outlier   columns bytes: 1 for such a column, else 0. May be NULL.
 * count        how many there are.
 *
 * An empty matrix has none; without rows all magnitudes are 0. The result does not depend on
 * the number of threads. Cost: one pass; scratch of 4 bytes a column.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_OPTIONS, QC_ERR_NO_MEMORY.
 * Source: Dettmers et al. (2022), LLM.int8(), takes the columns with a magnitude of at least
 * 6.0 out of the product in 8 bits; Xiao et al. (2023), SmoothQuant, finds the same few
 * channels of every token to be about 100 times larger than the others, and gives no
 * threshold. The ratio to the median, and 10, are ours. Since 0.1.
 */
qc_status qc_quantize_outlier_columns_f32(const float *values, size_t rows, size_t columns,
                                          const qc_quantize_outlier_options *options,
                                          float *magnitudes, uint8_t *is_outlier, size_t *count);

/* The same for IEEE half precision values, given as their bits. Since 0.1. */
qc_status qc_quantize_outlier_columns_f16(const uint16_t *values, size_t rows, size_t columns,
                                          const qc_quantize_outlier_options *options,
                                          float *magnitudes, uint8_t *is_outlier, size_t *count);

/* The same for bfloat16 values, given as their bits. Since 0.1. */
qc_status qc_quantize_outlier_columns_bf16(const uint16_t *values, size_t rows, size_t columns,
                                           const qc_quantize_outlier_options *options,
                                           float *magnitudes, uint8_t *is_outlier, size_t *count);

/*
 * How often each code occurs among packed codes.
 *
 * codes    rows * ceil(columns * bits / 8) bytes, as qc_quantize_pack() writes them. Bits
 *          after the last code of a row are not looked at.
 * bits     1 to 8.
 * counts   2^bits values: counts[c] of code c. A signed code -k is counted as 2^bits - k.
 *
 * Cost: one pass; scratch of 2 KiB for 131072 codes.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_DOMAIN
 * (bits), QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_quantize_code_counts(const uint8_t *codes, size_t rows, size_t columns, int32_t bits,
                                  size_t *counts);

/*
 * The entropy of a law given by counts, in bits:
 *
 *     sum_i p_i log2(1 / p_i),   p_i = counts[i] / sum(counts),
 *
 * the least mean length to which an entropy coder can bring codes with these counts, if it
 * takes each by itself. Between 0 and log2(kinds).
 *
 * counts   kinds values, not all 0.
 * kinds    at least 1.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_DOMAIN
 * (all counts are 0). Since 0.1.
 */
qc_status qc_quantize_entropy(const size_t *counts, size_t kinds, double *bits);

#ifdef __cplusplus
}
#endif

#endif
