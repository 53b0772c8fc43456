#include "vectors.h"

const adapter isotonic_prediction_adapters[] = {
    {NULL, NULL},
};
