#include "calls.h"

const row isotonic_centered_rows[] = {
    {0},
};
