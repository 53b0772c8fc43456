/* Memory of one argument that reaches into that of another. */
#include <string.h>

#include "misuse.h"

static bool is_written(const argument *a) {
    return (a->kind == OUTPUT && !a->unused) || a->kind == RESULT || a->kind == NEW_HANDLE;
}

static size_t round_up(size_t bytes, size_t unit) { return (bytes + unit - 1) / unit * unit; }

/* Both arguments in one block, at these places. What is read keeps its contents, but for
 * the size of a result, which is looked at before anything else. */
static trial place(const call *c, size_t written, size_t written_at, size_t other,
                   size_t other_at) {
    const argument *w = &c->arguments[written];
    const argument *o = &c->arguments[other];
    const size_t end_of_written = written_at + memory_bytes(w);
    const size_t end_of_other = other_at + memory_bytes(o);
    trial t = begin(c);
    unsigned char *shared =
        add_block(&t, end_of_written > end_of_other ? end_of_written : end_of_other);
    memcpy(shared + written_at, t.values[written].pointer, memory_bytes(w));
    memcpy(shared + other_at, t.values[other].pointer, memory_bytes(o));
    if (w->kind == RESULT) {
        memcpy(shared + written_at, &w->struct_size, sizeof w->struct_size);
    }
    t.values[written].pointer = shared + written_at;
    t.values[other].pointer = shared + other_at;
    return t;
}

/* What the call gives in place must be what it gives elsewhere. */
static void check_in_place(const call *c, size_t written, size_t read) {
    const argument *w = &c->arguments[written];
    trial apart = begin(c);
    trial in_place = place(c, written, 0, read, 0);
    const bool both =
        judge(&apart, QC_OK, NULL, "a good call") &&
        judge(&in_place, QC_OK, NULL, "%s is the memory of %s", w->name, c->arguments[read].name);
    if (both && memcmp(apart.values[written].pointer, in_place.values[written].pointer,
                       memory_bytes(w)) != 0) {
        complain(c, "%s differs if it is the memory of %s", w->name, c->arguments[read].name);
    }
    end(&apart);
    end(&in_place);
}

static void expect_alias(const call *c, size_t written, size_t written_at, size_t other,
                         size_t other_at) {
    const argument *w = &c->arguments[written];
    const argument *o = &c->arguments[other];
    trial t = place(c, written, written_at, other, other_at);
    judge(&t, QC_ERR_ALIAS, w->name, "%s at byte %zu and %s at byte %zu of the same memory",
          w->name, written_at, o->name, other_at);
    end(&t);
}

static void check_pair(const call *c, size_t written, size_t other) {
    const argument *w = &c->arguments[written];
    const argument *o = &c->arguments[other];
    const size_t w_bytes = memory_bytes(w);
    const size_t o_bytes = memory_bytes(o);
    /* A step that keeps both aligned. */
    const size_t step =
        memory_alignment(w) > memory_alignment(o) ? memory_alignment(w) : memory_alignment(o);
    const bool may_be_same = w->in_place != NULL && strcmp(w->in_place, o->name) == 0;
    if (may_be_same) {
        check_in_place(c, written, other);
    } else {
        expect_alias(c, written, 0, other, 0);
    }
    if (step < o_bytes) {
        expect_alias(c, written, step, other, 0);
        expect_alias(c, written, (o_bytes - 1) / step * step, other, 0);
    }
    if (step < w_bytes) {
        expect_alias(c, written, 0, other, (w_bytes - 1) / step * step);
    }
    /* Side by side is no overlap. */
    trial after = place(c, written, round_up(o_bytes, step), other, 0);
    judge(&after, QC_OK, NULL, "%s right after %s", w->name, o->name);
    end(&after);
    trial before = place(c, written, 0, other, round_up(w_bytes, step));
    judge(&before, QC_OK, NULL, "%s right before %s", w->name, o->name);
    end(&before);
}

/* An object that changes while it is read. */
static void check_same_handle(const call *c, size_t changed, size_t other) {
    trial t = begin(c);
    t.values[other].pointer = t.values[changed].pointer;
    judge(&t, QC_ERR_ALIAS, c->arguments[changed].name, "%s is %s", c->arguments[other].name,
          c->arguments[changed].name);
    end(&t);
}

void check_overlaps(const call *c) {
    for (size_t i = 0; i < c->argument_count; i++) {
        for (size_t j = 0; j < c->argument_count && is_written(&c->arguments[i]); j++) {
            const argument *other = &c->arguments[j];
            const bool later_output = is_written(other) && j > i;
            if ((other->kind == INPUT && !other->unused) || later_output) {
                check_pair(c, i, j);
            }
        }
        for (size_t j = 0; j < c->argument_count && c->arguments[i].may_change; j++) {
            const handle_kind *other = c->arguments[j].handle;
            if (j != i && other != NULL && other->destroy == c->arguments[i].handle->destroy) {
                check_same_handle(c, i, j);
            }
        }
    }
}
