#include "vectors.h"

static const char *const bettings[] = {"jumper", "composite", "power", "mixture", NULL};

static qc_conformal_martingale *new_martingale(run *r, qc_status *status) {
    qc_conformal_martingale_options o;
    qc_conformal_martingale *martingale = NULL;
    qc_conformal_martingale_options_init(&o, sizeof o);
    o.betting = input_choice(r, "betting", o.betting, bettings);
    o.jump = input_double(r, "jump", o.jump);
    o.epsilon = input_double(r, "epsilon", o.epsilon);
    o.seed = input_size(r, "seed", o.seed);
    *status = qc_conformal_martingale_create(&o, &martingale);
    return martingale;
}

/* The same after the p-values and then the scores of a case. */
static qc_conformal_martingale *after_bets(run *r, qc_status *status) {
    qc_conformal_martingale *martingale = new_martingale(r, status);
    const array p_values = input_vector(r, "p_values", TYPE_F64);
    const array scores = input_vector(r, "scores", TYPE_F64);
    if (*status == QC_OK) {
        *status = qc_conformal_martingale_bet(martingale, p_values.data, p_values.count, NULL);
    }
    if (*status == QC_OK) {
        *status = qc_conformal_martingale_update(martingale, scores.data, scores.count, NULL, NULL);
    }
    return martingale;
}

static void options_init(run *r) {
    qc_conformal_martingale_options o;
    if (returned(r, qc_conformal_martingale_options_init(&o, sizeof o))) {
        expect_choice(r, "betting", o.betting, bettings);
        expect_double(r, "jump", o.jump);
        expect_double(r, "epsilon", o.epsilon);
        expect_size(r, "seed", (size_t)o.seed);
    }
}

static void expect_summary(run *r, const qc_conformal_martingale *martingale, qc_status status) {
    qc_conformal_martingale_summary s = {.struct_size = sizeof s};
    if (status == QC_OK) {
        status = qc_conformal_martingale_summarize(martingale, &s);
    }
    if (returned(r, status)) {
        expect_size(r, "bets", s.bets);
        expect_size(r, "score_count", s.score_count);
        expect_double(r, "log_martingale", s.log_martingale);
        expect_double(r, "log_maximum", s.log_maximum);
        expect_double(r, "p_value", s.p_value);
    }
}

static void summarize(run *r) {
    qc_status status = QC_OK;
    qc_conformal_martingale *martingale = after_bets(r, &status);
    expect_summary(r, martingale, status);
    qc_conformal_martingale_destroy(martingale);
}

static void update(run *r) {
    qc_status status = QC_OK;
    qc_conformal_martingale *martingale = new_martingale(r, &status);
    const array scores = input_vector(r, "scores", TYPE_F64);
    const array p_values = output_array(r, TYPE_F64, scores.count);
    const array path = output_array(r, TYPE_F64, scores.count);
    if (status == QC_OK) {
        status = qc_conformal_martingale_update(martingale, scores.data, scores.count,
                                                p_values.data, path.data);
    }
    if (returned(r, status)) {
        expect_array(r, "p_values", p_values);
        expect_array(r, "log_martingale", path);
    }
    qc_conformal_martingale_destroy(martingale);
}

static void bet(run *r) {
    qc_status status = QC_OK;
    qc_conformal_martingale *martingale = new_martingale(r, &status);
    const array p_values = input_vector(r, "p_values", TYPE_F64);
    const array path = output_array(r, TYPE_F64, p_values.count);
    if (status == QC_OK) {
        status = qc_conformal_martingale_bet(martingale, p_values.data, p_values.count, path.data);
    }
    if (returned(r, status)) {
        expect_array(r, "log_martingale", path);
    }
    qc_conformal_martingale_destroy(martingale);
}

static void serialize(run *r) {
    qc_status status = QC_OK;
    qc_conformal_martingale *martingale = after_bets(r, &status);
    size_t size = 0;
    if (status == QC_OK) {
        status = qc_conformal_martingale_serialize(martingale, NULL, 0, &size);
    }
    if (returned(r, status)) {
        const array bytes = output_array(r, TYPE_U8, size);
        if (returned(r, qc_conformal_martingale_serialize(martingale, bytes.data, size, NULL))) {
            expect_array(r, "bytes", bytes);
        }
    }
    qc_conformal_martingale_destroy(martingale);
}

static void deserialize(run *r) {
    const array bytes = input_vector(r, "bytes", TYPE_U8);
    const array scores = input_vector(r, "scores", TYPE_F64);
    qc_conformal_martingale *martingale = NULL;
    qc_status status = qc_conformal_martingale_deserialize(bytes.data, bytes.count, &martingale);
    if (status != QC_OK && martingale != NULL) {
        complain(r, "there is a handle, in spite of the error");
    }
    if (status == QC_OK) {
        status = qc_conformal_martingale_update(martingale, scores.data, scores.count, NULL, NULL);
    }
    expect_summary(r, martingale, status);
    qc_conformal_martingale_destroy(martingale);
}

const adapter conformal_martingale_adapters[] = {
    {"qc_conformal_martingale_options_init", options_init},
    {"qc_conformal_martingale_create", summarize},
    {"qc_conformal_martingale_destroy", summarize},
    {"qc_conformal_martingale_update", update},
    {"qc_conformal_martingale_bet", bet},
    {"qc_conformal_martingale_summarize", summarize},
    {"qc_conformal_martingale_serialize", serialize},
    {"qc_conformal_martingale_deserialize", deserialize},
    {NULL, NULL},
};
