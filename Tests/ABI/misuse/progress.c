/* Progress: the fractions that a callback gets, and that it can stop the work at every call. */
#include <pthread.h>
#include <string.h>

#include "misuse.h"

typedef struct {
    size_t calls;
    size_t stop_at; /* the number of the call that stops the work; 0: none */
    double last_fraction;
    bool in_order;
    pthread_t thread;
    bool same_thread;
} watcher;

static int32_t watch(void *context, double fraction) {
    watcher *w = context;
    w->calls++;
    w->in_order = w->in_order && fraction >= w->last_fraction && fraction <= 1;
    w->last_fraction = fraction;
    w->same_thread = w->same_thread && pthread_equal(w->thread, pthread_self());
    return w->calls == w->stop_at ? -1 : 0;
}

static watcher new_watcher(size_t stop_at) {
    const watcher w = {
        .stop_at = stop_at, .in_order = true, .thread = pthread_self(), .same_thread = true};
    return w;
}

static void attach(trial *t, size_t index, watcher *w) {
    const qc_progress progress = {watch, w};
    memcpy((char *)t->values[index].pointer + t->of->arguments[index].progress_offset, &progress,
           sizeof progress);
}

static void check_stops(const call *c, size_t index, size_t calls) {
    const size_t stops[] = {1, 2, calls / 2, calls - 1, calls};
    size_t previous = 0;
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
        if (stops[i] <= previous || stops[i] > calls) {
            continue;
        }
        previous = stops[i];
        watcher w = new_watcher(stops[i]);
        trial t = begin(c);
        attach(&t, index, &w);
        judge(&t, QC_CANCELLED, NULL, "stopped at call %zu of %zu", stops[i], calls);
        if (w.calls != stops[i]) {
            complain(c, "the callback was called again after it had stopped the work");
        }
        end(&t);
    }
}

void check_progress(const row *r, size_t elements, size_t columns) {
    const call c = build_long_call(r, elements, columns);
    for (size_t i = 0; i < c.argument_count; i++) {
        if (c.arguments[i].kind != OPTIONS || c.arguments[i].progress_offset == 0) {
            continue;
        }
        watcher w = new_watcher(0);
        trial t = begin(&c);
        attach(&t, i, &w);
        judge(&t, QC_OK, NULL, "with a callback");
        end(&t);
        if (w.calls == 0) {
            complain(&c, "the callback was never called");
        }
        if (!w.in_order) {
            complain(&c, "the fractions do not rise from 0 to 1");
        }
        if (!w.same_thread) {
            complain(&c, "the callback was called from another thread");
        }
        check_stops(&c, i, w.calls);
    }
}
