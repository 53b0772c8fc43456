#include "vectors.h"

static void histories(run *r) {
    const size_t points = input_size(r, "points", 0);
    const size_t length = input_size(r, "length", 0);
    const array orders = output_array(r, TYPE_I32, points * length);
    if (returned(r, qc_conformal_pursuit_histories(
                        input_size(r, "seed", 0), input_size(r, "first_point", 0), points,
                        input_size(r, "queries", 0), length, orders.data))) {
        expect_array(r, "orders", orders);
    }
}

static void log_sizes(run *r) {
    const array sizes = input_matrix(r, "sizes", TYPE_I32);
    const array weights = input_vector(r, "weights", TYPE_F64);
    const array values = output_array(r, TYPE_F64, sizes.rows);
    if (returned(r, qc_conformal_pursuit_log_sizes(sizes.data, weights.data, sizes.rows,
                                                   sizes.columns, values.data))) {
        expect_array(r, "log_sizes", values);
    }
}

static void choose(run *r) {
    const array values = input_vector(r, "log_sizes", TYPE_F64);
    const array asked = input_vector(r, "asked", TYPE_U8);
    const array index = output_array(r, TYPE_SIZE, 1);
    const array spread = output_array(r, TYPE_F64, 1);
    if (returned(r, qc_conformal_pursuit_choose(values.data, asked.data, values.count, index.data,
                                                spread.data))) {
        expect_element(r, "index", index);
        expect_element(r, "spread", spread);
    }
}

static void entropy_bound(run *r) {
    static const char *const kinds[] = {"sharp", "published", NULL};
    const array bound = output_array(r, TYPE_F64, 1);
    if (returned(r, qc_conformal_pursuit_entropy_bound(
                        input_size(r, "classes", 0), input_size(r, "n", 0),
                        input_double(r, "alpha", 0), input_double(r, "mean_size", 0),
                        input_choice(r, "kind", QC_CONFORMAL_PURSUIT_SHARP, kinds), bound.data))) {
        expect_element(r, "bound", bound);
    }
}

const adapter conformal_pursuit_adapters[] = {
    {"qc_conformal_pursuit_histories", histories},
    {"qc_conformal_pursuit_log_sizes", log_sizes},
    {"qc_conformal_pursuit_choose", choose},
    {"qc_conformal_pursuit_entropy_bound", entropy_bound},
    {NULL, NULL},
};
