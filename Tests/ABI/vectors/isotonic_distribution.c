#include "vectors.h"

const adapter isotonic_distribution_adapters[] = {
    {NULL, NULL},
};
