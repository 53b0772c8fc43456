/* Structs that begin with their size: wrong sizes, fields of a later version, and values
 * that a field must not have. */
#include <string.h>

#include "misuse.h"

static void set_size(trial *t, size_t index, size_t size) {
    memcpy(t->values[index].pointer, &size, sizeof size);
}

static void check_sizes(const call *c, size_t index) {
    const argument *a = &c->arguments[index];
    const size_t sizes[] = {0,       1, 7, 8, a->struct_size - 1, (size_t)1 << 20, SIZE_MAX / 2,
                            SIZE_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        trial t = begin(c);
        set_size(&t, index, sizes[i]);
        judge(&t, QC_ERR_OPTIONS, a->name, "%s->struct_size is %zu", a->name, sizes[i]);
        end(&t);
    }
}

/* A struct of a later version, whose new fields are zero but for the byte at `nonzero`. */
static void check_longer(const call *c, size_t index, size_t more, size_t nonzero,
                         qc_status expected) {
    const argument *a = &c->arguments[index];
    trial t = begin(c);
    unsigned char *longer = add_block(&t, a->struct_size + more);
    memset(longer, 0, a->struct_size + more);
    memcpy(longer, t.values[index].pointer, a->struct_size);
    if (nonzero < more) {
        longer[a->struct_size + nonzero] = 1;
    }
    t.values[index].pointer = longer;
    set_size(&t, index, a->struct_size + more);
    judge(&t, expected, a->name, "%s is %zu bytes longer%s", a->name, more,
          nonzero < more ? ", not all zero" : "");
    end(&t);
}

static void check_fields(const call *c, size_t index) {
    const argument *a = &c->arguments[index];
    for (size_t f = 0; f < a->field_count; f++) {
        const field *one = &a->fields[f];
        for (size_t i = 0; i < one->bad->count; i++) {
            const bad_value *bad = &one->bad->values[i];
            trial t = begin(c);
            set_element((char *)t.values[index].pointer + one->offset, one->type, 0, bad->value);
            judge(&t, bad->status, one->name, "%s->%s is %g", a->name, one->name, bad->value);
            end(&t);
        }
    }
}

static void check_size_argument(const call *c, size_t index) {
    const size_t good = c->arguments[index].good.size;
    const size_t sizes[] = {0, 1, 7, 8, good - 1, (size_t)1 << 20, SIZE_MAX / 2, SIZE_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        trial t = begin(c);
        t.values[index].size = sizes[i];
        judge(&t, QC_ERR_OPTIONS, NULL, "size is %zu", sizes[i]);
        end(&t);
    }
}

void check_structs(const call *c) {
    for (size_t i = 0; i < c->argument_count; i++) {
        switch (c->arguments[i].kind) {
        case OPTIONS:
            check_sizes(c, i);
            check_longer(c, i, 24, 24, QC_OK);
            check_longer(c, i, 24, 0, QC_ERR_OPTIONS);
            check_longer(c, i, 24, 23, QC_ERR_OPTIONS);
            check_fields(c, i);
            break;
        case RESULT:
            check_sizes(c, i);
            check_longer(c, i, 24, 24, QC_OK);
            break;
        case STRUCT_SIZE:
            check_size_argument(c, i);
            break;
        default:
            break;
        }
    }
}
