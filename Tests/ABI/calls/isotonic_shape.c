#include "calls.h"

const row isotonic_shape_rows[] = {
    {0},
};
