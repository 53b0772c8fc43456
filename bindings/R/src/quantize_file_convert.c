/*
 * Files of models into other files.
 */
#include "families.h"

/* Strings as the library takes them, which R's garbage collector takes back; NULL if there are none. */
static const char *const *texts_of(SEXP strings, size_t *count) {
    *count = (size_t)XLENGTH(strings);
    if (*count == 0) {
        return NULL;
    }
    const char **texts = (const char **)R_alloc(*count, sizeof *texts);
    for (size_t i = 0; i < *count; i++) {
        texts[i] = Rf_translateCharUTF8(STRING_ELT(strings, (R_xlen_t)i));
    }
    return texts;
}

/* A path, or NULL. */
static const char *path_of(SEXP paths, R_xlen_t index) {
    SEXP path = VECTOR_ELT(paths, index);
    return path == R_NilValue ? NULL : Rf_translateCharUTF8(STRING_ELT(path, 0));
}

/*
 * paths: importance, config. settings: format, mode, group size, whether to overwrite, whether to plan only,
 * layout, granularity, whether to requantize.
 */
static qc_quantize_file_convert_options options_of(SEXP patterns, SEXP paths, SEXP settings) {
    qc_quantize_file_convert_options options;
    qcr_check(qc_quantize_file_convert_options_init(&options, sizeof options));
    options.include = texts_of(VECTOR_ELT(patterns, 0), &options.include_count);
    options.exclude = texts_of(VECTOR_ELT(patterns, 1), &options.exclude_count);
    options.importance = path_of(paths, 0);
    options.config = path_of(paths, 1);
    const double *given = REAL(settings);
    options.format = (int32_t)given[0];
    options.mode = (int32_t)given[1];
    options.group_size = qcr_size_from(given[2], "group_size");
    options.overwrite = (int32_t)given[3];
    options.plan_only = (int32_t)given[4];
    options.layout = (int32_t)given[5];
    options.granularity = (int32_t)given[6];
    options.requantize = (int32_t)given[7];
    return options;
}

/* list(type = , action = number, bytes = , error = , square = , reason = ) */
static SEXP table_of(const qc_quantize_file_outcome *outcomes, size_t count) {
    const R_xlen_t n = (R_xlen_t)count;
    SEXP type = PROTECT(Rf_allocVector(STRSXP, n)), action = PROTECT(Rf_allocVector(INTSXP, n));
    SEXP bytes = PROTECT(Rf_allocVector(REALSXP, n)), error = PROTECT(Rf_allocVector(REALSXP, n));
    SEXP square = PROTECT(Rf_allocVector(REALSXP, n)), reason = PROTECT(Rf_allocVector(STRSXP, n));
    for (R_xlen_t i = 0; i < n; i++) {
        SET_STRING_ELT(type, i, Rf_mkChar(outcomes[i].type));
        INTEGER(action)[i] = outcomes[i].action;
        REAL(bytes)[i] = (double)outcomes[i].bytes;
        REAL(error)[i] = outcomes[i].error;
        REAL(square)[i] = outcomes[i].square;
        SET_STRING_ELT(reason, i, Rf_mkChar(outcomes[i].reason));
    }
    static const char *const names[] = {"type",   "action", "bytes", "error",
                                        "square", "reason", NULL};
    const SEXP values[] = {type, action, bytes, error, square, reason};
    SEXP list = qcr_list(names, values);
    UNPROTECT(6);
    return list;
}

SEXP qcr_quantize_file_convert(SEXP handle, SEXP path, SEXP type, SEXP patterns, SEXP paths,
                               SEXP settings) {
    const qc_quantize_file *file = qcr_quantize_file_of(handle);
    qc_quantize_file_convert_options options = options_of(patterns, paths, settings);
    const char *target = Rf_translateCharUTF8(STRING_ELT(path, 0));
    const char *name = Rf_translateCharUTF8(STRING_ELT(type, 0));
    size_t count = 0;
    qcr_check(qc_quantize_file_contents(file, NULL, &count));
    qc_quantize_file_outcome *outcomes =
        (qc_quantize_file_outcome *)R_alloc(count + 1, sizeof *outcomes);
    qcr_interrupt interrupt;
    options.progress = qcr_interrupt_progress(&interrupt);
    PROTECT(interrupt.token);
    const qc_status status =
        qc_quantize_file_convert(file, target, name, &options, outcomes, count);
    qcr_check_interruptible(status, &interrupt);
    SEXP table = table_of(outcomes, count);
    UNPROTECT(1);
    return table;
}
