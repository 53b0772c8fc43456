#include "calls.h"

const row isotonic_distribution_rows[] = {
    {0},
};
