/*
 * What the families' files share.
 *
 * Memory: an R error leaves a C function by a long jump, so nothing here is taken with malloc.
 * Results are R vectors, scratch comes from R_alloc(), which R takes back when .Call ends, however
 * it ends. Arguments are converted before the library is called, and an error is raised after it
 * has returned: no jump ever crosses a frame of the library.
 *
 * The R functions have made every numeric argument a double vector before it comes here.
 */
#ifndef QUANTCAL_R_H
#define QUANTCAL_R_H

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>

#define R_NO_REMAP
#include <R.h>
#include <Rinternals.h>

#include <quantcal.h>

/* condition.c: errors as R conditions. */

/* Returns if the status is QC_OK, else raises the library's error. */
void qcr_check(qc_status status);
/* Raises an error that the binding found by itself, with the status it amounts to. */
void qcr_refuse(qc_status status, const char *format, ...);

/* interrupt.c: long work that the user can stop. */

typedef struct qcr_interrupt {
    SEXP token; /* R's note of where the interrupted jump was going */
    jmp_buf back;
    int pending;
} qcr_interrupt;

/* The progress callback that looks for interrupts. `state` must stay in place during the call;
 * PROTECT state->token, which this sets. */
qc_progress qcr_interrupt_progress(qcr_interrupt *state);
/* As qcr_check(), but first lets an interrupt that stopped the work go on its way. */
void qcr_check_interruptible(qc_status status, const qcr_interrupt *state);

/* handles.c: objects of the library that live between calls, as external pointers. */

typedef struct qcr_handle_kind {
    const char *name; /* such as "qc_isotonic_state" */
    void (*destroy)(void *object);
    /* NULL for a kind that cannot be kept as bytes. */
    qc_status (*serialize)(const void *object, uint8_t *bytes, size_t capacity, size_t *size);
    qc_status (*deserialize)(const uint8_t *bytes, size_t size, void **object);
} qcr_handle_kind;

/* Defines `kind`, one that can be kept as bytes, by the library's functions for its type. */
#define QCR_STORED_KIND(type, type_destroy, type_serialize, type_deserialize)                      \
    static void destroy(void *object) { type_destroy(object); }                                    \
    static qc_status serialize(const void *object, uint8_t *bytes, size_t capacity,                \
                               size_t *size) {                                                     \
        return type_serialize(object, bytes, capacity, size);                                      \
    }                                                                                              \
    static qc_status deserialize(const uint8_t *bytes, size_t size, void **object) {               \
        type *made = NULL;                                                                         \
        const qc_status status = type_deserialize(bytes, size, &made);                             \
        *object = made;                                                                            \
        return status;                                                                             \
    }                                                                                              \
    static const qcr_handle_kind kind = {#type, destroy, serialize, deserialize}

/* An external pointer that owns nothing yet: made before the library makes the object, because R
 * may run out of memory. PROTECT it. */
SEXP qcr_new_handle(const qcr_handle_kind *kind);
/* Gives it its object, which R's garbage collector destroys. */
void qcr_own(SEXP handle, void *object);
/* The object of such a pointer; an error if it is of another kind, or comes from a saved session. */
void *qcr_object(SEXP handle, const qcr_handle_kind *kind, const char *name);
/* Its object as a raw vector; and an external pointer to one that was made of a raw vector. */
SEXP qcr_serialize(SEXP handle, const qcr_handle_kind *kind, const char *name);
SEXP qcr_deserialize(SEXP bytes, const qcr_handle_kind *kind);

/* arguments.c: R values as C values, and back. */

typedef struct qcr_matrix {
    const double *values; /* row-major */
    size_t rows, columns;
} qcr_matrix;

/* The elements of a double vector where R keeps them; NULL if there are none. */
const double *qcr_doubles(SEXP vector);
/* A double matrix, or a vector as a matrix of one column. Only copied where the orders differ. */
qcr_matrix qcr_rows(SEXP matrix);
/* The shape of a matrix, or of a vector as one column. */
size_t qcr_row_count(SEXP matrix);
size_t qcr_column_count(SEXP matrix);
/* The same of a vector with one element for each of `count` points. */
const double *qcr_points(SEXP vector, size_t count, const char *name);
/* The bytes of a raw vector; of an empty one an address that nobody follows. */
uint8_t *qcr_bytes_of(SEXP raw);
/* Refuses a vector of another length than `count`. */
void qcr_require_length(SEXP vector, size_t count, const char *name);
/* Weights for `count` points; NULL for R's NULL. */
const double *qcr_weights(SEXP weights, size_t count);
/* TRUE and FALSE for `count` points as bytes; NULL for R's NULL. */
const uint8_t *qcr_events(SEXP events, size_t count, const char *name);
/* Class numbers first, first + 1, ... (`classes` of them) as 0, 1, ... */
const int64_t *qcr_labels(SEXP labels, size_t count, int first, size_t classes);
/* One number; one whole number; one size; one extent of an R matrix. */
double qcr_double(SEXP value, const char *name);
int32_t qcr_int(SEXP value, const char *name);
size_t qcr_size(SEXP value, const char *name);
size_t qcr_extent(SEXP value, const char *name);
/* The same for one element that stands in a longer vector. */
size_t qcr_size_from(double value, const char *name);
/* Sizes as R integers, or as doubles if one does not fit; each with `offset` added. */
SEXP qcr_sizes(const size_t *sizes, size_t count, size_t offset);
/* A new double vector; one that holds `count` values; where the library writes its elements, NULL
 * if there are none. */
SEXP qcr_new_doubles(size_t count);
SEXP qcr_doubles_of(const double *values, size_t count);
double *qcr_output(SEXP vector);
/* A list of `count` elements without names. PROTECT it. */
SEXP qcr_new_list(int count);
/* Gives the first element without a name a name and a value, which need not be protected. */
void qcr_put(SEXP list, const char *name, SEXP value);
/* The same with a new double vector; returns where the library writes its elements. */
double *qcr_put_doubles(SEXP list, const char *name, size_t count);
/* A named list; the values must be protected, and as many as the names before NULL. */
SEXP qcr_list(const char *const *names, const SEXP *values);

/* transpose.c: between R's column-major order and the library's row-major one. Each reads a matrix
 * of `rows` rows by columns and writes it by rows; with rows and columns exchanged, the other way. */

void qcr_transpose_f64(const double *from, size_t rows, size_t columns, double *to);
void qcr_transpose_f64_f32(const double *from, size_t rows, size_t columns, float *to);
void qcr_transpose_f32_f64(const float *from, size_t rows, size_t columns, double *to);
void qcr_transpose_u8(const uint8_t *from, size_t rows, size_t columns, uint8_t *to);
void qcr_transpose_u8_int(const uint8_t *from, size_t rows, size_t columns, int *to);
void qcr_transpose_i8_int(const int8_t *from, size_t rows, size_t columns, int *to);
void qcr_transpose_int_u8(const int *from, size_t rows, size_t columns, uint8_t *to);

#endif
