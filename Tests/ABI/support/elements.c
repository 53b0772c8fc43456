#include "elements.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

size_t element_size(element_type type) {
    switch (type) {
    case TYPE_F16:
    case TYPE_BF16:
    case TYPE_U16:
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
    fprintf(stderr, "elements without a type\n");
    exit(2);
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

void set_integer(void *data, element_type type, size_t index, int64_t value) {
    switch (type) {
    case TYPE_U8: /* signed codes wrap to their two's complement */
        ((uint8_t *)data)[index] = (uint8_t)value;
        break;
    case TYPE_U16:
        ((uint16_t *)data)[index] = (uint16_t)value;
        break;
    case TYPE_I32:
        ((int32_t *)data)[index] = (int32_t)value;
        break;
    case TYPE_I64:
        ((int64_t *)data)[index] = value;
        break;
    case TYPE_SIZE:
        ((size_t *)data)[index] = (size_t)value;
        break;
    case TYPE_F64:
    case TYPE_F32:
    case TYPE_F16:
    case TYPE_BF16:
        set_element(data, type, index, (double)value);
        break;
    case TYPE_NONE:
        break;
    }
}

void set_element(void *data, element_type type, size_t index, double value) {
    switch (type) {
    case TYPE_F64:
        ((double *)data)[index] = value;
        break;
    case TYPE_F32:
        ((float *)data)[index] = (float)value;
        break;
    case TYPE_F16:
        ((uint16_t *)data)[index] = round_to(half, value);
        break;
    case TYPE_BF16:
        ((uint16_t *)data)[index] = round_to(brain, value);
        break;
    case TYPE_U8:
    case TYPE_U16:
    case TYPE_I32:
    case TYPE_I64:
    case TYPE_SIZE:
        set_integer(data, type, index, value < 0x1p63 ? (int64_t)value : (int64_t)(uint64_t)value);
        break;
    case TYPE_NONE:
        break;
    }
}

double get_element(const void *data, element_type type, size_t index) {
    switch (type) {
    case TYPE_F64:
        return ((const double *)data)[index];
    case TYPE_F32:
        return (double)((const float *)data)[index];
    case TYPE_F16:
        return value_of(half, ((const uint16_t *)data)[index]);
    case TYPE_BF16:
        return value_of(brain, ((const uint16_t *)data)[index]);
    case TYPE_U8:
        return ((const uint8_t *)data)[index];
    case TYPE_U16:
        return ((const uint16_t *)data)[index];
    case TYPE_I32:
        return ((const int32_t *)data)[index];
    case TYPE_I64:
        return (double)((const int64_t *)data)[index];
    case TYPE_SIZE:
        return (double)((const size_t *)data)[index];
    case TYPE_NONE:
        break;
    }
    return NAN;
}
