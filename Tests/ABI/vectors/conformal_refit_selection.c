#include "vectors.h"

static const char *const prunings[] = {"default",     "none",          "heterogeneous",
                                       "homogeneous", "deterministic", NULL};

static void refit_rank(run *r) {
    const array calibration = input_vector(r, "calibration", r->type);
    const array test = input_vector(r, "test", r->type);
    const size_t j = input_size(r, "j", 0);
    const double q = input_double(r, "q", 0);
    const array rank = output_array(r, TYPE_SIZE, 1);
    const array rejections = output_array(r, TYPE_SIZE, 1);
    const qc_status status =
        r->type == TYPE_F32
            ? qc_conformal_refit_rank_f32(calibration.data, calibration.count, test.data,
                                          test.count, j, q, rank.data, rejections.data)
            : qc_conformal_refit_rank_f64(calibration.data, calibration.count, test.data,
                                          test.count, j, q, rank.data, rejections.data);
    if (returned(r, status)) {
        expect_element(r, "rank", rank);
        expect_element(r, "rejections", rejections);
    }
}

static void select_refitted(run *r) {
    const array ranks = input_matrix(r, "ranks", TYPE_SIZE);
    const array rejections = input_matrix(r, "rejections", TYPE_SIZE);
    qc_conformal_select_options options;
    qc_conformal_select_options_init(&options, sizeof options);
    options.pruning = input_choice(r, "pruning", options.pruning, prunings);
    options.seed = input_size(r, "seed", 0);
    const size_t m = ranks.rows;
    const array selected = output_array(r, TYPE_U8, m);
    const array p = output_array(r, TYPE_F64, m);
    const array e = output_array(r, TYPE_F64, m);
    const array chosen = output_array(r, TYPE_SIZE, m);
    const array count = output_array(r, TYPE_SIZE, 1);
    if (returned(r, qc_conformal_select_refitted(ranks.data, rejections.data, m, ranks.columns,
                                                 input_size(r, "n", 0), input_double(r, "q", 0),
                                                 &options, selected.data, p.data, e.data,
                                                 chosen.data, count.data))) {
        expect_array(r, "selected", selected);
        expect_array(r, "p", p);
        expect_array(r, "e", e);
        expect_array(r, "chosen", chosen);
        expect_element(r, "count", count);
    }
}

const adapter conformal_refit_selection_adapters[] = {
    {"qc_conformal_refit_rank", refit_rank},
    {"qc_conformal_select_refitted", select_refitted},
    {NULL, NULL},
};
