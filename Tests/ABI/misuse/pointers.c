/* Pointers: NULL, and not aligned. */
#include <string.h>

#include "misuse.h"

static void check_null(const call *c, size_t index) {
    const argument *a = &c->arguments[index];
    const bool is_empty = a->kind != HANDLE && memory_bytes(a) == 0;
    const bool allowed = a->optional || is_empty;
    trial t = begin(c);
    t.values[index].pointer = NULL;
    judge(&t, allowed ? QC_OK : QC_ERR_NULL_POINTER, a->name, "%s is NULL", a->name);
    end(&t);
}

/* The same contents, one byte off. */
static void check_alignment(const call *c, size_t index) {
    const argument *a = &c->arguments[index];
    if (memory_alignment(a) == 1) {
        return;
    }
    trial t = begin(c);
    unsigned char *moved = add_block(&t, memory_bytes(a) + 1) + 1;
    memcpy(moved, t.values[index].pointer, memory_bytes(a));
    t.values[index].pointer = moved;
    judge(&t, QC_ERR_ALIGNMENT, a->name, "%s is not aligned", a->name);
    end(&t);
}

void check_pointers(const call *c) {
    for (size_t i = 0; i < c->argument_count; i++) {
        const argument *a = &c->arguments[i];
        if (a->kind == HANDLE) {
            check_null(c, i);
        }
        if (!has_memory(a)) {
            continue;
        }
        /* Options that are not the defaults fit the other arguments, and NULL may not. */
        if (a->kind != OPTIONS || a->optional) {
            check_null(c, i);
        }
        check_alignment(c, i);
    }
}
