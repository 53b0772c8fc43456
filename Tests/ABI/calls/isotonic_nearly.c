#include "calls.h"

const row isotonic_nearly_rows[] = {
    {0},
};
