/*
 * All kernels of a level but the brackets, which need its own instructions as look-ups do, and
 * the table of them. Needs: TABLE, the table's name, and what nearest_body.h needs.
 */
#include "element_body.h"
#include "integer_body.h"
#include "grid_body.h"
#include "softmax_body.h"

#include "nearest_body.h"

#include "trellis_body.h"

#include "ggml_parts.h"

#include "ggml_level_body.h"
#include "ggml_offset_body.h"
#include "ggml_span_body.h"
#include "ggml_tune_body.h"
#include "ggml_near_body.h"
#include "ggml_fit_body.h"

#define NAME top_f32
#define REAL float
#define LANES f32x16
#define PLACES i32x16
#define COLUMN column_f32
#define SELECT select_f32
#include "top_body.h"

#define NAME top_f64
#define REAL double
#define LANES f64x16
#define PLACES i64x16
#define COLUMN column_f64
#define SELECT select_f64
#include "top_body.h"

#define NAME above_f32
#define REAL float
#define LANES f32x16
#define BITS lane_bits_f32
#include "above_body.h"

#define NAME above_f64
#define REAL double
#define LANES f64x16
#define BITS lane_bits_f64
#include "above_body.h"

#define NAME tally_f32
#define REAL float
#define LANES f32x16
#define MASKS i32x16
#include "tally_body.h"

#define NAME tally_f64
#define REAL double
#define LANES f64x16
#define MASKS i64x16
#include "tally_body.h"

#define NAME sums_f32
#define REAL float
#include "sums_body.h"

#define NAME sums_f64
#define REAL double
#include "sums_body.h"

#define NAME fill_f32
#define REAL float
#include "fill_body.h"

#define NAME fill_f64
#define REAL double
#include "fill_body.h"

#include "past_caches_body.h"

#include "isotonic_path_body.h"

#define NAME(what) what##_f32
#define REAL float
#include "isotonic_body.h"

#define NAME(what) what##_f64
#define REAL double
#include "isotonic_body.h"

const quantcal_kernel_table TABLE = {
    bracket_f32,
    bracket_f64,
    moments_f32,
    moments_f64,
    ranges,
    integer_encode,
    integer_decode,
    pack4,
    unpack4,
    widen_f16,
    widen_bf16,
    narrow_f16,
    narrow_bf16,
    encode_whole,
    encode_float,
    encode_few,
    encode_buckets,
    encode_many,
    decode_few,
    decode_many,
    sums_f32,
    sums_f64,
    top_f32,
    top_f64,
    softmax_f32,
    softmax_f64,
    cells_f32,
    cells_f64,
    path_sums,
    path_corners,
    path_chords,
    dips_f32,
    dips_f64,
    survivors_f32,
    survivors_f64,
    above_f32,
    above_f64,
    tally_f32,
    tally_f64,
    ggml_offsets,
    ggml_signed,
    ggml_refined,
    ggml_iq4,
    ggml_tune,
    ggml_integers,
    ggml_bytes,
    ggml_near_integers,
    ggml_near_bytes,
    ggml_near_ranges,
    ggml_near_weighted,
    nearest,
    trellis,
    fill_f32,
    fill_f64,
    copy_past_caches,
    count_past_caches,
};
