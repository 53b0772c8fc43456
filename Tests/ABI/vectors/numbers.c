/*
 * The numbers of the vectors: from JSON into an element of a type, and when two
 * elements agree. Tests/Vectors/README.md has the rules.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "vectors.h"

static double as_double(const cJSON *number) {
    return cJSON_IsString(number) ? strtod(number->valuestring, NULL) : number->valuedouble;
}

/* Strings hold the integers that a double cannot. */
static int64_t as_integer(const cJSON *number) {
    if (cJSON_IsString(number)) {
        return number->valuestring[0] == '-' ? strtoll(number->valuestring, NULL, 10)
                                             : (int64_t)strtoull(number->valuestring, NULL, 10);
    }
    return (int64_t)number->valuedouble;
}

void store_element(array values, size_t index, const cJSON *number) {
    switch (values.type) {
    case TYPE_U8:
    case TYPE_I32:
    case TYPE_I64:
    case TYPE_SIZE:
        set_integer(values.data, values.type, index, as_integer(number));
        break;
    default:
        set_element(values.data, values.type, index, as_double(number));
    }
}

double element(array values, size_t index) { return get_element(values.data, values.type, index); }

/* How many numbers of the type are at most as large as this one, counted from 0. */
static int64_t steps_from_zero(array values, size_t index) {
    const char *bytes = (const char *)values.data + index * element_size(values.type);
    if (values.type == TYPE_F64) {
        int64_t bits = 0;
        memcpy(&bits, bytes, sizeof bits);
        return bits < 0 ? -(bits & INT64_MAX) : bits;
    }
    if (values.type == TYPE_F32) {
        int32_t bits = 0;
        memcpy(&bits, bytes, sizeof bits);
        return bits < 0 ? -(int64_t)(bits & INT32_MAX) : bits;
    }
    uint16_t bits = 0;
    memcpy(&bits, bytes, sizeof bits);
    return bits & 0x8000 ? -(int64_t)(bits & 0x7fff) : bits;
}

bool elements_agree(array actual, array expected, size_t index, const cJSON *tolerance) {
    if (actual.type == TYPE_I64 || actual.type == TYPE_SIZE) {
        const size_t size = element_size(actual.type);
        return memcmp((const char *)actual.data + index * size,
                      (const char *)expected.data + index * size, size) == 0;
    }
    const double a = element(actual, index);
    const double e = element(expected, index);
    if (a == e || (isnan(a) && isnan(e))) {
        return true;
    }
    const bool integers =
        actual.type == TYPE_U8 || actual.type == TYPE_U16 || actual.type == TYPE_I32;
    if (tolerance == NULL || integers || !isfinite(a) || !isfinite(e)) {
        return false;
    }
    const cJSON *limit = tolerance->child;
    if (strcmp(limit->string, "ulps") == 0) {
        const int64_t apart = steps_from_zero(actual, index) - steps_from_zero(expected, index);
        return (double)(apart < 0 ? -apart : apart) <= limit->valuedouble;
    }
    const bool relative = strcmp(limit->string, "relative") == 0;
    return fabs(a - e) <= limit->valuedouble * (relative ? fabs(e) : 1);
}
