/*
 * Family `quantize`: integer matrices as checkpoints and operators of other runtimes hold them.
 *
 * qc_quantize_integer_encode_f32() gives codes, scales and zero points in this library's order;
 * here they are laid out in another, bit by bit, and back. Nothing is rounded.
 */
#ifndef QUANTCAL_QUANTIZE_CHECKPOINT_H
#define QUANTCAL_QUANTIZE_CHECKPOINT_H

#include "../base.h"
#include "integer.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Layouts of a weight matrix of `rows` outputs by `columns` inputs, in G groups a row. u is a code
 * as a number of b bits without a sign: the code itself, or plus 2^(b-1) if the scheme is symmetric.
 * Words are int32, stored in little-endian bytes; codes fill them from the lowest bit on and may
 * go from one word to the next.
 */
enum {
    /* compressed-tensors, "pack-quantized": weight_packed, rows x ceil(columns * b / 32) words along
     * a row; weight_scale, rows x G; weight_zero_point, ceil(rows * b / 32) x G words, each column
     * along the rows, and only if affine. 2, 4 or 8 bits; groups divide the columns. */
    QC_QUANTIZE_CHECKPOINT_COMPRESSED_TENSORS = 0,
    /* AutoGPTQ and GPTQModel, checkpoint_format "gptq": qweight, columns * b / 32 x rows words, each
     * column along the inputs; scales, G x rows; qzeros, G x rows * b / 32 words along the outputs,
     * of z - 1. 2, 3, 4 or 8 bits; rows and columns are multiples of 32. Inputs in their order: g_idx is
     * i / group_size. */
    QC_QUANTIZE_CHECKPOINT_GPTQ = 1,
    /* The same with z itself in qzeros: checkpoint_format "gptq_v2". */
    QC_QUANTIZE_CHECKPOINT_GPTQ_V2 = 2,
    /* AWQ, version "gemm": qweight, columns x rows / 8 words along the outputs; scales, G x rows;
     * qzeros, G x rows / 8 words. Of eight neighbours the order in a word is 0, 2, 4, 6, 1, 3, 5, 7.
     * 4 bits; rows are a multiple of 8, groups divide the columns. */
    QC_QUANTIZE_CHECKPOINT_AWQ = 3,
    /* ONNX Runtime's operator com.microsoft.MatMulNBits: B, rows x G x group_size * b / 8 bytes, a
     * last block filled up with zeros; scales, rows x G; zero_points, rows x ceil(G * b / 8) bytes,
     * and only if affine. 2, 4 or 8 bits; groups of 16, 32, 64, 128 or 256. */
    QC_QUANTIZE_CHECKPOINT_MATMUL_NBITS = 4
};

/*
 * How much room a matrix takes in another layout. The scales are group_count values, as
 * qc_quantize_integer_layout() says.
 *
 * rows, columns  the matrix: outputs and inputs.
 * options        how it is quantized: per group or per row (QC_QUANTIZE_CHECKPOINT_MATMUL_NBITS:
 *                per group only).
 * format         QC_QUANTIZE_CHECKPOINT_...
 * weight_bytes   of the packed codes. May be NULL.
 * zero_bytes     of the packed zero points; 0 where a symmetric matrix has none. May be NULL.
 *
 * Errors: QC_ERR_OPTIONS (format; bits, granularity or group_size that it does not have),
 * QC_ERR_SIZE (rows or columns that it does not have; a product does not fit), QC_ERR_ALIGNMENT,
 * QC_ERR_ALIAS. Source: the documentation and files of the projects named above. Since 0.1.
 */
qc_status qc_quantize_checkpoint_layout(size_t rows, size_t columns,
                                        const qc_quantize_integer_options *options, int32_t format,
                                        size_t *weight_bytes, size_t *zero_bytes);

/*
 * Lays a quantized matrix out as a checkpoint has it.
 *
 * codes, scales, zeros  as qc_quantize_integer_encode_f32() gives them with the same options; scales
 *                       finite. zeros are not used, and may be NULL, if symmetric.
 * weights               weight_bytes bytes. Bits that hold no code are 0.
 * weight_scales         group_count values, in the format's order. Most formats store them in the
 *                       type of the model: round them.
 * weight_zeros          zero_bytes bytes; 2^(b-1) for each group where a symmetric matrix has them.
 *                       Not used, and may be NULL, where it has none.
 *
 * rows = 0 or columns = 0 does nothing. Cost: one pass, no scratch. Progress is asked once, before
 * anything is written. Errors: as above; QC_ERR_NULL_POINTER, QC_ERR_NOT_FINITE (scales),
 * QC_ERR_DOMAIN (a zero point above 2^b - 1; one of 0 in QC_QUANTIZE_CHECKPOINT_GPTQ, which cannot
 * hold it: take _GPTQ_V2), QC_CANCELLED. Since 0.1.
 */
qc_status qc_quantize_checkpoint_write(const uint8_t *codes, const float *scales,
                                       const uint8_t *zeros, size_t rows, size_t columns,
                                       const qc_quantize_integer_options *options, int32_t format,
                                       uint8_t *weights, float *weight_scales,
                                       uint8_t *weight_zeros);

/*
 * The inverse: what was laid out becomes what qc_quantize_integer_decode_f32() takes with the same
 * options.
 *
 * weights, weight_scales, weight_zeros  as above; every pattern of codes is read, scales are finite.
 * codes, scales, zeros                  as qc_quantize_integer_layout() says. zeros are not used, and
 *                                       may be NULL, if symmetric.
 *
 * Errors: as above; QC_ERR_DOMAIN also for a stored zero point that stands for more than 2^b - 1,
 * or in a symmetric matrix for another than 2^(b-1): such a matrix is affine, or of the other
 * version of GPTQ. Since 0.1.
 */
qc_status qc_quantize_checkpoint_read(const uint8_t *weights, const float *weight_scales,
                                      const uint8_t *weight_zeros, size_t rows, size_t columns,
                                      const qc_quantize_integer_options *options, int32_t format,
                                      uint8_t *codes, float *scales, uint8_t *zeros);

#ifdef __cplusplus
}
#endif

#endif
