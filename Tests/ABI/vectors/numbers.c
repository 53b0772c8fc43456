/*
 * The numbers of the vectors: from JSON into an element of a type, and back; and
 * when two of them agree. Tests/Vectors/README.md has the rules.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors.h"

size_t element_size(element_type type) {
    switch (type) {
    case TYPE_F16:
    case TYPE_BF16:
        return 2;
    case TYPE_U8:
        return 1;
    case TYPE_F32:
    case TYPE_I32:
        return 4;
    case TYPE_F64:
    case TYPE_I64:
        return 8;
    case TYPE_SIZE:
        return sizeof(size_t);
    case TYPE_NONE:
        break;
    }
    fprintf(stderr, "a run without a type asks for elements of it\n");
    exit(2);
}

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

/* A 16-bit floating-point format: sign, exponent, mantissa. */
typedef struct {
    int mantissa_bits;
    int bias;
} small_format;

static const small_format half = {10, 15};
static const small_format brain = {7, 127};

static uint16_t infinity_bits(small_format format) {
    return (uint16_t)(0x8000 - (1 << format.mantissa_bits));
}

/* To nearest, ties to even, in one rounding. */
static uint16_t round_to(small_format format, double value) {
    const unsigned sign = signbit(value) ? 0x8000U : 0U;
    const unsigned infinite = infinity_bits(format);
    if (isnan(value)) {
        return (uint16_t)(infinite | 1U);
    }
    if (isinf(value)) {
        return (uint16_t)(sign | infinite);
    }
    int exponent = 0;
    frexp(value, &exponent);
    exponent -= 1;
    const int least = 1 - format.bias;
    const int place = (exponent < least ? least : exponent) - format.mantissa_bits;
    const double steps = nearbyint(ldexp(fabs(value), -place));
    double bits = steps;
    if (value != 0 && exponent >= least) {
        /* The hidden bit of `steps` carries into the exponent's field. */
        bits += ldexp(exponent + format.bias - 1, format.mantissa_bits);
    }
    return (uint16_t)(sign | (bits > infinite ? infinite : (unsigned)bits));
}

static double value_of(small_format format, uint16_t bits) {
    const int magnitude = bits & 0x7fff;
    const int field = magnitude >> format.mantissa_bits;
    const int mantissa = magnitude & ((1 << format.mantissa_bits) - 1);
    double value = 0;
    if (magnitude >= infinity_bits(format)) {
        value = mantissa == 0 ? INFINITY : NAN;
    } else if (field == 0) {
        value = ldexp(mantissa, 1 - format.bias - format.mantissa_bits);
    } else {
        value = ldexp(mantissa + (1 << format.mantissa_bits),
                      field - format.bias - format.mantissa_bits);
    }
    return bits & 0x8000 ? -value : value;
}

void store_element(array values, size_t index, const cJSON *number) {
    switch (values.type) {
    case TYPE_F64:
        ((double *)values.data)[index] = as_double(number);
        break;
    case TYPE_F32:
        ((float *)values.data)[index] = (float)as_double(number);
        break;
    case TYPE_F16:
        ((uint16_t *)values.data)[index] = round_to(half, as_double(number));
        break;
    case TYPE_BF16:
        ((uint16_t *)values.data)[index] = round_to(brain, as_double(number));
        break;
    case TYPE_U8: /* signed codes wrap to their two's complement */
        ((uint8_t *)values.data)[index] = (uint8_t)as_integer(number);
        break;
    case TYPE_I32:
        ((int32_t *)values.data)[index] = (int32_t)as_integer(number);
        break;
    case TYPE_I64:
        ((int64_t *)values.data)[index] = as_integer(number);
        break;
    case TYPE_SIZE:
        ((size_t *)values.data)[index] = (size_t)as_integer(number);
        break;
    case TYPE_NONE:
        break;
    }
}

double element(array values, size_t index) {
    switch (values.type) {
    case TYPE_F64:
        return ((const double *)values.data)[index];
    case TYPE_F32:
        return (double)((const float *)values.data)[index];
    case TYPE_F16:
        return value_of(half, ((const uint16_t *)values.data)[index]);
    case TYPE_BF16:
        return value_of(brain, ((const uint16_t *)values.data)[index]);
    case TYPE_U8:
        return ((const uint8_t *)values.data)[index];
    case TYPE_I32:
        return ((const int32_t *)values.data)[index];
    case TYPE_I64:
        return (double)((const int64_t *)values.data)[index];
    case TYPE_SIZE:
        return (double)((const size_t *)values.data)[index];
    case TYPE_NONE:
        break;
    }
    return NAN;
}

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
    const bool integers = actual.type == TYPE_U8 || actual.type == TYPE_I32;
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
