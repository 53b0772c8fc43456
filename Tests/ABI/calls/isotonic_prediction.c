#include "calls.h"

const row isotonic_prediction_rows[] = {
    {0},
};
