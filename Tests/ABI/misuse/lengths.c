/* Lengths: zero, and too large in every way that arithmetic can go wrong. */
#include "misuse.h"

static void check_length(const call *c, size_t index, size_t length, qc_status expected,
                         const char *blame) {
    trial t = begin(c);
    t.values[index].size = length;
    judge(&t, expected, expected == QC_OK ? NULL : blame, "%s is %zu", c->arguments[index].name,
          length);
    end(&t);
}

/* The bytes by which the largest array grows with each unit of a length: from the
 * difference to a larger call. */
static size_t growth(const call *c, size_t index, const call *larger) {
    const size_t units = larger->arguments[index].good.size - c->arguments[index].good.size;
    size_t most = 0;
    for (size_t i = 0; i < c->argument_count && units > 0; i++) {
        const argument *a = &c->arguments[i];
        if (a->kind == INPUT || a->kind == OUTPUT) {
            const size_t bytes = memory_bytes(&larger->arguments[i]) - memory_bytes(a);
            most = bytes / units > most ? bytes / units : most;
        }
    }
    return most;
}

static size_t bytes_per_unit(const call *c, size_t index, size_t rows, size_t columns) {
    const call more_rows = build_call(c->of, rows + 1, columns);
    const call more_columns = build_call(c->of, rows, columns + 1);
    const size_t by_rows = growth(c, index, &more_rows);
    const size_t given = c->arguments[index].bytes_per_unit;
    return given > 0 ? given : by_rows > 0 ? by_rows : growth(c, index, &more_columns);
}

/* Of these products of length and element size some are above SIZE_MAX, some above
 * PTRDIFF_MAX only, and some wrap around to a small number. */
static void check_too_large(const call *c, size_t index, size_t unit) {
    const argument *a = &c->arguments[index];
    const size_t divisors[] = {1, 2, 4, 8, 16, unit > 0 ? unit : 1};
    const size_t largest[] = {SIZE_MAX, SIZE_MAX / 2};
    for (size_t i = 0; i < sizeof divisors / sizeof divisors[0]; i++) {
        for (size_t j = 0; j < 2; j++) {
            for (size_t more = 0; more < 2; more++) {
                const size_t length = largest[j] / divisors[i];
                if (more > 0 && length == SIZE_MAX) {
                    continue;
                }
                /* Shorter ones are possible, so calling with them would lie about memory. */
                if (a->limit == 0 && (unit == 0 || length + more <= SIZE_MAX / 2 / unit)) {
                    continue;
                }
                const bool allowed = a->limit != 0 && length + more <= a->limit;
                if (!allowed) {
                    check_length(c, index, length + more, QC_ERR_SIZE, NULL);
                }
            }
        }
    }
}

void check_lengths(const call *c, size_t rows, size_t columns) {
    for (size_t i = 0; i < c->argument_count; i++) {
        const argument *a = &c->arguments[i];
        if (a->kind == LENGTH) {
            check_length(c, i, 0, a->when_zero, a->name);
            check_too_large(c, i, bytes_per_unit(c, i, rows, columns));
            if (a->limit != 0) {
                check_length(c, i, a->limit + 1, QC_ERR_SIZE, a->name);
            }
        }
    }
}
