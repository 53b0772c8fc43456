#include "vectors.h"

static const char *const mechanisms[] = {"noise", "grid", NULL};

static void options_init(run *r) {
    qc_conformal_holdout_options options;
    if (returned(r, qc_conformal_holdout_options_init(&options, sizeof options))) {
        expect_choice(r, "mechanism", options.mechanism, mechanisms);
        expect_double(r, "threshold", options.threshold);
        expect_double(r, "sigma", options.sigma);
        expect_size(r, "grid", options.grid);
        expect_size(r, "budget", options.budget);
        expect_size(r, "seed", (size_t)options.seed);
    }
}

static qc_conformal_holdout *new_holdout(run *r, qc_status *status) {
    qc_conformal_holdout_options options;
    qc_conformal_holdout *state = NULL;
    qc_conformal_holdout_options_init(&options, sizeof options);
    options.mechanism = input_choice(r, "mechanism", options.mechanism, mechanisms);
    options.threshold = input_double(r, "threshold", options.threshold);
    options.sigma = input_double(r, "sigma", options.sigma);
    options.grid = input_size(r, "grid", options.grid);
    options.budget = input_size(r, "budget", options.budget);
    options.seed = input_size(r, "seed", 0);
    *status = qc_conformal_holdout_create(&options, &state);
    return state;
}

/* Asks the questions of a case, call by call; returns how many were answered in all. */
static size_t ask_all(run *r, qc_conformal_holdout *state, double *answers, uint8_t *origins,
                      qc_status *status) {
    const array training = input_vector(r, "training", TYPE_F64);
    const array holdout = input_vector(r, "holdout", TYPE_F64);
    const array cuts = input_vector(r, "cuts", TYPE_SIZE);
    size_t total = 0;
    size_t begin = 0;
    for (size_t part = 0; part <= cuts.count && *status == QC_OK; part++) {
        const size_t end = part < cuts.count ? ((const size_t *)cuts.data)[part] : training.count;
        size_t answered = 0;
        *status = qc_conformal_holdout_ask(state, (const double *)training.data + begin,
                                           (const double *)holdout.data + begin, end - begin,
                                           answers + total, origins + total, &answered);
        total += answered;
        begin = end;
    }
    return total;
}

static array first_of(array values, size_t count) {
    values.count = count;
    values.rows = count;
    return values;
}

static void ask_and_expect(run *r, qc_conformal_holdout *state, qc_status status) {
    const size_t count = input_vector(r, "training", TYPE_F64).count;
    /* Not outputs of one call, which an error leaves as they are: there may be several calls. */
    double answers[64];
    uint8_t origins[64];
    size_t total = 0;
    size_t left = 0;
    size_t asked = 0;
    if (count > 64) {
        complain(r, "more questions than there is room for");
        return;
    }
    if (status == QC_OK) {
        total = ask_all(r, state, answers, origins, &status);
    }
    if (status == QC_OK) {
        status = qc_conformal_holdout_remaining(state, &left, &asked);
    }
    if (returned(r, status)) {
        const array values = {TYPE_F64, count, 1, count, answers};
        const array flags = {TYPE_U8, count, 1, count, origins};
        expect_array(r, "answers", first_of(values, total));
        expect_array(r, "from_holdout", first_of(flags, total));
        expect_size(r, "answered", total);
        expect_size(r, "budget_left", left);
        expect_size(r, "asked", asked);
    }
}

static void ask(run *r) {
    qc_status status = QC_OK;
    qc_conformal_holdout *state = new_holdout(r, &status);
    ask_and_expect(r, state, status);
    qc_conformal_holdout_destroy(state);
}

static void serialize(run *r) {
    double answers[64];
    uint8_t origins[64];
    size_t size = 0;
    qc_status status = QC_OK;
    qc_conformal_holdout *state = new_holdout(r, &status);
    if (status == QC_OK && input_vector(r, "training", TYPE_F64).count <= 64) {
        ask_all(r, state, answers, origins, &status);
    }
    if (status == QC_OK) {
        status = qc_conformal_holdout_serialize(state, NULL, 0, &size);
    }
    if (returned(r, status)) {
        const array bytes = output_array(r, TYPE_U8, size);
        if (returned(r, qc_conformal_holdout_serialize(state, bytes.data, size, NULL))) {
            expect_array(r, "bytes", bytes);
        }
    }
    qc_conformal_holdout_destroy(state);
}

static void deserialize(run *r) {
    const array bytes = input_vector(r, "bytes", TYPE_U8);
    qc_conformal_holdout *state = NULL;
    const qc_status status = qc_conformal_holdout_deserialize(bytes.data, bytes.count, &state);
    if (status != QC_OK && state != NULL) {
        complain(r, "there is a handle, in spite of the error");
    }
    ask_and_expect(r, state, status);
    qc_conformal_holdout_destroy(state);
}

static void bound_error(run *r) {
    const array error = output_array(r, TYPE_F64, 1);
    if (returned(r, qc_conformal_holdout_error(input_size(r, "n", 0), input_size(r, "questions", 0),
                                               input_size(r, "budget", 0), input_size(r, "grid", 0),
                                               input_double(r, "threshold", 0),
                                               input_double(r, "delta", 0), error.data))) {
        expect_element(r, "error", error);
    }
}

static void questions(run *r) {
    const array count = output_array(r, TYPE_SIZE, 1);
    if (returned(r, qc_conformal_holdout_questions(
                        input_size(r, "n", 0), input_size(r, "budget", 0), input_size(r, "grid", 0),
                        input_double(r, "threshold", 0), input_double(r, "delta", 0),
                        input_double(r, "accuracy", 0), count.data))) {
        expect_element(r, "questions", count);
    }
}

const adapter conformal_holdout_adapters[] = {
    {"qc_conformal_holdout_options_init", options_init},
    {"qc_conformal_holdout_create", ask},
    {"qc_conformal_holdout_destroy", ask},
    {"qc_conformal_holdout_ask", ask},
    {"qc_conformal_holdout_remaining", ask},
    {"qc_conformal_holdout_serialize", serialize},
    {"qc_conformal_holdout_deserialize", deserialize},
    {"qc_conformal_holdout_error", bound_error},
    {"qc_conformal_holdout_questions", questions},
    {NULL, NULL},
};
