/*
 * Errors as R conditions. The condition objects are made in R (R/condition.R); C only says what
 * happened.
 */
#include "quantcal_r.h"

#include <stdarg.h>
#include <stdio.h>

/* Calls quantcal:::<function>(status, message), which does not return. */
static void raise(const char *function, qc_status status, const char *message) {
    SEXP package = PROTECT(Rf_mkString("quantcal"));
    SEXP namespace = PROTECT(R_FindNamespace(package));
    SEXP text = PROTECT(Rf_ScalarString(Rf_mkCharCE(message, CE_UTF8)));
    SEXP code = PROTECT(Rf_ScalarInteger(status));
    SEXP call = PROTECT(Rf_lang3(Rf_install(function), code, text));
    Rf_eval(call, namespace);
    UNPROTECT(5);
}

void qcr_check(qc_status status) {
    if (status != QC_OK) {
        raise("raise_library_error", status, qc_last_error());
    }
}

void qcr_refuse(qc_status status, const char *format, ...) {
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    raise("raise_refusal", status, message);
}
