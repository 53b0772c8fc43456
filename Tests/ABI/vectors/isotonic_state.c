#include "vectors.h"

const adapter isotonic_state_adapters[] = {
    {NULL, NULL},
};
