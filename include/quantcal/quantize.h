/*
 * Family `quantize`: weights and activations in fewer bits. One header for each subject, in
 * reading order.
 */
#ifndef QUANTCAL_QUANTIZE_H
#define QUANTCAL_QUANTIZE_H

#include "quantize/integer.h"
#include "quantize/grid.h"
#include "quantize/grid_training.h"
#include "quantize/range.h"
#include "quantize/packing.h"
#include "quantize/checkpoint.h"
#include "quantize/ggml.h"
#include "quantize/file.h"
#include "quantize/diagnostics.h"
#include "quantize/divergence.h"
#include "quantize/planning.h"

#endif
