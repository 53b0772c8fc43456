#include "vectors.h"

#include <math.h>

static void weights(run *r) {
    const array times = input_vector(r, "times", TYPE_F64);
    const array events = input_vector(r, "events", TYPE_U8);
    const array masses = input_vector(r, "weights", TYPE_F64);
    array points = input_vector(r, "points", TYPE_F64);
    array known = input_vector(r, "point_events", TYPE_U8);
    if (points.data == NULL) {
        points = times;
        known = events;
    }
    const array survival = output_array(r, TYPE_F64, points.count);
    const array inverse = output_array(r, TYPE_F64, points.count);
    const array capped = output_array(r, TYPE_SIZE, 1);
    if (returned(r, qc_conformal_censoring_weights(
                        times.data, events.data, masses.data, times.count, points.data, known.data,
                        points.count, input_double(r, "horizon", (double)INFINITY),
                        input_double(r, "cap", (double)INFINITY), survival.data, inverse.data,
                        capped.data))) {
        expect_array(r, "survival", survival);
        expect_array(r, "point_weights", inverse);
        expect_element(r, "capped", capped);
    }
}

const adapter conformal_censoring_adapters[] = {
    {"qc_conformal_censoring_weights", weights},
    {NULL, NULL},
};
