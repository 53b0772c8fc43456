#include "vectors.h"

static void version(run *r) {
    returned(r, QC_OK);
    expect_string(r, "value", qc_version());
}

static void kernel_level(run *r) {
    returned(r, QC_OK);
    expect_string(r, "value", qc_kernel_level());
}

static void status_name(run *r) {
    returned(r, QC_OK);
    expect_string(r, "value", qc_status_name(input_int32(r, "status", 0)));
}

static void last_error(run *r) {
    size_t rank = 0;
    if (qc_conformal_rank(input_size(r, "n", 0), input_double(r, "alpha", 0), &rank) == QC_OK) {
        complain(r, "the call that should fail did not");
    }
    returned(r, QC_OK);
    expect_string(r, "value", qc_last_error());
}

/* Leaves the thread count at the default, as it found it. */
static void thread_count(run *r) {
    if (returned(r, qc_set_thread_count(input_int32(r, "count", 0)))) {
        expect_int32(r, "count", qc_thread_count());
        if (qc_thread_count() < 1) {
            complain(r, "%d threads", (int)qc_thread_count());
        }
    }
    qc_set_thread_count(0);
}

const adapter base_adapters[] = {
    {"qc_version", version},
    {"qc_kernel_level", kernel_level},
    {"qc_status_name", status_name},
    {"qc_last_error", last_error},
    {"qc_set_thread_count", thread_count},
    {"qc_thread_count", thread_count},
    {NULL, NULL},
};
