/*
 * Family `quantize`: observers, which see values batch by batch and then give their range.
 */
#ifndef QUANTCAL_QUANTIZE_OBSERVER_H
#define QUANTCAL_QUANTIZE_OBSERVER_H

#include "../base.h"
#include "grid.h"
#include "range.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What ranges need of the values of a tensor whose batches come one after the other: their number,
 * the smallest and the largest, the number of zeros, and a histogram; of all values together, or of
 * each channel. For ranges that depend on the time step of a diffusion model, one for each step.
 * (Ranges of each token at run time need no observer: they are qc_quantize_range_f32() with scales per
 * row.)
 *
 * Bins are 2^e wide and begin at multiples of that, e being the least (but at least 40 below the
 * exponent of the largest magnitude, and -149) with which the range has at most `bins` of them; so
 * they are narrower than 2 (maximum - minimum) / (bins - 1), unless each has one number only.
 * Bins of a wider histogram are whole bins of a narrower one, so an observer depends on its
 * values only: not on their order, nor on how they were shared out to observers that were merged.
 */
typedef struct qc_quantize_observer qc_quantize_observer;

typedef struct qc_quantize_observer_options {
    size_t struct_size;
    size_t channels; /* 1 (default): all values together; more: a range for each */
    /* 0 (default): none. Up to 1: c of the averages (1 - c) average + c end that follow the smallest
     * and the largest value from update to update; the first starts them. ONNX Runtime has 0.01. */
    double moving_average;
    int32_t bins;     /* 16 to 65536; default 2048 */
    int32_t reserved; /* 0 */
} qc_quantize_observer_options;

/* What can be read off a channel of an observer; NaN where there are no values. */
typedef struct qc_quantize_observer_summary {
    size_t struct_size;
    size_t channels;   /* of the observer */
    size_t count;      /* values of a channel */
    size_t zero_count; /* those that are 0 */
    double minimum;
    double maximum;
    double average_minimum; /* the moving averages; NaN if there are none */
    double average_maximum;
    double mean; /* of the bins' centres, as the next one: within half a bin */
    double standard_deviation;
    double bin_width;
} qc_quantize_observer_summary;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_quantize_observer_options_init(qc_quantize_observer_options *options, size_t size);

/*
 * Makes an observer without values, which qc_quantize_observer_destroy() releases.
 *
 * options    NULL for the defaults.
 * observer   where the handle goes.
 *
 * Cost: memory of 8 bytes for each bin of each channel, which is all that there will be.
 * Errors: QC_ERR_NULL_POINTER (observer), QC_ERR_ALIGNMENT, QC_ERR_OPTIONS, QC_ERR_NO_MEMORY.
 * Since 0.1.
 */
qc_status qc_quantize_observer_create(const qc_quantize_observer_options *options,
                                      qc_quantize_observer **observer);

/* Releases an observer. NULL is allowed. Since 0.1. */
void qc_quantize_observer_destroy(qc_quantize_observer *observer);

/*
 * Takes a batch of values.
 *
 * observer   changed; after an error it is what it was.
 * values     outer x channels x inner values, finite, the last index moving fastest. A matrix of
 *            tokens whose columns are channels has inner = 1, images of channels have their
 *            pixels there; with one channel any outer * inner = n will do.
 * outer      0 is allowed and changes nothing.
 * inner      as outer.
 *
 * Cost: two passes on several threads; scratch of 16 bytes a channel, and on each thread of up to 24
 * bytes a bin. Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE (also:
 * more than 2^53 values of a channel), QC_ERR_ALIGNMENT, QC_ERR_NOT_FINITE, QC_ERR_NO_MEMORY.
 * Since 0.1.
 */
qc_status qc_quantize_observer_update_f32(qc_quantize_observer *observer, const float *values,
                                          size_t outer, size_t inner);

/* The same for IEEE half precision values, given as their bits. Since 0.1. */
qc_status qc_quantize_observer_update_f16(qc_quantize_observer *observer, const uint16_t *values,
                                          size_t outer, size_t inner);

/* The same for bfloat16 values, given as their bits. Since 0.1. */
qc_status qc_quantize_observer_update_bf16(qc_quantize_observer *observer, const uint16_t *values,
                                           size_t outer, size_t inner);

/*
 * Adds what another observer has seen.
 *
 * observer   changed; after an error it is what it was.
 * other      not changed; of the same options. It must not be the same as `observer`.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_ALIAS, QC_ERR_DOMAIN (other options; moving averages, which
 * depend on the order of batches), QC_ERR_SIZE (more than 2^53 values of a channel). Since 0.1.
 */
qc_status qc_quantize_observer_merge(qc_quantize_observer *observer,
                                     const qc_quantize_observer *other);

/*
 * Reads a channel of an observer off.
 *
 * channel   from 0.
 * result    its struct_size is set before.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_ALIGNMENT, QC_ERR_SIZE (channel), QC_ERR_OPTIONS
 * (result->struct_size). Since 0.1.
 */
qc_status qc_quantize_observer_summarize(const qc_quantize_observer *observer, size_t channel,
                                         qc_quantize_observer_summary *result);

/*
 * The scales, and zero points if wanted, of what was seen, as qc_quantize_range_f32() gives them for
 * the values of a channel in one group. That sees bins instead of values: MIN_MAX (and the min-max
 * range of the other rules) is exact; PERCENTILE takes the values of a bin as evenly spread, so it is
 * within a bin, and is linear whatever `definition` says; the others take each value as the centre of
 * its bin (limited to the range), at most half a bin away, and zeros as 0. With moving averages
 * MIN_MAX takes these (and 0). Without values the scale is 1.
 *
 * rule     NULL: min-max.
 * scales   one for each channel, positive and normal.
 * zeros    one for each channel; NULL: none are wanted.
 *
 * Cost: that of the rule for as many values as a channel has bins; scratch of 8 bytes a channel and
 * about 64 a bin. Errors: QC_ERR_NULL_POINTER (also zeros for HALF_QUADRATIC), QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_OPTIONS, QC_ERR_NOT_FINITE (levels), QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_quantize_observer_range(const qc_quantize_observer *observer,
                                     const qc_quantize_grid *grid,
                                     const qc_quantize_range_rule *rule, float *scales,
                                     float *zeros);

/*
 * Writes an observer as bytes, the same for equal ones.
 *
 * bytes      room for `capacity` bytes. NULL only counts.
 * capacity   at least the size, unless `bytes` is NULL.
 * size       the number of bytes. May be NULL.
 *
 * Cost: 8 bytes for each bin that the ranges have, 24 for each channel (40 with moving averages), 52.
 * Errors: QC_ERR_NULL_POINTER (observer), QC_ERR_SIZE (capacity), QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS. Since 0.1.
 */
qc_status qc_quantize_observer_serialize(const qc_quantize_observer *observer, uint8_t *bytes,
                                         size_t capacity, size_t *size);

/*
 * Makes the observer that qc_quantize_observer_serialize() wrote. The bytes may come from anyone:
 * their length, checksum, and all that holds between the parts of an observer are checked, and
 * anything else is refused.
 *
 * bytes      `size` bytes, and no more.
 * observer   where the handle goes, to be released by qc_quantize_observer_destroy().
 *
 * Errors: QC_ERR_FORMAT; QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS, QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_quantize_observer_deserialize(const uint8_t *bytes, size_t size,
                                           qc_quantize_observer **observer);

#ifdef __cplusplus
}
#endif

#endif
