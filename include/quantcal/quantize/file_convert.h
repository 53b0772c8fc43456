/*
 * Family `quantize`: a file of a model into another, with its weights quantized.
 */
#ifndef QUANTCAL_QUANTIZE_FILE_CONVERT_H
#define QUANTCAL_QUANTIZE_FILE_CONVERT_H

#include "../base.h"
#include "file.h"

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
} qc_quantize_file_outcome;

typedef struct qc_quantize_file_convert_options {
    size_t struct_size;
    /* Patterns of fnmatch(3) for names of tensors to be quantized. Without any, those are that
     * have two dimensions or more and no "norm" in their names. NULL, 0 */
    const char *const *include;
    size_t include_count;
    /* Patterns for names of tensors that stay as they are. NULL, 0 */
    const char *const *exclude;
    size_t exclude_count;
    /* The path of an importance matrix, for GGUF: as llama.cpp writes it (NAME.in_sum2, NAME.counts),
     * or a file that has a number for each column in a tensor of the same name. NULL: none */
    const char *importance;
    size_t group_size; /* neighbours of a row with one scale, in safetensors: 128 */
    int32_t format;    /* QC_QUANTIZE_FILE_GGUF, or QC_QUANTIZE_FILE_SAFETENSORS */
    int32_t mode;      /* of blocks: QC_QUANTIZE_GGML_BEST */
    int32_t overwrite; /* 1: a file that is there is replaced. 0 */
    int32_t plan_only; /* 1: says what would be done, and does nothing. 0 */
    qc_progress progress;
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
 *           (with zero points) or the name of a grid with numbers of both signs: "nf4", "e4m3fn", ...
 * outcomes  one for each tensor, in the order of the input. NULL if they are not wanted.
 * outcome_capacity  room in `outcomes`: at least the input's tensor_count.
 *
 * GGUF: pairs of a GGUF file are kept but for general.quantization_version and .file_type. Where
 * blocks do not divide the rows of a tensor, it gets the type that llama.cpp falls back on, or F16.
 * Safetensors: a tensor X becomes X.codes (U8, rows x bytes of a row), X.scales (F32, rows x groups) and
 * with zero points X.zeros (U8, rows x groups), as qc_quantize_integer_encode_f32() and
 * qc_quantize_grid_encode_f32() lay them out, the first dimension being rows and all others columns;
 * the metadata's key "quantcal:X" has type, group size and shape ("int4 128 768,3072").
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
 * type that the format cannot hold; importance that is negative or for none of the tensors),
 * QC_ERR_NOT_FINITE (a weight to be quantized, with the tensor's name), QC_ERR_FORMAT (of the
 * importance, or a number beyond single precision), QC_ERR_IO (also a path that exists, without
 * `overwrite`; or another process that writes there), QC_ERR_NO_MEMORY, QC_CANCELLED. Since 0.1.
 */
qc_status qc_quantize_file_convert(const qc_quantize_file *file, const char *path, const char *type,
                                   const qc_quantize_file_convert_options *options,
                                   qc_quantize_file_outcome *outcomes, size_t outcome_capacity);

#ifdef __cplusplus
}
#endif

#endif
