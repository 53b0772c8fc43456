/*
 * Family `base`: what every other family relies on. Status codes, the last
 * error, the version, threads, the choice of kernel, progress.
 *
 * Rules that hold for every function of the library
 *
 * Errors     A function that can fail returns a qc_status. After an error every
 *            output is as it was before the call, and qc_last_error() says in
 *            one sentence which argument, at which index, with which value was
 *            refused, and what was expected. Nothing prints, aborts or exits.
 * Memory     Buffers belong to the caller. A pointer must be aligned for its
 *            type (else QC_ERR_ALIGNMENT). Outputs must not overlap inputs or
 *            each other (else QC_ERR_ALIAS), unless a comment allows it.
 *            A pointer to an array of no elements may be NULL.
 * Matrices   Row-major and contiguous: element (i, j) of an r x c matrix is at
 *            index i * c + j.
 * Numbers    NaN is an error wherever it appears in an input, unless a comment
 *            says otherwise. Sums run in double precision.
 * Threads    Every function may be called from several threads at once. A
 *            result never depends on the number of threads, to the last bit.
 * Options    A struct whose first field is its size. Fill it by its init
 *            function, then change fields. NULL stands for the defaults. Fields
 *            are only ever appended. Reserved fields must be zero. A struct that
 *            is longer than this library knows (at most 4096 bytes) is accepted
 *            if what is beyond is zero.
 * Results    A struct whose first field, struct_size, the caller sets to its
 *            size before the call; the library writes no byte beyond it.
 *
 * Environment: QUANTCAL_THREADS (a positive integer) and QUANTCAL_KERNELS
 * (reference, avx2 or avx512) are each read once, at first use.
 */
#ifndef QUANTCAL_BASE_H
#define QUANTCAL_BASE_H

#include <stddef.h>
#include <stdint.h>

#define QC_VERSION_MAJOR 0
#define QC_VERSION_MINOR 1
#define QC_VERSION_PATCH 0
#define QC_VERSION_STRING "0.1.0"

/* The number in the shared library's soname. It changes only when a program
 * linked against the old library could not run with the new one. */
#define QC_ABI_VERSION 0

#ifdef __cplusplus
extern "C" {
#endif

/* The outcome of a call: QC_OK, or a negative number that is never reused. */
typedef int32_t qc_status;

enum {
    QC_OK = 0,
    /* A required pointer is NULL. */
    QC_ERR_NULL_POINTER = -1,
    /* A length or a size is zero where it may not be, too large for memory, or
     * does not fit the other arguments. */
    QC_ERR_SIZE = -2,
    /* A value is NaN, or infinite where it must be finite (but has no other
     * bounds: beyond them, an infinity is QC_ERR_DOMAIN). */
    QC_ERR_NOT_FINITE = -3,
    /* A value is outside its range: a negative weight, a level that is not
     * between 0 and 1, a label that is no class. */
    QC_ERR_DOMAIN = -4,
    /* An options or result struct has a wrong struct_size, an unknown
     * enumeration value, or a reserved field that is not zero. */
    QC_ERR_OPTIONS = -5,
    /* A pointer is not aligned for its type. */
    QC_ERR_ALIGNMENT = -6,
    /* Two buffers overlap where that is not allowed. */
    QC_ERR_ALIAS = -7,
    /* Memory for scratch could not be had. */
    QC_ERR_NO_MEMORY = -8,
    /* A progress callback asked to stop. */
    QC_CANCELLED = -9,
    /* Bytes that should follow a file format do not. */
    QC_ERR_FORMAT = -10,
    /* The arguments are right, but what was asked for does not exist: no parameter
     * is valid, no number of points suffices. Not for the opposite: that all are
     * valid is a normal result. */
    QC_INFEASIBLE = -11,
    /* The system could not open, read or write a file; the message has its reason. */
    QC_ERR_IO = -12
};

/*
 * A callback for long work. `report` is called from the thread that made the
 * call, with the fraction done (0 to 1, never decreasing) and `context`; a
 * result other than 0 stops the work, which then returns QC_CANCELLED with all
 * outputs untouched. It is called at least once, before the work, unless there
 * is none to do. A NULL `report` means no callback. It must not throw
 * through the library, nor longjmp out of it.
 */
typedef struct qc_progress {
    int32_t (*report)(void *context, double fraction);
    void *context;
} qc_progress;

/*
 * The library's version at run time, such as "0.1.0": a string that lives as
 * long as the library. Compare it with QC_VERSION_STRING, the version of the
 * headers. Cannot fail. Since 0.1.
 */
const char *qc_version(void);

/*
 * The name of a status constant, such as "QC_ERR_DOMAIN"; "QC_UNKNOWN" for a
 * number that is none. The string lives as long as the library. Cannot fail.
 * Since 0.1.
 */
const char *qc_status_name(qc_status status);

/*
 * What the calling thread's last failed call had to say, in UTF-8, at most 511
 * bytes and a NUL: "weights[17] is -0.5; weights must be finite and >= 0". The
 * empty string if no call of this thread has failed yet; a call that succeeds
 * leaves it as it is. The string is valid until this thread's next failing
 * call, or its end. Cannot fail. Since 0.1.
 */
const char *qc_last_error(void);

/*
 * Sets how many threads each following call of the process may use, counting
 * the calling thread: 1 to 1024, or 0 for the default (QUANTCAL_THREADS if it
 * is set to such a number, otherwise the processors this process may run on).
 * Threads are started for a call and end with it; there is no pool, so fork()
 * is safe. Small inputs use one thread whatever is set here. At most 32 MB of
 * scratch is kept from call to call, for the whole process.
 *
 * Errors: QC_ERR_DOMAIN if `count` is negative or above 1024. Since 0.1.
 */
qc_status qc_set_thread_count(int32_t count);

/*
 * How many threads a call may use now: what qc_set_thread_count() set, or the
 * default. At least 1. Cannot fail. Since 0.1.
 */
int32_t qc_thread_count(void);

/*
 * The kernels in use: "reference", "avx2" or "avx512". The best that the
 * processor has, unless QUANTCAL_KERNELS names another; a level that the
 * processor lacks, or an unknown name, gives the best one below it
 * ("reference" for an unknown name). The string lives as long as the library.
 * Cannot fail. Since 0.1.
 */
const char *qc_kernel_level(void);

#ifdef __cplusplus
}
#endif

#endif
