#include "vectors.h"

const adapter isotonic_shape_adapters[] = {
    {NULL, NULL},
};
