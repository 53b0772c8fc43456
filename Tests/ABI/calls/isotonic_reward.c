#include "calls.h"

const row isotonic_reward_rows[] = {
    {0},
};
