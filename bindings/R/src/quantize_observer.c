/*
 * Family `quantize`: observers.
 */
#include "families.h"
#include "grids.h"

QCR_STORED_KIND(qc_quantize_observer, qc_quantize_observer_destroy, qc_quantize_observer_serialize,
                qc_quantize_observer_deserialize);

static qc_quantize_observer *observer_of(SEXP handle, const char *name) {
    return qcr_object(handle, &kind, name);
}

SEXP qcr_quantize_observer_create(SEXP channels, SEXP bins, SEXP moving_average) {
    qc_quantize_observer_options options;
    qc_quantize_observer *observer = NULL;
    qcr_check(qc_quantize_observer_options_init(&options, sizeof options));
    options.channels = qcr_size(channels, "channels");
    options.moving_average = qcr_double(moving_average, "moving_average");
    options.bins = qcr_int(bins, "bins");
    SEXP handle = PROTECT(qcr_new_handle(&kind));
    qcr_check(qc_quantize_observer_create(&options, &observer));
    qcr_own(handle, observer);
    UNPROTECT(1);
    return handle;
}

SEXP qcr_quantize_observer_update(SEXP handle, SEXP values, SEXP outer, SEXP inner) {
    const float *singles = qcr_singles_of(values);
    qcr_check(qc_quantize_observer_update_f32(observer_of(handle, "observer"), singles,
                                              qcr_size(outer, "outer"), qcr_size(inner, "inner")));
    return R_NilValue;
}

SEXP qcr_quantize_observer_merge(SEXP handle, SEXP other) {
    qcr_check(
        qc_quantize_observer_merge(observer_of(handle, "observer"), observer_of(other, "other")));
    return R_NilValue;
}

static qc_quantize_observer_summary summary_of(const qc_quantize_observer *observer,
                                               size_t channel) {
    qc_quantize_observer_summary s = {.struct_size = sizeof s};
    qcr_check(qc_quantize_observer_summarize(observer, channel, &s));
    return s;
}

/* Vectors with an element for each channel, and the count, which they share. */
SEXP qcr_quantize_observer_summarize(SEXP handle) {
    const qc_quantize_observer *observer = observer_of(handle, "observer");
    const qc_quantize_observer_summary first = summary_of(observer, 0);
    const size_t n = first.channels;
    SEXP result = PROTECT(qcr_new_list(9));
    qcr_put(result, "count", qcr_sizes(&first.count, 1, 0));
    double *const columns[] = {qcr_put_doubles(result, "zero_count", n),
                               qcr_put_doubles(result, "minimum", n),
                               qcr_put_doubles(result, "maximum", n),
                               qcr_put_doubles(result, "average_minimum", n),
                               qcr_put_doubles(result, "average_maximum", n),
                               qcr_put_doubles(result, "mean", n),
                               qcr_put_doubles(result, "standard_deviation", n),
                               qcr_put_doubles(result, "bin_width", n)};
    for (size_t channel = 0; channel < n; channel++) {
        const qc_quantize_observer_summary s = summary_of(observer, channel);
        columns[0][channel] = (double)s.zero_count;
        columns[1][channel] = s.minimum;
        columns[2][channel] = s.maximum;
        columns[3][channel] = s.average_minimum;
        columns[4][channel] = s.average_maximum;
        columns[5][channel] = s.mean;
        columns[6][channel] = s.standard_deviation;
        columns[7][channel] = s.bin_width;
    }
    UNPROTECT(1);
    return result;
}

SEXP qcr_quantize_observer_range(SEXP handle, SEXP grid, SEXP rule, SEXP wants_zeros) {
    const qc_quantize_observer *observer = observer_of(handle, "observer");
    const qc_quantize_grid of = qcr_grid_from(grid);
    const qc_quantize_range_rule by = qcr_range_rule_from(rule);
    const int has_zeros = Rf_asLogical(wants_zeros) == TRUE;
    const size_t n = summary_of(observer, 0).channels;
    float *const scales = (float *)R_alloc(n, sizeof *scales);
    float *const zeros = has_zeros ? (float *)R_alloc(n, sizeof *zeros) : NULL;
    qcr_check(qc_quantize_observer_range(observer, &of, &by, scales, zeros));
    SEXP list = PROTECT(qcr_new_list(2));
    qcr_put(list, "scales", qcr_single_matrix(scales, n, 1));
    qcr_put(list, "zeros", has_zeros ? qcr_single_matrix(zeros, n, 1) : R_NilValue);
    UNPROTECT(1);
    return list;
}

SEXP qcr_quantize_observer_serialize(SEXP handle) {
    return qcr_serialize(handle, &kind, "observer");
}

SEXP qcr_quantize_observer_deserialize(SEXP bytes) { return qcr_deserialize(bytes, &kind); }
