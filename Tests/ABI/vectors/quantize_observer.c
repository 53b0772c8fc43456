#include "vectors.h"

static qc_quantize_observer *new_observer(run *r, qc_status *status) {
    qc_quantize_observer_options o;
    qc_quantize_observer *observer = NULL;
    qc_quantize_observer_options_init(&o, sizeof o);
    o.channels = input_size(r, "channels", o.channels);
    o.moving_average = input_double(r, "moving_average", o.moving_average);
    o.bins = input_int32(r, "bins", o.bins);
    *status = qc_quantize_observer_create(&o, &observer);
    return observer;
}

static qc_status update(run *r, qc_quantize_observer *observer, array values, size_t first,
                        size_t end) {
    const size_t inner = input_size(r, "inner", 1);
    const size_t outer = (end - first) / (inner * input_size(r, "channels", 1));
    if (values.type == TYPE_F16) {
        return qc_quantize_observer_update_f16(observer, (const uint16_t *)values.data + first,
                                               outer, inner);
    }
    if (values.type == TYPE_BF16) {
        return qc_quantize_observer_update_bf16(observer, (const uint16_t *)values.data + first,
                                                outer, inner);
    }
    return qc_quantize_observer_update_f32(observer, (const float *)values.data + first, outer,
                                           inner);
}

/* The values of a case, and where the part with a number begins. */
typedef struct {
    array values;
    array cuts;
} parts;

static parts input_parts(run *r) {
    const element_type type = r->type == TYPE_NONE ? TYPE_F32 : r->type;
    return (parts){input_vector(r, "values", type), input_vector(r, "cuts", TYPE_F64)};
}

static size_t begin_of(parts p, size_t part) {
    return part == 0 ? 0 : part > p.cuts.count ? p.values.count : (size_t)element(p.cuts, part - 1);
}

static qc_quantize_observer *observer_of(run *r, qc_status *status) {
    qc_quantize_observer *observer = new_observer(r, status);
    const parts p = input_parts(r);
    for (size_t part = 0; *status == QC_OK && part <= p.cuts.count; part++) {
        *status = update(r, observer, p.values, begin_of(p, part), begin_of(p, part + 1));
    }
    return observer;
}

static void options_init(run *r) {
    qc_quantize_observer_options o;
    if (returned(r, qc_quantize_observer_options_init(&o, sizeof o))) {
        expect_size(r, "channels", o.channels);
        expect_double(r, "moving_average", o.moving_average);
        expect_int32(r, "bins", o.bins);
    }
}

static void store(array values, size_t index, double value) {
    ((double *)values.data)[index] = value;
}

/* Of all channels. */
static void expect_summary(run *r, const qc_quantize_observer *observer, qc_status status) {
    static const char *const names[] = {"zero_count",         "minimum",         "maximum",
                                        "average_minimum",    "average_maximum", "mean",
                                        "standard_deviation", "bin_width"};
    enum {
        NAMES = sizeof names / sizeof names[0]
    };
    qc_quantize_observer_summary s = {.struct_size = sizeof s};
    if (status == QC_OK) {
        status = qc_quantize_observer_summarize(observer, 0, &s);
    }
    if (!returned(r, status)) {
        return;
    }
    array found[NAMES];
    for (size_t k = 0; k < NAMES; k++) {
        found[k] = output_array(r, TYPE_F64, s.channels);
    }
    for (size_t channel = 0; channel < s.channels; channel++) {
        qc_quantize_observer_summarize(observer, channel, &s);
        const double values[NAMES] = {(double)s.zero_count, s.minimum,         s.maximum,
                                      s.average_minimum,    s.average_maximum, s.mean,
                                      s.standard_deviation, s.bin_width};
        for (size_t k = 0; k < NAMES; k++) {
            store(found[k], channel, values[k]);
        }
    }
    expect_size(r, "count", s.count);
    for (size_t k = 0; k < NAMES; k++) {
        expect_array(r, names[k], found[k]);
    }
}

static void summarize(run *r) {
    qc_status status = QC_OK;
    qc_quantize_observer *observer = observer_of(r, &status);
    expect_summary(r, observer, status);
    qc_quantize_observer_destroy(observer);
}

static void merge(run *r) {
    const parts p = input_parts(r);
    const char *fold = input_string(r, "fold");
    const bool from_right = fold != NULL && fold[0] == 'r';
    qc_status status = QC_OK;
    qc_quantize_observer *sum = NULL;
    for (size_t k = 0; status == QC_OK && k <= p.cuts.count; k++) {
        const size_t part = from_right ? p.cuts.count - k : k;
        qc_quantize_observer *next = new_observer(r, &status);
        if (status == QC_OK) {
            status = update(r, next, p.values, begin_of(p, part), begin_of(p, part + 1));
        }
        if (status == QC_OK && sum != NULL) {
            status = from_right ? qc_quantize_observer_merge(next, sum)
                                : qc_quantize_observer_merge(sum, next);
        }
        if (sum == NULL || from_right) {
            qc_quantize_observer *old = sum;
            sum = next;
            next = old;
        }
        qc_quantize_observer_destroy(next);
    }
    expect_summary(r, sum, status);
    qc_quantize_observer_destroy(sum);
}

static void range(run *r) {
    qc_status status = QC_OK;
    qc_quantize_observer *observer = observer_of(r, &status);
    const qc_quantize_grid grid = input_grid(r);
    const qc_quantize_range_rule rule = input_rule(r);
    const bool wants_zeros = input_int32(r, "with_zeros", 0) != 0;
    const size_t channels = input_size(r, "channels", 1);
    const array scales = output_array(r, TYPE_F32, channels);
    const array zeros = output_array(r, TYPE_F32, wants_zeros ? channels : 0);
    if (status == QC_OK) {
        status = qc_quantize_observer_range(observer, &grid, &rule, scales.data,
                                            wants_zeros ? zeros.data : NULL);
    }
    if (returned(r, status)) {
        expect_array(r, "scales", scales);
        if (wants_zeros) {
            expect_array(r, "zeros", zeros);
        }
    }
    qc_quantize_observer_destroy(observer);
}

static void serialize(run *r) {
    qc_status status = QC_OK;
    qc_quantize_observer *observer = observer_of(r, &status);
    size_t size = 0;
    if (status == QC_OK) {
        status = qc_quantize_observer_serialize(observer, NULL, 0, &size);
    }
    if (returned(r, status)) {
        const array bytes = output_array(r, TYPE_U8, size);
        if (returned(r, qc_quantize_observer_serialize(observer, bytes.data, size, NULL))) {
            expect_array(r, "bytes", bytes);
        }
    }
    qc_quantize_observer_destroy(observer);
}

static void deserialize(run *r) {
    const array bytes = input_vector(r, "bytes", TYPE_U8);
    const array values = input_vector(r, "values", TYPE_F32);
    qc_quantize_observer *observer = NULL;
    qc_status status = qc_quantize_observer_deserialize(bytes.data, bytes.count, &observer);
    if (status != QC_OK && observer != NULL) {
        complain(r, "there is a handle, in spite of the error");
    }
    if (status == QC_OK) {
        status = update(r, observer, values, 0, values.count);
    }
    expect_summary(r, observer, status);
    qc_quantize_observer_destroy(observer);
}

const adapter quantize_observer_adapters[] = {
    {"qc_quantize_observer_options_init", options_init},
    {"qc_quantize_observer_create", summarize},
    {"qc_quantize_observer_destroy", summarize},
    {"qc_quantize_observer_update", summarize},
    {"qc_quantize_observer_summarize", summarize},
    {"qc_quantize_observer_merge", merge},
    {"qc_quantize_observer_range", range},
    {"qc_quantize_observer_serialize", serialize},
    {"qc_quantize_observer_deserialize", deserialize},
    {NULL, NULL},
};
