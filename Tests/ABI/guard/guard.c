/*
 * Good calls whose memory ends right before, or begins right after, a page that
 * nobody may touch, for lengths around the width of vectors. A read or write
 * outside of an array ends the program with the name of the function. What the
 * call gives must not depend on where its memory lies.
 *
 * guard --overrun lies about a length, and must end so: the proof that it would.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../calls/calls.h"

static size_t passed = 0;
static size_t failed = 0;

/* What runs now, for the signal handler. */
static char now[200];

static size_t page_size(void) { return (size_t)sysconf(_SC_PAGESIZE); }

/* The pages that hold `bytes`; one for none. */
static size_t inner_bytes(size_t bytes) {
    const size_t page = page_size();
    return bytes == 0 ? page : (bytes + page - 1) / page * page;
}

static unsigned char *map_between_guards(size_t bytes) {
    const size_t page = page_size();
    unsigned char *all =
        mmap(NULL, inner_bytes(bytes) + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED || mprotect(all + page, inner_bytes(bytes), PROT_READ | PROT_WRITE)) {
        perror("mmap");
        exit(2);
    }
    return all + page;
}

static void unmap(unsigned char *inner, size_t bytes) {
    munmap(inner - page_size(), inner_bytes(bytes) + 2 * page_size());
}

static void *get_at_end(size_t bytes) {
    return map_between_guards(bytes) + inner_bytes(bytes) - bytes;
}

static void release_at_end(void *memory, size_t bytes) {
    unmap((unsigned char *)memory + bytes - inner_bytes(bytes), bytes);
}

static void *get_at_begin(size_t bytes) { return map_between_guards(bytes); }

static void release_at_begin(void *memory, size_t bytes) { unmap(memory, bytes); }

typedef struct {
    const char *name;
    allocator memory;
} placement;

static const placement placements[] = {
    {"at the end of a page", {get_at_end, release_at_end}},
    {"at the begin of a page", {get_at_begin, release_at_begin}},
};

static void on_fault(int signal_number) {
    const char *text = signal_number == SIGSEGV ? "FAILED: memory outside of an array: "
                                                : "FAILED: the library trapped: ";
    if (write(STDOUT_FILENO, text, strlen(text)) >= 0 &&
        write(STDOUT_FILENO, now, strlen(now)) >= 0) {
        _exit(1);
    }
    _exit(2);
}

static void fail(const char *what) {
    printf("FAILED: %s: %s\n", now, what);
    failed++;
}

static void check_call(const call *c) {
    value expected[ARGUMENTS_MAX];
    get_values(c, &exact_allocator, expected);
    if (c->of->invoke(expected) != QC_OK) {
        fail(qc_last_error());
    }
    for (size_t p = 0; p < sizeof placements / sizeof placements[0]; p++) {
        value values[ARGUMENTS_MAX];
        get_values(c, &placements[p].memory, values);
        if (c->of->invoke(values) != QC_OK) {
            fail(qc_last_error());
        } else if (!same_values(c, values, expected)) {
            fail(placements[p].name);
        }
        release_values(c, &placements[p].memory, values);
    }
    release_values(c, &exact_allocator, expected);
}

/* One check for each row, whatever the number of lengths. */
static void check_row(const row *r, void *context) {
    const size_t failed_before = failed;
    (void)context;
    for (size_t rows = 1; rows <= 3; rows += 2) {
        for (size_t columns = 2; columns <= 300; columns += columns < 140 ? 1 : 23) {
            const call c = build_call(r, rows, columns);
            snprintf(now, sizeof now, "%s %s, %zu x %zu\n", r->function, r->variant, rows, columns);
            check_call(&c);
        }
    }
    passed += failed == failed_before;
}

/* Claims one score more than there are. */
static int overrun(void) {
    double threshold = 0;
    double *scores = get_at_end(64 * sizeof *scores);
    memset(scores, 0, 64 * sizeof *scores);
    snprintf(now, sizeof now, "65 scores of 64\n");
    qc_conformal_threshold_f64(scores, 65, 0.5, &threshold);
    printf("guard pages: an overrun was not seen\n");
    return 0;
}

int main(int argc, char **argv) {
    const struct sigaction action = {.sa_handler = on_fault};
    const int signals[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        sigaction(signals[i], &action, NULL);
    }
    if (argc > 1 && strcmp(argv[1], "--overrun") == 0) {
        return overrun();
    }
    for_each_row(check_row, NULL);
    printf("guard pages: %zu passed, %zu failed\n", passed, failed);
    return failed != 0 || passed == 0;
}
