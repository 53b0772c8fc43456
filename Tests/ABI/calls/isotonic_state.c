#include "calls.h"

const row isotonic_state_rows[] = {
    {0},
};
