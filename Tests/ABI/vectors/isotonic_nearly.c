#include "vectors.h"

const adapter isotonic_nearly_adapters[] = {
    {NULL, NULL},
};
