#include "vectors.h"

const adapter isotonic_centered_adapters[] = {
    {NULL, NULL},
};
