/*
 * Objects of the library that live between calls: external pointers that destroy them.
 *
 * The tag names the kind, so that no function follows a pointer of another. What R saves of a
 * pointer is its tag and no address; one that was loaded again owns nothing.
 */
#include "quantcal_r.h"

static void finalize(SEXP handle) {
    void *object = R_ExternalPtrAddr(handle);
    if (object != NULL) {
        const qcr_handle_kind *kind = R_ExternalPtrAddr(R_ExternalPtrProtected(handle));
        R_ClearExternalPtr(handle);
        kind->destroy(object);
    }
}

SEXP qcr_new_handle(const qcr_handle_kind *kind) {
    SEXP kind_pointer = PROTECT(R_MakeExternalPtr((void *)kind, R_NilValue, R_NilValue));
    SEXP handle = PROTECT(R_MakeExternalPtr(NULL, Rf_install(kind->name), kind_pointer));
    R_RegisterCFinalizerEx(handle, finalize, FALSE);
    UNPROTECT(2);
    return handle;
}

void qcr_own(SEXP handle, void *object) { R_SetExternalPtrAddr(handle, object); }

void *qcr_object(SEXP handle, const qcr_handle_kind *kind, const char *name) {
    if (TYPEOF(handle) != EXTPTRSXP || R_ExternalPtrTag(handle) != Rf_install(kind->name)) {
        qcr_refuse(QC_ERR_DOMAIN, "%s is not a %s", name, kind->name);
    }
    if (R_ExternalPtrAddr(handle) == NULL) {
        qcr_refuse(QC_ERR_NULL_POINTER,
                   "%s comes from another R session; what was saved there is not the object "
                   "itself",
                   name);
    }
    return R_ExternalPtrAddr(handle);
}

SEXP qcr_serialize(SEXP handle, const qcr_handle_kind *kind, const char *name) {
    const void *object = qcr_object(handle, kind, name);
    size_t size = 0;
    qcr_check(kind->serialize(object, NULL, 0, &size));
    SEXP bytes = PROTECT(Rf_allocVector(RAWSXP, (R_xlen_t)size));
    qcr_check(kind->serialize(object, RAW(bytes), size, NULL));
    UNPROTECT(1);
    return bytes;
}

SEXP qcr_deserialize(SEXP bytes, const qcr_handle_kind *kind) {
    void *object = NULL;
    const size_t size = (size_t)XLENGTH(bytes);
    SEXP handle = PROTECT(qcr_new_handle(kind));
    qcr_check(kind->deserialize(size == 0 ? NULL : RAW_RO(bytes), size, &object));
    qcr_own(handle, object);
    UNPROTECT(1);
    return handle;
}
