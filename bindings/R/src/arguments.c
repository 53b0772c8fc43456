/*
 * R values as C values, and back. What R has no type for (sizes, 64-bit labels) is checked here;
 * what a value may be is the library's to say.
 */
#include "quantcal_r.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* The largest double below which every whole number is one: 2^53. */
static const double exact_limit = 9007199254740992.0;

const double *qcr_doubles(SEXP vector) { return XLENGTH(vector) == 0 ? NULL : REAL_RO(vector); }

size_t qcr_row_count(SEXP matrix) {
    SEXP shape = Rf_getAttrib(matrix, R_DimSymbol);
    return Rf_isNull(shape) ? (size_t)XLENGTH(matrix) : (size_t)INTEGER_RO(shape)[0];
}

size_t qcr_column_count(SEXP matrix) {
    SEXP shape = Rf_getAttrib(matrix, R_DimSymbol);
    return Rf_isNull(shape) ? 1 : (size_t)INTEGER_RO(shape)[1];
}

qcr_matrix qcr_rows(SEXP matrix) {
    qcr_matrix result = {qcr_doubles(matrix), qcr_row_count(matrix), qcr_column_count(matrix)};
    if (result.rows > 1 && result.columns > 1) {
        double *by_rows = (double *)R_alloc(result.rows * result.columns, sizeof(double));
        qcr_transpose_f64(result.values, result.rows, result.columns, by_rows);
        result.values = by_rows;
    }
    return result;
}

uint8_t *qcr_bytes_of(SEXP raw) {
    /* The address of an empty vector is not one; this is not read. */
    static uint8_t nothing;
    return XLENGTH(raw) == 0 ? &nothing : RAW(raw);
}

void qcr_require_length(SEXP vector, size_t count, const char *name) {
    if ((size_t)XLENGTH(vector) != count) {
        qcr_refuse(QC_ERR_SIZE, "%s has length %.0f; %.0f are needed", name,
                   (double)XLENGTH(vector), (double)count);
    }
}

static void check_length(SEXP vector, size_t count, const char *name) {
    if ((size_t)XLENGTH(vector) != count) {
        qcr_refuse(QC_ERR_SIZE, "%s has length %.0f; expected %.0f, one for each point", name,
                   (double)XLENGTH(vector), (double)count);
    }
}

const double *qcr_points(SEXP vector, size_t count, const char *name) {
    check_length(vector, count, name);
    return qcr_doubles(vector);
}

const double *qcr_weights(SEXP weights, size_t count) {
    return Rf_isNull(weights) ? NULL : qcr_points(weights, count, "weights");
}

const uint8_t *qcr_events(SEXP events, size_t count, const char *name) {
    if (Rf_isNull(events)) {
        return NULL;
    }
    const double *given = qcr_points(events, count, name);
    uint8_t *bytes = (uint8_t *)R_alloc(count, 1);
    for (size_t i = 0; i < count; i++) {
        if (given[i] != 0 && given[i] != 1) {
            qcr_refuse(QC_ERR_DOMAIN, "%s[%.0f] is %g; %s must be TRUE or FALSE", name,
                       (double)i + 1, given[i], name);
        }
        bytes[i] = given[i] == 1;
    }
    return bytes;
}

static void refuse_label(double position, double label, double first, double last) {
    if (ISNAN(label)) {
        qcr_refuse(QC_ERR_DOMAIN, "labels[%.0f] is missing; labels must be %.0f to %.0f", position,
                   first, last);
    }
    qcr_refuse(QC_ERR_DOMAIN, "labels[%.0f] is %g; labels must be whole numbers, %.0f to %.0f",
               position, label, first, last);
}

const int64_t *qcr_labels(SEXP labels, size_t count, int first, size_t classes) {
    check_length(labels, count, "labels");
    const double *given = qcr_doubles(labels);
    int64_t *result = (int64_t *)R_alloc(count, sizeof(int64_t));
    const double last = first + (double)classes - 1;
    for (size_t i = 0; i < count; i++) {
        const double label = given[i];
        if (!(label >= first && label <= last) || label != floor(label)) {
            refuse_label((double)i + 1, label, first, last);
        }
        result[i] = (int64_t)label - first;
    }
    return result;
}

double qcr_double(SEXP value, const char *name) {
    if (XLENGTH(value) != 1) {
        qcr_refuse(QC_ERR_SIZE, "%s must be one number; its length is %.0f", name,
                   (double)XLENGTH(value));
    }
    return REAL_RO(value)[0];
}

int32_t qcr_int(SEXP value, const char *name) {
    const double number = qcr_double(value, name);
    if (!(number >= INT32_MIN && number <= INT32_MAX) || number != floor(number)) {
        qcr_refuse(QC_ERR_DOMAIN, "%s is %.10g; it must be a whole number of 32 bits", name,
                   number);
    }
    return (int32_t)number;
}

size_t qcr_size_from(double value, const char *name) {
    if (!(value >= 0 && value <= exact_limit) || value != floor(value)) {
        qcr_refuse(ISNAN(value) ? QC_ERR_NOT_FINITE : QC_ERR_SIZE,
                   "%s is %.15g; it must be a whole number from 0 to 2^53", name, value);
    }
    return (size_t)value;
}

size_t qcr_size(SEXP value, const char *name) {
    return qcr_size_from(qcr_double(value, name), name);
}

size_t qcr_extent(SEXP value, const char *name) {
    const size_t extent = qcr_size(value, name);
    if (extent > INT_MAX) {
        qcr_refuse(QC_ERR_SIZE, "%s is %.0f; an R matrix has at most 2^31 - 1", name,
                   (double)extent);
    }
    return extent;
}

SEXP qcr_sizes(const size_t *sizes, size_t count, size_t offset) {
    size_t largest = 0;
    for (size_t i = 0; i < count; i++) {
        largest = sizes[i] > largest ? sizes[i] : largest;
    }
    const int as_integers = largest + offset <= INT_MAX;
    SEXP result = PROTECT(Rf_allocVector(as_integers ? INTSXP : REALSXP, (R_xlen_t)count));
    for (size_t i = 0; i < count; i++) {
        if (as_integers) {
            INTEGER(result)[i] = (int)(sizes[i] + offset);
        } else {
            REAL(result)[i] = (double)(sizes[i] + offset);
        }
    }
    UNPROTECT(1);
    return result;
}

SEXP qcr_new_doubles(size_t count) { return Rf_allocVector(REALSXP, (R_xlen_t)count); }

SEXP qcr_doubles_of(const double *values, size_t count) {
    SEXP vector = qcr_new_doubles(count);
    if (count > 0) {
        memcpy(REAL(vector), values, count * sizeof *values);
    }
    return vector;
}

double *qcr_put_doubles(SEXP list, const char *name, size_t count) {
    SEXP vector = qcr_new_doubles(count);
    qcr_put(list, name, vector);
    return qcr_output(vector);
}

double *qcr_output(SEXP vector) { return XLENGTH(vector) == 0 ? NULL : REAL(vector); }

SEXP qcr_new_list(int count) {
    SEXP list = PROTECT(Rf_allocVector(VECSXP, count));
    Rf_setAttrib(list, R_NamesSymbol, Rf_allocVector(STRSXP, count));
    UNPROTECT(1);
    return list;
}

void qcr_put(SEXP list, const char *name, SEXP value) {
    PROTECT(value);
    SEXP names = Rf_getAttrib(list, R_NamesSymbol);
    R_xlen_t place = 0;
    while (STRING_ELT(names, place) != R_BlankString) {
        place++;
    }
    SET_VECTOR_ELT(list, place, value);
    SET_STRING_ELT(names, place, Rf_mkChar(name));
    UNPROTECT(1);
}

SEXP qcr_list(const char *const *names, const SEXP *values) {
    int count = 0;
    while (names[count] != NULL) {
        count++;
    }
    SEXP result = PROTECT(Rf_allocVector(VECSXP, count));
    SEXP labels = PROTECT(Rf_allocVector(STRSXP, count));
    for (int i = 0; i < count; i++) {
        SET_VECTOR_ELT(result, i, values[i]);
        SET_STRING_ELT(labels, i, Rf_mkChar(names[i]));
    }
    Rf_setAttrib(result, R_NamesSymbol, labels);
    UNPROTECT(2);
    return result;
}
