/*
 * Family `quantize`: codes of 1 to 8 bits, packed densely.
 */
#ifndef QUANTCAL_QUANTIZE_PACKING_H
#define QUANTCAL_QUANTIZE_PACKING_H

#include "../base.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Packs codes of one byte each row by row: each row starts on a byte, and code j of a row is the
 * `bits` bits from bit j * bits of the row on, bit 0 being the lowest of the first byte. For codes that were made elsewhere.
 *
 * unpacked  rows x columns bytes. Signed codes in two's complement. A byte that
 *           does not fit is an error: as a signed code if is_signed is not 0
 *           (-(2^(bits-1)) to 2^(bits-1) - 1), else as an unsigned one.
 * bits      1 to 8.
 * packed    rows * ceil(columns * bits / 8) bytes.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIAS, QC_ERR_DOMAIN (bits,
 * a code). Since 0.1.
 */
qc_status qc_quantize_pack(const uint8_t *unpacked, size_t rows, size_t columns, int32_t bits,
                           int32_t is_signed, uint8_t *packed);

/*
 * The inverse of qc_quantize_pack(): one byte a code, sign-extended if is_signed
 * is not 0 (so the result may be read as int8_t).
 *
 * packed    rows * ceil(columns * bits / 8) bytes.
 * unpacked  rows x columns bytes.
 *
 * Errors: QC_ERR_NULL_POINTER, QC_ERR_SIZE, QC_ERR_ALIAS, QC_ERR_DOMAIN (bits).
 * Since 0.1.
 */
qc_status qc_quantize_unpack(const uint8_t *packed, size_t rows, size_t columns, int32_t bits,
                             int32_t is_signed, uint8_t *unpacked);

#ifdef __cplusplus
}
#endif

#endif
