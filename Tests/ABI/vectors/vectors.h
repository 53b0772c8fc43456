/*
 * Runs Tests/Vectors through the C interface. A run is one case of a vector file
 * with one type. An adapter, one for each function, reads the run's inputs, calls
 * the function, and compares what it gives with what the case expects:
 *
 *     array y = input_vector(r, "y", r->type);
 *     array x = output_array(r, r->type, y.count);
 *     if (returned(r, qc_...(y.data, y.count, x.data))) {
 *         expect_array(r, "x", x);
 *     }
 */
#ifndef QUANTCAL_TESTS_VECTORS_H
#define QUANTCAL_TESTS_VECTORS_H

#include <cjson/cJSON.h>
#include <quantcal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../support/elements.h"

/* Elements of one type, in memory of exactly their size. data is NULL if the case
 * does not have the array. A vector has one column. */
typedef struct {
    element_type type;
    size_t rows;
    size_t columns;
    size_t count;
    void *data;
} array;

enum {
    OUTPUTS_MAX = 16,
    MEMORY_MAX = 64
};

typedef struct {
    const char *file;
    const char *name;
    element_type type; /* of the run; TYPE_NONE for a function without suffix */
    const cJSON *in;
    const cJSON *out;
    const cJSON *tolerance; /* NULL: exact */
    const char *status;
    const char *message; /* NULL: any */
    bool failed;
    bool judged; /* the status was looked at, so the function was called */
    array outputs[OUTPUTS_MAX];
    size_t output_count;
    void *memory[MEMORY_MAX];
    size_t memory_count;
} run;

typedef struct {
    const char *function; /* without the suffix of the type */
    void (*body)(run *r);
} adapter;

/* The adapters of each family, or of each subject of a large one; a row without a function ends the list. */
extern const adapter base_adapters[];
extern const adapter isotonic_regression_adapters[];
extern const adapter isotonic_prediction_adapters[];
extern const adapter isotonic_shape_adapters[];
extern const adapter isotonic_nearly_adapters[];
extern const adapter isotonic_centered_adapters[];
extern const adapter isotonic_order_adapters[];
extern const adapter isotonic_distribution_adapters[];
extern const adapter isotonic_reward_adapters[];
extern const adapter isotonic_state_adapters[];
extern const adapter calibration_adapters[];
extern const adapter conformal_split_adapters[];
extern const adapter conformal_calibrator_adapters[];
extern const adapter conformal_planning_adapters[];
extern const adapter conformal_risk_adapters[];
extern const adapter conformal_selection_adapters[];
extern const adapter conformal_refit_selection_adapters[];
extern const adapter conformal_holdout_adapters[];
extern const adapter conformal_online_adapters[];
extern const adapter conformal_batch_adapters[];
extern const adapter conformal_clusters_adapters[];
extern const adapter conformal_cross_adapters[];
extern const adapter conformal_regression_scores_adapters[];
extern const adapter conformal_class_scores_adapters[];
extern const adapter conformal_robust_adapters[];
extern const adapter conformal_circuit_adapters[];
extern const adapter conformal_censoring_adapters[];
extern const adapter conformal_abstention_adapters[];
extern const adapter conformal_policy_adapters[];
extern const adapter conformal_pursuit_adapters[];
extern const adapter conformal_distribution_adapters[];
extern const adapter conformal_martingale_adapters[];
extern const adapter quantize_integer_adapters[];
extern const adapter quantize_checkpoint_adapters[];
extern const adapter quantize_ggml_adapters[];
extern const adapter quantize_file_adapters[];
extern const adapter quantize_file_convert_adapters[];
extern const adapter quantize_grid_adapters[];
extern const adapter quantize_diagnostics_adapters[];
extern const adapter quantize_range_adapters[];
extern const adapter quantize_observer_adapters[];
extern const adapter quantize_prediction_range_adapters[];
extern const adapter quantize_samples_adapters[];
extern const adapter quantize_shared_range_adapters[];
extern const adapter quantize_vector_adapters[];
extern const adapter quantize_candidates_adapters[];
extern const adapter quantize_trellis_adapters[];
extern const adapter quantize_masked_adapters[];
extern const adapter quantize_outlier_victim_adapters[];
extern const adapter quantize_twin_log_adapters[];
extern const adapter quantize_noisy_bias_adapters[];
extern const adapter quantize_training_adapters[];
extern const adapter quantize_elastic_adapters[];

/* quantize_grid.c: the grid of the case's name, with the fields that it gives; its options */
qc_quantize_grid input_grid(run *r);
qc_quantize_grid_options input_grid_options(run *r);
/* quantize_range.c: the same of its rule */
qc_quantize_range_rule input_rule(run *r);

/* numbers.c */
void store_element(array values, size_t index, const cJSON *number);
double element(array values, size_t index);
/* Whether two elements are equal within a tolerance (NULL: exactly). */
bool elements_agree(array actual, array expected, size_t index, const cJSON *tolerance);

/* run.c: inputs */
array input_vector(run *r, const char *key, element_type type);
array input_matrix(run *r, const char *key, element_type type);
double input_double(const run *r, const char *key, double absent);
size_t input_size(const run *r, const char *key, size_t absent);
int32_t input_int32(const run *r, const char *key, int32_t absent);
/* A string; NULL if the case does not have it. */
const char *input_string(const run *r, const char *key);
/* The place of a string in a list that NULL ends, as the C constants count. */
int32_t input_choice(run *r, const char *key, int32_t absent, const char *const *names);

/* run.c: outputs. Arrays are filled with a pattern, which an error must leave. */
array output_array(run *r, element_type type, size_t count);
/* Compares the status with the expected one; true if there are outputs to compare. */
bool returned(run *r, qc_status status);
void expect_array(run *r, const char *key, array actual);
/* The first element of an array, against a single number. */
void expect_element(run *r, const char *key, array actual);
void expect_double(run *r, const char *key, double actual);
void expect_size(run *r, const char *key, size_t actual);
void expect_int32(run *r, const char *key, int32_t actual);
void expect_choice(run *r, const char *key, int32_t actual, const char *const *names);
void expect_string(run *r, const char *key, const char *actual);

void complain(run *r, const char *format, ...);
void end_run(run *r);

#endif
