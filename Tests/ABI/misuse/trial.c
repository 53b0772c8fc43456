#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counts.h"
#include "misuse.h"

size_t passed = 0;
size_t failed = 0;

static void report(const call *c, const char *what, va_list arguments) {
    printf("FAILED: %s%s%s: ", c->of->function, c->of->variant[0] ? ", " : "", c->of->variant);
    vprintf(what, arguments);
}

void complain(const call *c, const char *what, ...) {
    va_list arguments;
    va_start(arguments, what);
    report(c, what, arguments);
    va_end(arguments);
    printf("\n");
    failed++;
}

unsigned char *add_block(trial *t, size_t bytes) {
    if (t->block_count == BLOCKS_MAX) {
        fprintf(stderr, "%s: more blocks than BLOCKS_MAX\n", t->of->of->function);
        exit(2);
    }
    block *b = &t->blocks[t->block_count++];
    b->memory = exact_allocator.get(bytes);
    b->before = exact_allocator.get(bytes);
    b->bytes = bytes;
    b->is_read_only = false;
    memset(b->memory, OUTPUT_PATTERN, bytes);
    return b->memory;
}

trial begin(const call *c) {
    trial t = {.of = c};
    for (size_t i = 0; i < c->argument_count; i++) {
        const argument *a = &c->arguments[i];
        t.values[i] = a->good;
        if (a->kind == HANDLE) {
            t.handles[i] = a->handle->make(a->count);
            t.values[i].pointer = t.handles[i];
        }
        if (has_memory(a)) {
            t.values[i].pointer = add_block(&t, memory_bytes(a));
            fill_memory(a, t.values[i].pointer);
            t.blocks[t.block_count - 1].is_read_only = a->kind == INPUT || a->kind == OPTIONS;
        }
    }
    return t;
}

void end(trial *t) {
    for (size_t i = 0; i < t->of->argument_count; i++) {
        if (t->handles[i] != NULL) {
            t->of->arguments[i].handle->destroy(t->handles[i]);
        }
    }
    for (size_t i = 0; i < t->block_count; i++) {
        free(t->blocks[i].memory);
        free(t->blocks[i].before);
    }
}

/* Whether a message has a name as a word: in "n is 3" there is n, in "NaN" there is not. */
static bool names(const char *message, const char *name) {
    const size_t length = strlen(name);
    for (const char *at = strstr(message, name); at != NULL; at = strstr(at + 1, name)) {
        const unsigned char before = at == message ? ' ' : (unsigned char)at[-1];
        const unsigned char after = (unsigned char)at[length];
        if (!isalnum(before) && before != '_' && !isalnum(after) && after != '_') {
            return true;
        }
    }
    return false;
}

/* Whether an object changed that should not have. One that the call has destroyed is not looked at. */
static bool has_changed_handle(const trial *t, qc_status status) {
    for (size_t i = 0; i < t->of->argument_count; i++) {
        const argument *a = &t->of->arguments[i];
        if (t->handles[i] != NULL && (status != QC_OK || !a->may_change)) {
            const sight now = look_at(a->handle, t->handles[i]);
            const bool same = same_sight(now, t->before[i]);
            release_sight(now);
            if (!same) {
                return true;
            }
        }
    }
    return false;
}

static void look_at_handles(trial *t) {
    for (size_t i = 0; i < t->of->argument_count; i++) {
        t->before[i] = look_at(t->of->arguments[i].handle, t->handles[i]);
    }
}

static void release_sights(trial *t) {
    for (size_t i = 0; i < t->of->argument_count; i++) {
        release_sight(t->before[i]);
    }
}

/* What a call has destroyed is not destroyed again; what it has made is. */
static void settle_handles(trial *t) {
    for (size_t i = 0; i < t->of->argument_count; i++) {
        const argument *a = &t->of->arguments[i];
        if (a->is_destroyed && t->values[i].pointer == t->handles[i]) {
            t->handles[i] = NULL;
        }
        if (a->kind == NEW_HANDLE && t->values[i].pointer != NULL) {
            a->handle->destroy(made_handle(t->values[i].pointer));
        }
    }
}

/* What is wrong after a call, or NULL. */
static const char *fault(const trial *t, qc_status status, qc_status expected, const char *blame) {
    static char text[700];
    if (status != expected) {
        snprintf(text, sizeof text, "%s, expected %s (the last error: %s)", qc_status_name(status),
                 qc_status_name(expected), qc_last_error());
        return text;
    }
    for (size_t i = 0; i < t->block_count; i++) {
        const block *b = &t->blocks[i];
        if ((status != QC_OK || b->is_read_only) && memcmp(b->memory, b->before, b->bytes) != 0) {
            return status != QC_OK ? "memory changed in spite of the error" : "an input changed";
        }
    }
    if (has_changed_handle(t, status)) {
        return "a handle's object changed";
    }
    if (status != QC_OK && blame != NULL && !names(qc_last_error(), blame)) {
        snprintf(text, sizeof text, "the message does not name %s: %s", blame, qc_last_error());
        return text;
    }
    return NULL;
}

bool judge(trial *t, qc_status expected, const char *blame, const char *what, ...) {
    for (size_t i = 0; i < t->block_count; i++) {
        memcpy(t->blocks[i].before, t->blocks[i].memory, t->blocks[i].bytes);
    }
    look_at_handles(t);
    /* A message of another call, which the one to come must replace if it fails. */
    qc_set_thread_count(-1);
    const qc_status status = t->of->of->invoke(t->values);
    if (status == QC_OK) {
        settle_handles(t);
    }
    const char *wrong = fault(t, status, expected, blame);
    release_sights(t);
    if (wrong == NULL) {
        passed++;
        return true;
    }
    va_list arguments;
    va_start(arguments, what);
    report(t->of, what, arguments);
    va_end(arguments);
    printf(": %s\n", wrong);
    failed++;
    return false;
}
