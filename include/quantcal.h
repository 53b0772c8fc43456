/*
 * libquantcal: quantize a trained model, calibrate its probabilities, and put
 * conformal guarantees on its answers.
 *
 * This header includes one header for each family of functions, in reading
 * order. They are C99, need <stddef.h> and <stdint.h> only, and are the
 * contract of the library: a declaration's comment is its specification.
 */
#ifndef QUANTCAL_H
#define QUANTCAL_H

#include "quantcal/base.h"
#include "quantcal/isotonic.h"
#include "quantcal/calibration.h"
#include "quantcal/conformal.h"
#include "quantcal/quantize.h"

#endif
