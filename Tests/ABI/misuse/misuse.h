/*
 * Bad calls, made from the good ones of calls/ by spoiling one argument at a time.
 *
 * A trial is one call. After it, a status other than the expected one is a
 * failure; so is, on an error, any byte of any memory and any handle that changed,
 * and a message that does not name the argument to blame.
 */
#ifndef QUANTCAL_TESTS_MISUSE_H
#define QUANTCAL_TESTS_MISUSE_H

#include "../calls/calls.h"

enum {
    BLOCKS_MAX = 24
};

typedef struct {
    unsigned char *memory;
    unsigned char *before; /* a copy of it, made just before the call */
    size_t bytes;
    bool is_read_only; /* for the library: must not change on success either */
} block;

typedef struct {
    const call *of;
    value values[ARGUMENTS_MAX];
    block blocks[BLOCKS_MAX];
    size_t block_count;
    void *handles[ARGUMENTS_MAX]; /* those made for the call; NULL once it has destroyed one */
    sight before[ARGUMENTS_MAX];  /* of each, just before the call */
} trial;

/* A trial with the values of a good call. */
trial begin(const call *c);
/* More memory for a trial, of exactly that size. */
unsigned char *add_block(trial *t, size_t bytes);
/* Makes the call and judges it; `blame` is what the message must name, NULL for anything.
 * `what` and the rest say, as for printf, what was spoiled. Returns whether all was well. */
bool judge(trial *t, qc_status expected, const char *blame, const char *what, ...);
/* Releases the memory. */
void end(trial *t);

/* A failure that judge() does not see. */
void complain(const call *c, const char *what, ...);

/* The checks, each over every argument of a call. */
void check_pointers(const call *c);
/* `rows` and `columns` are what the call was built with. */
void check_lengths(const call *c, size_t rows, size_t columns);
void check_values(const call *c);
void check_structs(const call *c);
void check_overlaps(const call *c);
void check_progress(const row *r, size_t elements, size_t columns);

#endif
