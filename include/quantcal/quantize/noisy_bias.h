/*
 * Family `quantize`: noise that is added before activations are rounded and taken off again by the
 * bias.
 */
#ifndef QUANTCAL_QUANTIZE_NOISY_BIAS_H
#define QUANTCAL_QUANTIZE_NOISY_BIAS_H

#include "../base.h"
#include "grid.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct qc_quantize_noisy_bias_options {
    size_t struct_size;
    uint64_t seed;      /* of the noise; default 0 */
    int32_t amplitudes; /* 1 to 16 of them, 1, 1/2, 1/4 and so on; default 3 */
    int32_t reserved;   /* 0 */
    qc_progress progress;
} qc_quantize_noisy_bias_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_quantize_noisy_bias_options_init(qc_quantize_noisy_bias_options *options, size_t size);

typedef struct qc_quantize_noisy_bias_result {
    size_t struct_size; /* set by the caller: sizeof the struct */
    double amplitude;   /* 0: noise does not help */
    double plain_error; /* mean squared error of the layer's outputs without noise */
    double error;       /* with the noise that is given; plain_error without */
    float scale;        /* of the activations, with the noise */
    float zero;
} qc_quantize_noisy_bias_result;

/*
 * A fixed noise n for each channel of a layer's input, if it makes the output better. The layer, which
 * computed W x + b, then computes W Q(x + n) + (b - W n), Q being rounding to a grid and back.
 *
 * Rounding gives all values that lie alike between two levels the same error, which a layer adds up; with
 * n uniform between -s/2 and s/2 each has an error of mean 0 and mean square s^2 / 12 wherever it lies.
 * That is better for those halfway between levels, and worse for those next to one. So for the
 * amplitudes a, the smallest first, n = a s' u with the same u uniform in [-1/2, 1/2) for each, and the
 * mean over all outputs of (W (Q(x + n) - n - x))^2 decides, which must be less than without
 * noise, and than with a smaller one.
 *
 * The range is wider by a s' / 2 on each side, s' = s (H - L) / (H - L - a) of the outermost levels L
 * and H; the zero point z becomes M + (z - M) s / s', M = (L + H) / 2, a whole number (ties to even) if
 * z is one and the grid INTEGER. An amplitude of H - L or more is left out.
 *
 * values    rows x columns: inputs of the layer, finite; columns >= 1.
 * weights   outputs x columns, finite: as they will be used, quantized ones if they are.
 * bias      outputs, finite; NULL: zeros.
 * grid      INTEGER or MIDRISE.
 * scale     of the activations: finite, positive. One for all: noise is not for scales that change.
 * zero      in units of levels, finite.
 * options   NULL for the defaults.
 * noise     columns: n; zeros if it does not help.
 * new_bias  outputs: b - W n, in double, rounded once.
 * result    see there.
 *
 * The same for the same seed, whatever the number of threads. rows = 0: noise cannot help. Cost: rows x
 * outputs x columns multiplications in double for each amplitude; scratch of 8 bytes a column a
 * thread, 8 a row. Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_NOT_FINITE, QC_ERR_DOMAIN (scale; a bias that single precision does not have), QC_ERR_OPTIONS
 * (also the grid's kind), QC_ERR_NO_MEMORY, QC_CANCELLED. Source: Liu et al. (2023), NoisyQuant, theorem
 * 1 and equation 8. Departures: its code draws Gaussian noise of mean -1; there the range is not made
 * wider. Since 0.1.
 */
qc_status qc_quantize_noisy_bias_f32(const float *values, size_t rows, size_t columns,
                                     const float *weights, size_t outputs, const float *bias,
                                     const qc_quantize_grid *grid, float scale, float zero,
                                     const qc_quantize_noisy_bias_options *options, float *noise,
                                     float *new_bias, qc_quantize_noisy_bias_result *result);

#ifdef __cplusplus
}
#endif

#endif
