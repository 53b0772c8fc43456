#include "vectors.h"

static void curve(run *r) {
    const array uncertainties = input_vector(r, "uncertainties", r->type);
    const array wrong = input_vector(r, "wrong", TYPE_U8);
    const size_t n = uncertainties.count;
    array thresholds = output_array(r, r->type, n + 1);
    array answered = output_array(r, TYPE_SIZE, n + 1);
    array answered_wrong = output_array(r, TYPE_SIZE, n + 1);
    const array count = output_array(r, TYPE_SIZE, 1);
    if (returned(r, r->type == TYPE_F32
                        ? qc_conformal_abstention_curve_f32(uncertainties.data, wrong.data, n,
                                                            thresholds.data, answered.data,
                                                            answered_wrong.data, count.data)
                        : qc_conformal_abstention_curve_f64(uncertainties.data, wrong.data, n,
                                                            thresholds.data, answered.data,
                                                            answered_wrong.data, count.data))) {
        thresholds.count = answered.count = answered_wrong.count = *(const size_t *)count.data;
        expect_array(r, "thresholds", thresholds);
        expect_array(r, "answered", answered);
        expect_array(r, "answered_wrong", answered_wrong);
    }
}

static void threshold(run *r) {
    static const char *const rules[] = {"youden", "abstentions", "false_alarms",
                                        "misses", "errors",      NULL};
    const array uncertainties = input_vector(r, "uncertainties", r->type);
    const array wrong = input_vector(r, "wrong", TYPE_U8);
    const int32_t rule = input_choice(r, "rule", QC_CONFORMAL_ABSTENTION_YOUDEN, rules);
    const double target = input_double(r, "target", 0);
    const array limit = output_array(r, r->type, 1);
    const array answered = output_array(r, TYPE_SIZE, 1);
    const array answered_wrong = output_array(r, TYPE_SIZE, 1);
    if (returned(r, r->type == TYPE_F32
                        ? qc_conformal_abstention_threshold_f32(
                              uncertainties.data, wrong.data, uncertainties.count, rule, target,
                              limit.data, answered.data, answered_wrong.data)
                        : qc_conformal_abstention_threshold_f64(
                              uncertainties.data, wrong.data, uncertainties.count, rule, target,
                              limit.data, answered.data, answered_wrong.data))) {
        expect_element(r, "threshold", limit);
        expect_element(r, "answered", answered);
        expect_element(r, "answered_wrong", answered_wrong);
    }
}

static void decisions(run *r) {
    const array uncertainties = input_vector(r, "uncertainties", r->type);
    const array sizes = input_vector(r, "sizes", TYPE_I32);
    const double single = input_double(r, "single_threshold", 0);
    const double abstention = input_double(r, "abstention_threshold", 0);
    const array given = output_array(r, TYPE_U8, uncertainties.count);
    if (returned(r, r->type == TYPE_F32
                        ? qc_conformal_abstention_decisions_f32(uncertainties.data, sizes.data,
                                                                uncertainties.count, (float)single,
                                                                (float)abstention, given.data)
                        : qc_conformal_abstention_decisions_f64(uncertainties.data, sizes.data,
                                                                uncertainties.count, single,
                                                                abstention, given.data))) {
        expect_array(r, "decisions", given);
    }
}

static void summarize(run *r) {
    const array given = input_vector(r, "decisions", TYPE_U8);
    const array singles = input_vector(r, "singles_hold", TYPE_U8);
    const array sets = input_vector(r, "sets_hold", TYPE_U8);
    qc_conformal_abstention_summary s = {.struct_size = sizeof s};
    if (returned(r, qc_conformal_abstention_summarize(given.data, singles.data, sets.data,
                                                      given.count, &s))) {
        expect_size(r, "abstained", s.abstained);
        expect_size(r, "singles", s.singles);
        expect_size(r, "singles_right", s.singles_right);
        expect_size(r, "sets", s.sets);
        expect_size(r, "sets_right", s.sets_right);
    }
}

const adapter conformal_abstention_adapters[] = {
    {"qc_conformal_abstention_curve", curve},
    {"qc_conformal_abstention_threshold", threshold},
    {"qc_conformal_abstention_decisions", decisions},
    {"qc_conformal_abstention_summarize", summarize},
    {NULL, NULL},
};
