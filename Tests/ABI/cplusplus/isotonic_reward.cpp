#include "check.hpp"

void check_isotonic_reward() {}
