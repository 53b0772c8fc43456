/*
 * Family `quantize`: files of models, and the numbers in them.
 */
#ifndef QUANTCAL_QUANTIZE_FILE_H
#define QUANTCAL_QUANTIZE_FILE_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A file of tensors that is open for reading. It does not change: several threads may use one. */
typedef struct qc_quantize_file qc_quantize_file;

/* What a file is. */
enum {
    QC_QUANTIZE_FILE_GGUF = 0,
    QC_QUANTIZE_FILE_SAFETENSORS = 1,
    QC_QUANTIZE_FILE_NPY = 2
};

/*
 * Opens a file of tensors: GGUF (version 2 or 3, little-endian), safetensors or .npy, told apart by
 * their content; or the index of a model in several safetensors files,
 * {"weight_map": {"tensor": "file", ...}}, which are sought beside it.
 *
 * path  UTF-8, with a NUL at its end.
 * file  where the handle goes. qc_quantize_file_destroy() ends it.
 *
 * Headers are read now, tensors when they are asked for. A header is believed in nothing: what
 * the readers of the formats refuse is refused, and also names that are there twice or have a NUL,
 * shapes whose product overflows beside a dimension of 0, and an index that names files outside of
 * its directory, or tensors that are not where it says.
 *
 * What qc_quantize_file_convert() writes into safetensors of its own layout (X.codes, X.scales and X.zeros,
 * with "quantcal:X" in the metadata) is one tensor X, whose type is "int4", "nf4", ...; parts that do not fit
 * what the metadata say are tensors of their own.
 *
 * So is a matrix in the layout of another runtime, outputs x inputs, by the name M.weight:
 *   GPTQ (2, 3, 4, 8 bits) and AWQ: M.qweight (I32), M.qzeros, M.scales, M.g_idx if it is there; "int4", or
 *     "uint4" with zero points;
 *   compressed-tensors: M.weight_packed (I32), M.weight_scale, M.weight_shape and perhaps M.weight_zero_point,
 *     M.weight_g_idx ("int4", "uint4", ...); M.weight_packed (U8), M.weight_scale and M.weight_global_scale
 *     ("nvfp4"; without the last "mxfp4"); M.weight (F8_E4M3, F8_E5M2, I8) and M.weight_scale for all, for rows,
 *     groups or blocks ("e4m3fn", "e5m2", "int8", with powers of two "mxfp8"), perhaps M.weight_zero_point.
 * Bits and groups follow from the shapes. What they leave open is sought in the metadata's
 * "quantization_config", in that of a config.json beside the file, and in quantize_config.json: the
 * version of GPTQ (zero points are stored less 1, but for checkpoint_format "gptq_v2"; where all are
 * the middle, or one less, and the matrix is symmetric or nothing is said of it, they are the middle),
 * bits of rows that are shorter than a word, blocks, a last group that is shorter. Parts that do not fit
 * together stay tensors of their own, and qc_quantize_file_find() of M.weight says why.
 *
 * Cost: the header. A file that is shortened while its header is read can end the process with
 * SIGBUS; afterwards it is QC_ERR_IO.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_DOMAIN (a path that is empty
 * or not UTF-8), QC_ERR_IO, QC_ERR_FORMAT, QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_quantize_file_open(const char *path, qc_quantize_file **file);

/* Ends a file; NULL is nothing to end. Cannot fail. Since 0.1. */
void qc_quantize_file_destroy(qc_quantize_file *file);

/*
 * What a file is, and how many tensors it has.
 *
 * format        QC_QUANTIZE_FILE_... May be NULL, as `tensor_count`.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_ALIGNMENT, QC_ERR_ALIAS. Since 0.1.
 */
qc_status qc_quantize_file_contents(const qc_quantize_file *file, int32_t *format,
                                    size_t *tensor_count);

typedef struct qc_quantize_file_tensor {
    size_t struct_size;
    size_t name_bytes; /* of the name, without the NUL */
    size_t rank;       /* dimensions; 0 for a scalar */
    size_t rows;       /* the product of all dimensions but the last */
    size_t columns;    /* the last one; 1 for a scalar */
    size_t bytes;      /* in the file */
    /* Its elements' type as the formats name it: "F32", "BF16", "I64", "F8_E4M3", "Q4_K". A NUL ends
     * it. */
    char type[16];
    int32_t decodable; /* 1: qc_quantize_file_decode_f32() knows the type; else 0 */
    int32_t reserved;  /* 0 */
} qc_quantize_file_tensor;

/*
 * What a tensor is.
 *
 * index           0 to tensor_count - 1, in the order of the file; of an index of files, in its
 *                 order. The tensor of an .npy file is called "array".
 * name            UTF-8, and a NUL. NULL if it is not wanted.
 * name_capacity   room in `name`: at least name_bytes + 1.
 * shape           the last index runs fastest, as in NumPy (GGUF files have it the other way
 *                 round). NULL if it is not wanted.
 * shape_capacity  room in `shape`: at least `rank`.
 *
 * So a first call with NULL counts. Errors: QC_ERR_NULL_POINTER, QC_ERR_ALIGNMENT, QC_ERR_ALIAS,
 * QC_ERR_SIZE (index, too little room), QC_ERR_OPTIONS (struct_size of the result). Since 0.1.
 */
qc_status qc_quantize_file_describe(const qc_quantize_file *file, size_t index, char *name,
                                    size_t name_capacity, size_t *shape, size_t shape_capacity,
                                    qc_quantize_file_tensor *result);

/*
 * The index of the tensor with a name, compared byte by byte.
 *
 * Cost: does not depend on the number of tensors.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_ALIGNMENT, QC_ERR_ALIAS, QC_ERR_DOMAIN (there is none),
 * QC_ERR_FORMAT (a matrix of another runtime whose parts do not fit). Since 0.1.
 */
qc_status qc_quantize_file_find(const qc_quantize_file *file, const char *name, size_t *index);

/*
 * The numbers of a tensor in single precision.
 *
 * first_row, row_count  which rows: at most `rows` of the tensor.
 * values                row_count x columns.
 *
 * F32, F16 and BF16 keep their value, NaN and infinities too; blocks of ggml are decoded as by
 * qc_quantize_ggml_decode_f32(). F64 and wide integers are rounded to nearest, ties to even, and a
 * finite number that would become an infinity is QC_ERR_FORMAT; BOOL is 0, or 1 for any byte but 0.
 * Codes of qc_quantize_file_convert() are decoded as by qc_quantize_integer_decode_f32() and
 * qc_quantize_grid_decode_f32(), and scales that are not finite are QC_ERR_FORMAT. Of matrices of other
 * runtimes a number is (code - zero point) * scale, rounded once, with nvfp4's scales divided by the shared
 * one and rounded before; scales that are not finite and groups that are not there are QC_ERR_FORMAT.
 * The other types (small floats, complex numbers) are QC_ERR_FORMAT. Bytes may have any
 * alignment; .npy files may be big-endian, and column-major ones give row-major numbers (they are
 * read as a whole). row_count = 0 does nothing.
 *
 * Cost: one pass; scratch as large as `values`.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE (index, rows), QC_ERR_ALIGNMENT, QC_ERR_FORMAT, QC_ERR_IO,
 * QC_ERR_NO_MEMORY. Since 0.1.
 */
qc_status qc_quantize_file_decode_f32(const qc_quantize_file *file, size_t index, size_t first_row,
                                      size_t row_count, float *values);

/*
 * Writes an array into an .npy file, NumPy's format of one array: version 1.0, row-major, little-endian, byte
 * for byte as numpy.save() does.
 *
 * path         where to write, UTF-8, with a NUL at its end.
 * type         of the elements, as qc_quantize_file_describe() names it: "BOOL" (bytes 0 and 1), "I8", "I16",
 *              "I32", "I64", "U8", "U16", "U32", "U64", "F16", "F32" or "F64".
 * shape        rank sizes, of which the last runs fastest. A rank of 0 is a scalar; at most 64.
 * values       the elements, row-major, at any address. `value_bytes` must be what the type and the shape take.
 * overwrite    1: a file that is there is replaced; 0: it is an error.
 *
 * Values are written as they are, NaN too. The file is written as path + ".quantcal-partial", which gets its
 * name at the end; after an error nothing is left.
 *
 * Cost: one pass.
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_ALIGNMENT (shape), QC_ERR_SIZE (rank, value_bytes, a shape whose size
 * overflows), QC_ERR_OPTIONS (a type that .npy has not; overwrite), QC_ERR_DOMAIN (text that is not UTF-8, a BOOL
 * above 1), QC_ERR_IO (also a path that exists), QC_ERR_NO_MEMORY.
 * Source: numpy.lib.format. Since 0.1.
 */
qc_status qc_quantize_file_write_npy(const char *path, const char *type, const size_t *shape,
                                     size_t rank, const void *values, size_t value_bytes,
                                     int32_t overwrite);

#ifdef __cplusplus
}
#endif

#endif
