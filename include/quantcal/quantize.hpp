/*
 * Family `quantize` for C++. See quantcal.hpp for the rules, the headers of the same
 * names for what the functions do.
 */
#ifndef QUANTCAL_QUANTIZE_HPP
#define QUANTCAL_QUANTIZE_HPP

#include "quantize/integer.hpp"
#include "quantize/grid.hpp"
#include "quantize/grid_training.hpp"
#include "quantize/range.hpp"
#include "quantize/prediction_range.hpp"
#include "quantize/observer.hpp"
#include "quantize/shared_range.hpp"
#include "quantize/samples.hpp"
#include "quantize/vector.hpp"
#include "quantize/candidates.hpp"
#include "quantize/trellis.hpp"
#include "quantize/masked.hpp"
#include "quantize/outlier_victim.hpp"
#include "quantize/twin_log.hpp"
#include "quantize/noisy_bias.hpp"
#include "quantize/elastic.hpp"
#include "quantize/packing.hpp"
#include "quantize/checkpoint.hpp"
#include "quantize/ggml.hpp"
#include "quantize/file.hpp"
#include "quantize/file_convert.hpp"
#include "quantize/diagnostics.hpp"
#include "quantize/divergence.hpp"
#include "quantize/planning.hpp"

#endif
