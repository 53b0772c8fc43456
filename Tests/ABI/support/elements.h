/*
 * Elements of the types that the C interface takes, by their values.
 */
#ifndef QUANTCAL_TESTS_ELEMENTS_H
#define QUANTCAL_TESTS_ELEMENTS_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    TYPE_NONE,
    TYPE_F64,
    TYPE_F32,
    TYPE_F16,
    TYPE_BF16,
    TYPE_U8,
    TYPE_U16,
    TYPE_I32,
    TYPE_I64,
    TYPE_SIZE
} element_type;

size_t element_size(element_type type);

/* The value is rounded to the type: to nearest, ties to even, in one rounding. */
void set_element(void *data, element_type type, size_t index, double value);
/* The same for a value that a double cannot hold. */
void set_integer(void *data, element_type type, size_t index, int64_t value);
double get_element(const void *data, element_type type, size_t index);

#endif
