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
#include "quantize/prediction_range.h"
#include "quantize/observer.h"
#include "quantize/shared_range.h"
#include "quantize/samples.h"
#include "quantize/vector.h"
#include "quantize/candidates.h"
#include "quantize/trellis.h"
#include "quantize/masked.h"
#include "quantize/outlier_victim.h"
#include "quantize/twin_log.h"
#include "quantize/noisy_bias.h"
#include "quantize/elastic.h"
#include "quantize/packing.h"
#include "quantize/checkpoint.h"
#include "quantize/ggml.h"
#include "quantize/file.h"
#include "quantize/file_convert.h"
#include "quantize/diagnostics.h"
#include "quantize/divergence.h"
#include "quantize/planning.h"

#endif
