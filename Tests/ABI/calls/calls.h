/*
 * A good call of every exported function, described argument by argument: what it
 * is, how large, what it may hold, what it must not. Programs make bad calls of it
 * (misuse), place its memory against unmapped pages (guard), or make it from many
 * threads (threads).
 *
 * A family has one file of rows. A row names its function, calls it with a list of
 * values, and builds the list for a matrix of some size; functions of a vector
 * take as many elements as the matrix has.
 */
#ifndef QUANTCAL_TESTS_CALLS_H
#define QUANTCAL_TESTS_CALLS_H

#include <quantcal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../support/elements.h"

typedef union {
    void *pointer;
    size_t size;
    double number;
    int32_t integer;
} value;

typedef enum {
    INPUT,      /* an array that is read */
    OUTPUT,     /* an array that is written */
    OPTIONS,    /* an options struct that is read */
    DEFAULTS,   /* an options struct that is filled */
    RESULT,     /* a struct that is written, its size being set before */
    HANDLE,     /* an object that is made before the call and destroyed after it */
    NEW_HANDLE, /* where the call puts a handle that it makes */
    LENGTH,
    STRUCT_SIZE, /* the size of a DEFAULTS struct */
    NUMBER,
    INTEGER
} argument_kind;

/* A value that an element, number, integer or field must not have, and what it gives. */
typedef struct {
    double value;
    qc_status status;
} bad_value;

typedef struct {
    const bad_value *values;
    size_t count;
} bad_values;

#define BAD_VALUES(list)                                                                           \
    { (list), sizeof(list) / sizeof((list)[0]) }

/* A field of an options struct: where, and what it must not be. */
typedef struct {
    const char *name;
    size_t offset;
    element_type type;
    const bad_values *bad;
} field;

/* A kind of object behind a handle. */
typedef struct {
    /* A good one; `size` is the argument's count. */
    void *(*make)(size_t size);
    void (*destroy)(void *handle);
    /* Writes what can be seen of it, at most `capacity` bytes; returns how many there are. */
    size_t (*look)(const void *handle, unsigned char *seen, size_t capacity);
} handle_kind;

typedef struct argument argument;

struct argument {
    argument_kind kind;
    const char *name;
    value good;            /* of a LENGTH, STRUCT_SIZE, NUMBER or INTEGER */
    const bad_values *bad; /* NULL: there are none */

    /* INPUT and OUTPUT */
    element_type type;
    size_t count;
    double low; /* elements lie from low up to, not including, high */
    double high;
    void (*fill)(const argument *self, void *memory); /* NULL, or writes other elements */
    bool optional;        /* may be NULL though there are elements; also of OPTIONS, HANDLE */
    bool unused;          /* not looked at by this call */
    const char *in_place; /* an OUTPUT may be the very memory of this INPUT */

    /* HANDLE and NEW_HANDLE */
    const handle_kind *handle;
    bool may_change;   /* if the call succeeds */
    bool is_destroyed; /* by the call */

    /* OPTIONS, DEFAULTS and RESULT */
    unsigned char contents[256];
    size_t struct_size;
    const field *fields;
    size_t field_count;
    size_t progress_offset; /* 0: none */

    /* LENGTH */
    qc_status when_zero;
    size_t limit;          /* a larger one is QC_ERR_SIZE; 0: what memory allows */
    size_t bytes_per_unit; /* of the largest array, 0: as the arrays of the call say */
};

enum {
    ARGUMENTS_MAX = 16
};

/* How many elements the long work of a row may have: as many as the program likes, or fewer where
 * a function takes longer than a few passes over its data. */
enum {
    ANY_WORK = 0,
    MUCH_WORK = 60000
};

typedef struct row row;

typedef struct {
    const row *of;
    argument arguments[ARGUMENTS_MAX];
    size_t argument_count;
} call;

struct row {
    const char *function;
    const char *variant;
    qc_status (*invoke)(const value *values);
    void (*build)(call *c, element_type type, size_t rows, size_t columns);
    element_type type;
    size_t most_work;
};

/* The rows of each family, or of each subject of a large one; one without a function ends the list. */
extern const row base_rows[];
extern const row isotonic_regression_rows[];
extern const row isotonic_prediction_rows[];
extern const row isotonic_shape_rows[];
extern const row isotonic_nearly_rows[];
extern const row isotonic_centered_rows[];
extern const row isotonic_order_rows[];
extern const row isotonic_distribution_rows[];
extern const row isotonic_reward_rows[];
extern const row isotonic_state_rows[];
extern const row calibration_rows[];
extern const row conformal_split_rows[];
extern const row conformal_calibrator_rows[];
extern const row conformal_planning_rows[];
extern const row conformal_risk_rows[];
extern const row conformal_selection_rows[];
extern const row conformal_refit_selection_rows[];
extern const row conformal_holdout_rows[];
extern const row conformal_online_rows[];
extern const row conformal_batch_rows[];
extern const row conformal_clusters_rows[];
extern const row conformal_cross_rows[];
extern const row conformal_regression_scores_rows[];
extern const row conformal_class_scores_rows[];
extern const row conformal_robust_rows[];
extern const row conformal_circuit_rows[];
extern const row conformal_censoring_rows[];
extern const row conformal_abstention_rows[];
extern const row conformal_policy_rows[];
extern const row conformal_pursuit_rows[];
extern const row conformal_distribution_rows[];
extern const row conformal_martingale_rows[];
extern const row quantize_integer_rows[];
extern const row quantize_checkpoint_rows[];
extern const row quantize_ggml_rows[];
extern const row quantize_file_rows[];
extern const row quantize_file_convert_rows[];
extern const row quantize_grid_rows[];
extern const row quantize_grid_training_rows[];
extern const row quantize_diagnostics_rows[];
extern const row quantize_divergence_rows[];
extern const row quantize_range_rows[];
extern const row quantize_observer_rows[];
extern const row quantize_prediction_range_rows[];
extern const row quantize_samples_rows[];
extern const row quantize_shared_range_rows[];
extern const row quantize_vector_rows[];
extern const row quantize_candidates_rows[];
extern const row quantize_trellis_rows[];
extern const row quantize_masked_rows[];
extern const row quantize_outlier_victim_rows[];
extern const row quantize_twin_log_rows[];
extern const row quantize_noisy_bias_rows[];
extern const row quantize_training_rows[];
extern const row quantize_elastic_rows[];

/* Calls `visit` for every row of every family, in order. */
void for_each_row(void (*visit)(const row *r, void *context), void *context);

call build_call(const row *r, size_t rows, size_t columns);
/* The same with so many elements, or as many as the row takes, in rows of that width. */
call build_long_call(const row *r, size_t elements, size_t columns);

/* -- For the rows: each adds an argument and returns it, for further settings -- */

argument *input(call *c, const char *name, element_type type, size_t count, double low,
                double high);
argument *output(call *c, const char *name, element_type type, size_t count);
argument *length(call *c, const char *name, size_t good, qc_status when_zero);
argument *number(call *c, const char *name, double good, const bad_values *bad);
argument *integer(call *c, const char *name, int32_t good, const bad_values *bad);
argument *options(call *c, const void *contents, size_t size, const field *fields,
                  size_t field_count, size_t progress_offset);
void defaults(call *c, size_t size);
argument *result(call *c, size_t size);
argument *handle(call *c, const char *name, const handle_kind *kind, size_t size);
argument *new_handle(call *c, const char *name, const handle_kind *kind);

/* Lists that several families use. */
extern const bad_values must_be_finite;
extern const bad_values must_not_be_nan;
extern const bad_values must_be_weights;
extern const bad_values must_be_zero;
extern const bad_values must_be_0_or_1;
extern const bad_values must_be_0_to_2;

/* -- Memory for a call --------------------------------------------------------- */

/* Memory of exactly `bytes`, aligned for any type if the bytes are whole elements. */
typedef struct {
    void *(*get)(size_t bytes);
    void (*release)(void *memory, size_t bytes);
} allocator;

extern const allocator exact_allocator; /* malloc */

/* The byte that fills outputs before a call. */
enum {
    OUTPUT_PATTERN = 0xa5
};

bool has_memory(const argument *a);
size_t memory_bytes(const argument *a);
size_t memory_alignment(const argument *a);
/* Writes what a good call has in the argument's memory before it. */
void fill_memory(const argument *a, void *memory);

/* Values for a good call: its memory got and filled, its handles made. */
void get_values(const call *c, const allocator *from, value *values);
/* After the call. */
void release_values(const call *c, const allocator *to, const value *values);
/* Whether two calls have left the same: in their memory, and behind their handles. */
bool same_values(const call *c, const value *a, const value *b);

/* -- Handles ------------------------------------------------------------------- */

/* What can be seen of an object. */
typedef struct {
    unsigned char *bytes;
    size_t count;
} sight;

sight look_at(const handle_kind *kind, const void *handle);
bool same_sight(sight a, sight b);
void release_sight(sight seen);

/* The handle that a call has put into the memory of a NEW_HANDLE; NULL if it has not. */
void *made_handle(const void *memory);

#endif
