/*
 * Family `quantize`: a file of a model into another, with its weights quantized.
 */
#ifndef QUANTCAL_QUANTIZE_FILE_CONVERT_H
#define QUANTCAL_QUANTIZE_FILE_CONVERT_H

#include "../base.h"
#include "file.h"
#include "integer.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What becomes of a tensor. */
enum {
    QC_QUANTIZE_FILE_KEPT = 0,     /* its bytes are copied */
    QC_QUANTIZE_FILE_DECODED = 1,  /* it is F32, as the format has not its type or order */
    QC_QUANTIZE_FILE_QUANTIZED = 2 /* it is encoded */
};

/* What has become of a tensor, or would. */
typedef struct qc_quantize_file_outcome {
    size_t bytes;  /* in the new file */
    double error;  /* the sum of squared differences to the original, of a quantized one */
    double square; /* the sum of the squares of the original; both are 0 for others and in a plan */
    /* Its type there as the formats name it, such as "Q4_K" or "F16", or as `type` does, "int4". A NUL
     * ends it. */
    char type[16];
    int32_t action;   /* QC_QUANTIZE_FILE_KEPT, ... */
    int32_t reserved; /* 0 */
    /* Why it is not what was asked for: "Q4_K has blocks of 256, rows have 96". Empty if it is, or was
     * not to be quantized. A NUL ends it. */
    char reason[128];
} qc_quantize_file_outcome;

/* How a quantized tensor lies in safetensors. Those of other runtimes are for matrices (outputs x inputs)
 * named M.weight; see qc_quantize_file_convert(). */
enum {
    QC_QUANTIZE_FILE_LAYOUT_QUANTCAL = 0,
    QC_QUANTIZE_FILE_LAYOUT_COMPRESSED_TENSORS = 1,
    QC_QUANTIZE_FILE_LAYOUT_GPTQ = 2,
    QC_QUANTIZE_FILE_LAYOUT_GPTQ_V2 = 3,
    QC_QUANTIZE_FILE_LAYOUT_AWQ = 4,
    QC_QUANTIZE_FILE_LAYOUT_INT_QUANTIZED = 5 /* of compressed-tensors: a byte for each code */
};

typedef struct qc_quantize_file_convert_options {
    size_t struct_size;
    /* Patterns of fnmatch(3) for names of tensors to be quantized. Without any, those are that
     * have two dimensions or more and no "norm" in their names. NULL, 0 */
    const char *const *include;
    size_t include_count;
    /* Patterns for names of tensors that stay as they are. NULL, 0 */
    const char *const *exclude;
    size_t exclude_count;
    /* The path of an importance matrix: as llama.cpp writes it (NAME.in_sum2, NAME.counts), or a file that
     * has a number for each column in a tensor of the same name. For GGUF, and for integers and "e4m3fn" per
     * group or row in the layouts of other runtimes. NULL: none */
    const char *importance;
    size_t group_size; /* neighbours of a row with one scale, in safetensors: 128 */
    int32_t format;    /* QC_QUANTIZE_FILE_GGUF, or QC_QUANTIZE_FILE_SAFETENSORS */
    int32_t mode;      /* of blocks: QC_QUANTIZE_GGML_BEST */
    int32_t overwrite; /* 1: a file that is there is replaced. 0 */
    int32_t plan_only; /* 1: says what would be done, and does nothing. 0 */
    qc_progress progress;
    /* The path of the model's config.json, for the layouts of other runtimes: a copy with the
     * "quantization_config" that they read goes beside the new file. NULL: none */
    const char *config;
    int32_t layout; /* of safetensors: QC_QUANTIZE_FILE_LAYOUT_QUANTCAL */
    /* What shares a scale in the layouts of other runtimes: QC_QUANTIZE_PER_GROUP, _PER_ROW, or in
     * compressed-tensors and without zero points _PER_TENSOR */
    int32_t granularity;
    /* 1: blocks of a GGUF file become those of another type, with the errors of both; 0: they stay as they are,
     * which the outcome says. 0 */
    int32_t requantize;
    int32_t reserved; /* 0 */
} qc_quantize_file_convert_options;

/*
 * Fills *options with the defaults. `size` is sizeof *options.
 * Errors: QC_ERR_NULL_POINTER; QC_ERR_ALIGNMENT; QC_ERR_OPTIONS if `size` is
 * less than that of the first version, or above 4096. Since 0.1.
 */
qc_status qc_quantize_file_convert_options_init(qc_quantize_file_convert_options *options,
                                                size_t size);

/*
 * Writes a file with the tensors of another, of which some are quantized.
 *
 * file      what qc_quantize_file_open() gave.
 * path      where to write, UTF-8. It may be that of the input, if `overwrite` is 1.
 * type      in lower case or upper; for GGUF a type of ggml that can be encoded: "q4_k", "q8_0",
 *           "iq4_nl", "f16", ...; for safetensors "int2" to "int8" (symmetric), "uint2" to "uint8"
 *           (with zero points) or the name of a grid with numbers of both signs: "nf4", "e4m3fn", ...;
 *           in the layouts of other runtimes those named below.
 * outcomes  one for each tensor, in the order of the input. NULL if they are not wanted.
 * outcome_capacity  room in `outcomes`: at least the input's tensor_count.
 *
 * GGUF: pairs of a GGUF file are kept but for general.quantization_version and .file_type. Where
 * blocks do not divide the rows of a tensor, it gets the type that llama.cpp falls back on, or F16.
 * Blocks stay blocks of their type unless `requantize` is 1; then those of other types are decoded and encoded.
 * Codes of safetensors, this library's or another runtime's, and blocks that go into safetensors have to be
 * encoded anew in any case.
 * Safetensors: a tensor X becomes X.codes (U8, rows x bytes of a row), X.scales (F32, rows x groups) and
 * with zero points X.zeros (U8, rows x groups), as qc_quantize_integer_encode_f32() and
 * qc_quantize_grid_encode_f32() lay them out, the first dimension being rows and all others columns;
 * the metadata's key "quantcal:X" has type, group size and shape ("int4 128 768,3072").
 *
 * Safetensors for other runtimes: a matrix M.weight becomes
 *   compressed-tensors, "int4", "int8", "uint4", "uint8" (pack-quantized): M.weight_packed, M.weight_scale,
 *     M.weight_shape and with zero points M.weight_zero_point; "e4m3fn" (float-quantized; per row or per
 *     tensor) and "mxfp8" (groups of 32): M.weight, M.weight_scale; "mxfp4" (groups of 32): M.weight_packed,
 *     M.weight_scale; "nvfp4" (groups of 16): these and M.weight_global_scale. Scales have the type of the tensor if that is F16
 *     or BF16, else F32.
 *   int-quantized, of compressed-tensors too, "int8": M.weight (I8), M.weight_scale, per group, row or tensor;
 *   gptq, gptq_v2, "int2" to "uint8" of 2, 3, 4 and 8 bits; awq, "int4" and "uint4": M.qweight, M.qzeros,
 *     M.scales (F16) and, not in awq, M.g_idx.
 * as qc_quantize_checkpoint_write() lays integers out. Codes are made with the scales that are stored,
 * min-max or, of a tensor with importance, those of the least weighted squared error. Without `include`, embeddings, heads and routers (names with "embed", "wte", "wpe", "lm_head",
 * "router", ".gate.weight") are not quantized. A tensor that cannot have the layout (no matrix, another
 * name, sizes that the layout or its groups do not divide) stays as it is, and its outcome says why.
 * The metadata's key "quantization_config" has what config.json must say. Of one tensor at a time the codes
 * are held in memory.
 *
 * Tensors are read, encoded and written by pieces: memory stays far below the largest of them, but
 * for a column-major .npy file. The file is written as path + ".quantcal-partial", which gets its
 * name at the end; a file that is there is not touched before. After QC_CANCELLED, QC_ERR_IO,
 * QC_ERR_NO_MEMORY, or a process that ended, what is done is kept in it, and the same call goes on
 * from there; after other errors nothing is left.
 *
 * Results do not depend on the number of threads.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_SIZE (outcome_capacity),
 * QC_ERR_OPTIONS (type, a field), QC_ERR_DOMAIN (a path or pattern that is not UTF-8; a tensor of a
 * type that the format cannot hold; importance that is negative or for none of the tensors; a scale
 * too large for F16), QC_ERR_NOT_FINITE (a weight to be quantized, with the tensor's name),
 * QC_ERR_FORMAT (of the importance or the configuration, a number beyond single precision, or a
 * matrix of another runtime that is to be quantized and cannot be read),
 * QC_ERR_IO (also a path, or a config.json beside it, that exists, without `overwrite`; or another process that writes there), QC_ERR_NO_MEMORY, QC_CANCELLED. Since 0.1.
 */
qc_status qc_quantize_file_convert(const qc_quantize_file *file, const char *path, const char *type,
                                   const qc_quantize_file_convert_options *options,
                                   qc_quantize_file_outcome *outcomes, size_t outcome_capacity);

#ifdef __cplusplus
}
#endif

#endif
