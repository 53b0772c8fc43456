/*
 * The program: misuse makes bad calls of every function; misuse --list prints the
 * functions that have rows; misuse LENGTH sets how long the work is that a callback
 * stops (an unoptimised library takes its time); misuse --overrun lies about a
 * length, which a sanitizer must see. The last line is `N passed, M failed`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counts.h"
#include "misuse.h"

enum {
    ROWS = 4,
    COLUMNS = 37 /* wider than a vector, with a rest */
};

/* So long that isotonic regression, which reports every 2^22 points, reports twice. */
static size_t long_work = 4400000;

/* The call that the others are spoiled copies of; and one of empty arrays, all NULL. */
static void check_good(const call *c) {
    trial t = begin(c);
    judge(&t, QC_OK, NULL, "a good call");
    end(&t);
}

static void check_empty(const row *r) {
    const call c = build_call(r, 0, COLUMNS);
    trial t = begin(&c);
    qc_status expected = QC_OK;
    for (size_t i = 0; i < c.argument_count; i++) {
        const argument *a = &c.arguments[i];
        if (a->kind == LENGTH && a->good.size == 0 && a->when_zero != QC_OK) {
            expected = a->when_zero;
        }
        if (has_memory(a) && memory_bytes(a) == 0) {
            t.values[i].pointer = NULL;
        }
    }
    judge(&t, expected, NULL, "empty arrays that are NULL");
    end(&t);
}

static void check_row(const row *r, void *context) {
    (void)context;
    const call c = build_call(r, ROWS, COLUMNS);
    check_good(&c);
    check_empty(r);
    check_pointers(&c);
    check_lengths(&c, ROWS, COLUMNS);
    check_values(&c);
    check_structs(&c);
    check_overlaps(&c);
    check_progress(r, long_work, COLUMNS);
}

static void print_function(const row *r, void *context) {
    (void)context;
    puts(r->function);
}

/* Claims one score more than there are. */
static int overrun(void) {
    double threshold = 0;
    double *scores = exact_allocator.get(64 * sizeof *scores);
    for (size_t i = 0; i < 64; i++) {
        scores[i] = 0;
    }
    qc_conformal_threshold_f64(scores, 65, 0.5, &threshold);
    printf("the overrun was not seen\n");
    return 0;
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "--list") == 0) {
        for_each_row(print_function, NULL);
        return 0;
    }
    if (argc > 1 && strcmp(argv[1], "--overrun") == 0) {
        return overrun();
    }
    if (argc > 1) {
        long_work = strtoull(argv[1], NULL, 10);
    }
    for_each_row(check_row, NULL);
    printf("misuse: %zu passed, %zu failed\n", passed, failed);
    return failed != 0 || passed == 0;
}
