#include "calls.h"

static qc_status is_string(const char *text) { return text != NULL ? QC_OK : QC_ERR_NULL_POINTER; }

static qc_status version(const value *v) {
    (void)v;
    return is_string(qc_version());
}

static qc_status kernel_level(const value *v) {
    (void)v;
    return is_string(qc_kernel_level());
}

static qc_status last_error(const value *v) {
    (void)v;
    return is_string(qc_last_error());
}

static qc_status thread_count(const value *v) {
    (void)v;
    return qc_thread_count() >= 1 ? QC_OK : QC_ERR_DOMAIN;
}

static qc_status status_name(const value *v) { return is_string(qc_status_name(v[0].integer)); }

static qc_status set_thread_count(const value *v) { return qc_set_thread_count(v[0].integer); }

static void no_arguments(call *c, element_type type, size_t rows, size_t columns) {
    (void)c;
    (void)type;
    (void)rows;
    (void)columns;
}

static const bad_value every_status_has_a_name[] = {
    {1, QC_OK}, {-1000, QC_OK}, {INT32_MIN, QC_OK}, {INT32_MAX, QC_OK}};
static const bad_values statuses = BAD_VALUES(every_status_has_a_name);

static void build_status_name(call *c, element_type type, size_t rows, size_t columns) {
    no_arguments(c, type, rows, columns);
    integer(c, "status", QC_ERR_DOMAIN, &statuses);
}

static const bad_value bad_counts[] = {{-1, QC_ERR_DOMAIN},
                                       {1025, QC_ERR_DOMAIN},
                                       {INT32_MIN, QC_ERR_DOMAIN},
                                       {INT32_MAX, QC_ERR_DOMAIN}};
static const bad_values counts = BAD_VALUES(bad_counts);

static void build_set_thread_count(call *c, element_type type, size_t rows, size_t columns) {
    no_arguments(c, type, rows, columns);
    integer(c, "count", 0, &counts);
}

const row base_rows[] = {
    {"qc_version", "", version, no_arguments, TYPE_NONE, ANY_WORK},
    {"qc_status_name", "", status_name, build_status_name, TYPE_NONE, ANY_WORK},
    {"qc_last_error", "", last_error, no_arguments, TYPE_NONE, ANY_WORK},
    {"qc_set_thread_count", "", set_thread_count, build_set_thread_count, TYPE_NONE, ANY_WORK},
    {"qc_thread_count", "", thread_count, no_arguments, TYPE_NONE, ANY_WORK},
    {"qc_kernel_level", "", kernel_level, no_arguments, TYPE_NONE, ANY_WORK},
    {0},
};
