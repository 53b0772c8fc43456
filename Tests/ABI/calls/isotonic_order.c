#include "calls.h"

const row isotonic_order_rows[] = {
    {0},
};
