#include "vectors.h"

const adapter isotonic_reward_adapters[] = {
    {NULL, NULL},
};
