#include "vectors.h"

const adapter isotonic_order_adapters[] = {
    {NULL, NULL},
};
