/* Numbers of a table of sixteen, by their places. */
INLINE i32x16 look_up(i32x16 table, i32x16 places) {
    return (i32x16)_mm512_permutexvar_epi32((__m512i)places, (__m512i)table);
}

/* The same of a table of 32, by the last five bits of the places. */
#define WIDE_LOOK_UP
INLINE i32x16 look_up_wide(const int32_t *table, i32x16 places) {
    return (i32x16)_mm512_permutex2var_epi32(_mm512_loadu_si512(table), (__m512i)places,
                                             _mm512_loadu_si512(table + 16));
}

/* The same of a table in memory. */
INLINE i32x16 gather(const int32_t *table, i32x16 places) {
    return (i32x16)_mm512_i32gather_epi32((__m512i)places, table, sizeof *table);
}

/* A table of 256 numbers, held in registers: faster than 16 loads. */
typedef struct {
    __m512 parts[16];
} table256;

INLINE table256 read_table(const float *numbers) {
    table256 table;
    for (int i = 0; i < 16; i++) {
        table.parts[i] = _mm512_loadu_ps(numbers + 16 * i);
    }
    return table;
}

/* From all pairs of parts, and of these by the upper bits of the places. */
INLINE f32x16 look_up_256(const table256 *table, i32x16 places) {
    const __m512i p = (__m512i)places;
    const __mmask16 bit5 = _mm512_test_epi32_mask(p, _mm512_set1_epi32(32));
    const __mmask16 bit6 = _mm512_test_epi32_mask(p, _mm512_set1_epi32(64));
    const __mmask16 bit7 = _mm512_test_epi32_mask(p, _mm512_set1_epi32(128));
    __m512 found[8];
    for (int i = 0; i < 8; i++) {
        found[i] = _mm512_permutex2var_ps(table->parts[2 * i], p, table->parts[2 * i + 1]);
    }
    for (int i = 0; i < 4; i++) {
        found[i] = _mm512_mask_blend_ps(bit5, found[2 * i], found[2 * i + 1]);
    }
    const __m512 low = _mm512_mask_blend_ps(bit6, found[0], found[1]);
    const __m512 high = _mm512_mask_blend_ps(bit6, found[2], found[3]);
    return (f32x16)_mm512_mask_blend_ps(bit7, low, high);
}
