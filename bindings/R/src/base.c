/*
 * Family `base`: version, statuses, the last error, threads, the kernels in use.
 */
#include "families.h"

#include <math.h>

SEXP qcr_version(void) { return Rf_mkString(qc_version()); }

SEXP qcr_status_name(SEXP status) {
    const R_xlen_t count = XLENGTH(status);
    SEXP names = PROTECT(Rf_allocVector(STRSXP, count));
    for (R_xlen_t i = 0; i < count; i++) {
        const double number = REAL_RO(status)[i];
        const int is_status = number >= INT32_MIN && number <= 0 && number == floor(number);
        /* No status is positive, so INT32_MAX has the name of what is none. */
        SET_STRING_ELT(names, i, Rf_mkChar(qc_status_name(is_status ? (int)number : INT32_MAX)));
    }
    UNPROTECT(1);
    return names;
}

SEXP qcr_last_error(void) { return Rf_ScalarString(Rf_mkCharCE(qc_last_error(), CE_UTF8)); }

SEXP qcr_set_thread_count(SEXP count) {
    qcr_check(qc_set_thread_count(qcr_int(count, "count")));
    return R_NilValue;
}

SEXP qcr_thread_count(void) { return Rf_ScalarInteger(qc_thread_count()); }

SEXP qcr_kernel_level(void) { return Rf_mkString(qc_kernel_level()); }
