/*
 * The same result to the last bit, whatever the number of threads that a call may
 * use, and however many threads call at the same time; and a last error for each
 * thread. threads LENGTH sets how long the arrays of the first part are.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../calls/calls.h"

enum {
    ROWS_MAX = 512,
    CALLERS = 8,
    ROUNDS = 4,
    COLUMNS = 37
};

static size_t passed = 0;
static size_t failed = 0;
static size_t long_work = 1500000;

/* Every row, with the memory of a call that nobody disturbed. */
typedef struct {
    call c;
    value values[ARGUMENTS_MAX];
} reference;

static reference references[ROWS_MAX];
static size_t reference_count = 0;

static bool same_result(const call *c, const value *expected) {
    value values[ARGUMENTS_MAX];
    get_values(c, &exact_allocator, values);
    const bool same = c->of->invoke(values) == QC_OK && same_values(c, values, expected);
    release_values(c, &exact_allocator, values);
    return same;
}

static void check_thread_counts(const row *r, void *context) {
    static const int32_t counts[] = {2, 3, 7};
    value expected[ARGUMENTS_MAX];
    const call c = build_long_call(r, long_work, COLUMNS);
    (void)context;
    if (strcmp(r->function, "qc_set_thread_count") == 0) {
        return; /* would undo what is tried here */
    }
    get_values(&c, &exact_allocator, expected);
    qc_set_thread_count(1);
    r->invoke(expected);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        qc_set_thread_count(counts[i]);
        if (same_result(&c, expected)) {
            passed++;
        } else {
            printf("FAILED: %s %s: %d threads give another result than 1\n", r->function,
                   r->variant, (int)counts[i]);
            failed++;
        }
    }
    qc_set_thread_count(0);
    release_values(&c, &exact_allocator, expected);
}

static void add_reference(const row *r, void *context) {
    (void)context;
    if (reference_count == ROWS_MAX) {
        fprintf(stderr, "more rows than ROWS_MAX\n");
        exit(2);
    }
    reference *one = &references[reference_count++];
    one->c = build_call(r, 40, COLUMNS);
    get_values(&one->c, &exact_allocator, one->values);
    r->invoke(one->values);
}

typedef struct {
    size_t number;
    size_t differing;
    bool kept_its_error;
} caller;

static void *call_everything(void *context) {
    caller *self = context;
    char expected[40];
    size_t rank = 0;
    /* An error of its own, which no other thread's errors and no success may change. */
    qc_conformal_rank(10, 2.5 + (double)self->number, &rank);
    snprintf(expected, sizeof expected, "alpha is %zu.5", 2 + self->number);
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < reference_count; i++) {
            const reference *one = &references[(i + self->number * 7) % reference_count];
            self->differing += !same_result(&one->c, one->values);
        }
    }
    self->kept_its_error = strstr(qc_last_error(), expected) != NULL;
    return NULL;
}

static void check_callers(void) {
    caller callers[CALLERS];
    pthread_t threads[CALLERS];
    for (size_t i = 0; i < CALLERS; i++) {
        callers[i] = (caller){.number = i};
        if (pthread_create(&threads[i], NULL, call_everything, &callers[i]) != 0) {
            fprintf(stderr, "no thread could be started\n");
            exit(2);
        }
    }
    for (size_t i = 0; i < CALLERS; i++) {
        pthread_join(threads[i], NULL);
        if (callers[i].differing != 0) {
            printf("FAILED: caller %zu got %zu other results\n", i, callers[i].differing);
        }
        if (!callers[i].kept_its_error) {
            printf("FAILED: caller %zu lost its last error\n", i);
        }
        const bool well = callers[i].differing == 0 && callers[i].kept_its_error;
        *(well ? &passed : &failed) += 1;
    }
}

int main(int argc, char **argv) {
    if (argc > 1) {
        long_work = strtoull(argv[1], NULL, 10);
    }
    for_each_row(check_thread_counts, NULL);
    for_each_row(add_reference, NULL);
    check_callers();
    for (size_t i = 0; i < reference_count; i++) {
        release_values(&references[i].c, &exact_allocator, references[i].values);
    }
    printf("threads: %zu passed, %zu failed\n", passed, failed);
    return failed != 0 || passed == 0;
}
