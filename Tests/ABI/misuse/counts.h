#ifndef QUANTCAL_TESTS_COUNTS_H
#define QUANTCAL_TESTS_COUNTS_H

#include <stddef.h>

extern size_t passed;
extern size_t failed;

#endif
