/*
 * Files of models. Indices come from 0, as C counts them.
 */
#include "families.h"

static void destroy(void *file) { qc_quantize_file_destroy(file); }

static const qcr_handle_kind kind = {"qc_quantize_file", destroy, NULL, NULL};

const qc_quantize_file *qcr_quantize_file_of(SEXP handle) {
    return qcr_object(handle, &kind, "file");
}

SEXP qcr_quantize_file_open(SEXP path) {
    qc_quantize_file *file = NULL;
    const char *name = Rf_translateCharUTF8(STRING_ELT(path, 0));
    SEXP handle = PROTECT(qcr_new_handle(&kind));
    qcr_check(qc_quantize_file_open(name, &file));
    qcr_own(handle, file);
    UNPROTECT(1);
    return handle;
}

static qc_quantize_file_tensor tensor_of(const qc_quantize_file *file, size_t index) {
    qc_quantize_file_tensor tensor = {.struct_size = sizeof tensor};
    qcr_check(qc_quantize_file_describe(file, index, NULL, 0, NULL, 0, &tensor));
    return tensor;
}

/* The columns of a table with a row for each tensor. */
typedef struct {
    SEXP names, types, shapes, rows, columns, bytes, decodable;
} table;

static void put_tensor(const table *t, const qc_quantize_file *file, size_t index) {
    qc_quantize_file_tensor tensor = tensor_of(file, index);
    const R_xlen_t at = (R_xlen_t)index;
    char *name = R_alloc(tensor.name_bytes + 1, 1);
    size_t *shape = (size_t *)R_alloc(tensor.rank + 1, sizeof *shape);
    qcr_check(qc_quantize_file_describe(file, index, name, tensor.name_bytes + 1, shape,
                                        tensor.rank, &tensor));
    SET_STRING_ELT(t->names, at, Rf_mkCharCE(name, CE_UTF8));
    SET_STRING_ELT(t->types, at, Rf_mkChar(tensor.type));
    SET_VECTOR_ELT(t->shapes, at, qcr_sizes(shape, tensor.rank, 0));
    REAL(t->rows)[index] = (double)tensor.rows;
    REAL(t->columns)[index] = (double)tensor.columns;
    REAL(t->bytes)[index] = (double)tensor.bytes;
    LOGICAL(t->decodable)[index] = tensor.decodable;
}

/* list(format = number, name = , type = , shape = , rows = , columns = , bytes = , decodable = ) */
SEXP qcr_quantize_file_tensors(SEXP handle) {
    const qc_quantize_file *file = qcr_quantize_file_of(handle);
    int32_t format = 0;
    size_t count = 0;
    qcr_check(qc_quantize_file_contents(file, &format, &count));
    const R_xlen_t n = (R_xlen_t)count;
    const table t = {PROTECT(Rf_allocVector(STRSXP, n)),  PROTECT(Rf_allocVector(STRSXP, n)),
                     PROTECT(Rf_allocVector(VECSXP, n)),  PROTECT(Rf_allocVector(REALSXP, n)),
                     PROTECT(Rf_allocVector(REALSXP, n)), PROTECT(Rf_allocVector(REALSXP, n)),
                     PROTECT(Rf_allocVector(LGLSXP, n))};
    for (size_t i = 0; i < count; i++) {
        put_tensor(&t, file, i);
    }
    static const char *const names[] = {"format",  "name",  "type",      "shape", "rows",
                                        "columns", "bytes", "decodable", NULL};
    SEXP number = PROTECT(Rf_ScalarInteger(format));
    const SEXP values[] = {number, t.names,   t.types, t.shapes,
                           t.rows, t.columns, t.bytes, t.decodable};
    SEXP list = qcr_list(names, values);
    UNPROTECT(8);
    return list;
}

SEXP qcr_quantize_file_find(SEXP handle, SEXP name) {
    size_t index = 0;
    const char *wanted = Rf_translateCharUTF8(STRING_ELT(name, 0));
    qcr_check(qc_quantize_file_find(qcr_quantize_file_of(handle), wanted, &index));
    return Rf_ScalarReal((double)index);
}

/* Rows as a matrix. */
SEXP qcr_quantize_file_decode(SEXP handle, SEXP index, SEXP first_row, SEXP row_count) {
    const qc_quantize_file *file = qcr_quantize_file_of(handle);
    const size_t number = qcr_size(index, "tensor");
    const size_t first = qcr_size(first_row, "first_row");
    const size_t columns = tensor_of(file, number).columns;
    const size_t rows = qcr_extent(row_count, "row_count");
    if (columns > INT32_MAX) {
        qcr_refuse(QC_ERR_SIZE, "the tensor has %.0f columns; a matrix of R cannot",
                   (double)columns);
    }
    /* Rows that are not there must not cost memory. */
    const size_t there = tensor_of(file, number).rows;
    const size_t room = rows <= there ? rows * columns : 0;
    float *values = (float *)R_alloc(room + 1, sizeof(float));
    qcr_check(qc_quantize_file_decode_f32(file, number, first, rows, values));
    SEXP result = PROTECT(Rf_allocMatrix(REALSXP, (int)rows, (int)columns));
    qcr_transpose_f32_f64(values, columns, rows, REAL(result));
    UNPROTECT(1);
    return result;
}

/* `shape` as doubles; `bytes` raw. */
SEXP qcr_quantize_file_write_npy(SEXP path, SEXP type, SEXP shape, SEXP bytes, SEXP overwrite) {
    const char *place = Rf_translateCharUTF8(STRING_ELT(path, 0));
    const char *kind = Rf_translateCharUTF8(STRING_ELT(type, 0));
    const size_t rank = (size_t)XLENGTH(shape);
    size_t *sizes = (size_t *)R_alloc(rank + 1, sizeof *sizes);
    for (size_t i = 0; i < rank; i++) {
        sizes[i] = qcr_size_from(REAL(shape)[i], "shape");
    }
    qcr_check(qc_quantize_file_write_npy(place, kind, sizes, rank, qcr_bytes_of(bytes),
                                         (size_t)XLENGTH(bytes), Rf_asLogical(overwrite)));
    return R_NilValue;
}
