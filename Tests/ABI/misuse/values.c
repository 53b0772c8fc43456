/* Values: each bad one in the first, the last and some elements between, so that it meets
 * vector loops and what follows them; and each bad number. */
#include "misuse.h"

static void check_elements(const call *c, size_t index) {
    const argument *a = &c->arguments[index];
    const size_t positions[] = {0, 1, a->count / 2, a->count - 2, a->count - 1};
    for (size_t i = 0; i < a->bad->count; i++) {
        for (size_t p = 0; p < sizeof positions / sizeof positions[0]; p++) {
            if (positions[p] >= a->count) {
                continue;
            }
            const bad_value *bad = &a->bad->values[i];
            trial t = begin(c);
            set_element(t.values[index].pointer, a->type, positions[p], bad->value);
            judge(&t, bad->status, a->name, "%s[%zu] is %g", a->name, positions[p], bad->value);
            end(&t);
        }
    }
}

static void check_number(const call *c, size_t index) {
    const argument *a = &c->arguments[index];
    for (size_t i = 0; i < a->bad->count; i++) {
        const bad_value *bad = &a->bad->values[i];
        trial t = begin(c);
        if (a->kind == NUMBER) {
            t.values[index].number = bad->value;
        } else {
            t.values[index].integer = (int32_t)bad->value;
        }
        judge(&t, bad->status, a->name, "%s is %g", a->name, bad->value);
        end(&t);
    }
}

void check_values(const call *c) {
    for (size_t i = 0; i < c->argument_count; i++) {
        const argument *a = &c->arguments[i];
        if (a->bad == NULL) {
            continue;
        }
        if (a->kind == INPUT) {
            check_elements(c, i);
        } else {
            check_number(c, i);
        }
    }
}
