#include "vectors.h"

static const char *const outcomes[] = {"ok",         "separated",     "inverted",
                                       "degenerate", "not_converged", NULL};
static const char *const targets[] = {"top_label", "classwise", NULL};
static const char *const binnings[] = {"equal_width", "equal_mass", NULL};
static const char *const norms[] = {"l1", "l2", "max", NULL};
static const char *const edges[] = {"right", "left", NULL};

static void temperature_options_init(run *r) {
    qc_calibration_temperature_options options;
    if (returned(r, qc_calibration_temperature_options_init(&options, sizeof options))) {
        expect_int32(r, "max_iterations", options.max_iterations);
    }
}

static void temperature_fit(run *r) {
    const array logits = input_matrix(r, "logits", r->type);
    const array labels = input_vector(r, "labels", TYPE_I64);
    const array weights = input_vector(r, "weights", r->type);
    qc_calibration_temperature_options options;
    qc_calibration_temperature_options_init(&options, sizeof options);
    options.max_iterations = input_int32(r, "max_iterations", options.max_iterations);

    qc_calibration_temperature_result result = {.struct_size = sizeof result};
    const qc_status status =
        r->type == TYPE_F32
            ? qc_calibration_temperature_fit_f32(logits.data, labels.data, weights.data,
                                                 logits.rows, logits.columns, &options, &result)
            : qc_calibration_temperature_fit_f64(logits.data, labels.data, weights.data,
                                                 logits.rows, logits.columns, &options, &result);
    if (returned(r, status)) {
        expect_double(r, "temperature", result.temperature);
        expect_double(r, "inverse_temperature", result.inverse_temperature);
        expect_double(r, "nll_before", result.nll_before);
        expect_double(r, "nll_after", result.nll_after);
        expect_choice(r, "outcome", result.outcome, outcomes);
    }
}

static void temperature_apply(run *r) {
    const array logits = input_matrix(r, "logits", r->type);
    const double temperature = input_double(r, "temperature", 0);
    const array probabilities = output_array(r, r->type, logits.count);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_calibration_temperature_apply_f32(logits.data, logits.rows, logits.columns,
                                                   temperature, probabilities.data)
            : qc_calibration_temperature_apply_f64(logits.data, logits.rows, logits.columns,
                                                   temperature, probabilities.data);
    if (returned(r, status)) {
        expect_array(r, "probabilities", probabilities);
    }
}

static void error_options_init(run *r) {
    qc_calibration_error_options options;
    if (returned(r, qc_calibration_error_options_init(&options, sizeof options))) {
        expect_int32(r, "bins", options.bins);
        expect_choice(r, "target", options.target, targets);
        expect_choice(r, "binning", options.binning, binnings);
        expect_choice(r, "norm", options.norm, norms);
        expect_choice(r, "edges", options.edges, edges);
    }
}

static void calibration_error(run *r) {
    const array probabilities = input_matrix(r, "probabilities", r->type);
    const array labels = input_vector(r, "labels", TYPE_I64);
    const array weights = input_vector(r, "weights", r->type);
    qc_calibration_error_options options;
    qc_calibration_error_options_init(&options, sizeof options);
    options.bins = input_int32(r, "bins", options.bins);
    options.target = input_choice(r, "target", options.target, targets);
    options.binning = input_choice(r, "binning", options.binning, binnings);
    options.norm = input_choice(r, "norm", options.norm, norms);
    options.edges = input_choice(r, "edges", options.edges, edges);

    /* Room for one table where the number of bins is what is wrong. */
    const size_t bins = options.bins > 0 && options.bins <= 1000000 ? (size_t)options.bins : 1;
    const size_t tables = options.target == QC_CALIBRATION_CLASSWISE ? probabilities.columns : 1;
    const array error = output_array(r, TYPE_F64, 1);
    const array bin_table = output_array(r, TYPE_F64, tables * bins * 3);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_calibration_error_f32(probabilities.data, labels.data, weights.data,
                                       probabilities.rows, probabilities.columns, &options,
                                       error.data, bin_table.data)
            : qc_calibration_error_f64(probabilities.data, labels.data, weights.data,
                                       probabilities.rows, probabilities.columns, &options,
                                       error.data, bin_table.data);
    if (returned(r, status)) {
        expect_double(r, "error", *(const double *)error.data);
        expect_array(r, "bin_table", bin_table);
    }
}

const adapter calibration_adapters[] = {
    {"qc_calibration_temperature_options_init", temperature_options_init},
    {"qc_calibration_temperature_fit", temperature_fit},
    {"qc_calibration_temperature_apply", temperature_apply},
    {"qc_calibration_error_options_init", error_options_init},
    {"qc_calibration_error", calibration_error},
    {NULL, NULL},
};
