/*
 * Between R's column-major order and the library's row-major one. Tiles of 32 x 32 keep both sides
 * in the cache: each line that is fetched is used whole before it goes.
 */
#include "quantcal_r.h"

enum {
    TILE = 32
};

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

#define DEFINE_TRANSPOSE(name, from_type, to_type)                                                 \
    void name(const from_type *from, size_t rows, size_t columns, to_type *to) {                   \
        for (size_t row = 0; row < rows; row += TILE) {                                            \
            const size_t row_end = smaller(row + TILE, rows);                                      \
            for (size_t column = 0; column < columns; column += TILE) {                            \
                const size_t column_end = smaller(column + TILE, columns);                         \
                for (size_t i = row; i < row_end; i++) {                                           \
                    for (size_t j = column; j < column_end; j++) {                                 \
                        to[i * columns + j] = (to_type)from[j * rows + i];                         \
                    }                                                                              \
                }                                                                                  \
            }                                                                                      \
        }                                                                                          \
    }

DEFINE_TRANSPOSE(qcr_transpose_f64, double, double)
DEFINE_TRANSPOSE(qcr_transpose_f64_f32, double, float)
DEFINE_TRANSPOSE(qcr_transpose_f32_f64, float, double)
DEFINE_TRANSPOSE(qcr_transpose_u8, uint8_t, uint8_t)
DEFINE_TRANSPOSE(qcr_transpose_u8_int, uint8_t, int)
DEFINE_TRANSPOSE(qcr_transpose_i8_int, int8_t, int)
DEFINE_TRANSPOSE(qcr_transpose_int_u8, int, uint8_t)
