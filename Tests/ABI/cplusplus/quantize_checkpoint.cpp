#include "check.hpp"

#include <numeric>

void check_quantize_checkpoint() {
    std::vector<float> values(32);
    std::iota(values.begin(), values.end(), -7.0F);
    quantcal::quantize_integer_options options;
    options.group_size = 16;
    options.scheme = QC_QUANTIZE_AFFINE;
    const auto matrix =
        quantcal::quantize_integer_encode(quantcal::matrix_view(values, 2, 16), options);

    const auto sizes =
        quantcal::quantize_checkpoint_layout(2, 16, options, QC_QUANTIZE_CHECKPOINT_MATMUL_NBITS);
    check(sizes.weight_bytes == 16 && sizes.zero_bytes == 2, "room");
    for (const auto format :
         {QC_QUANTIZE_CHECKPOINT_COMPRESSED_TENSORS, QC_QUANTIZE_CHECKPOINT_MATMUL_NBITS}) {
        const auto stored = quantcal::quantize_checkpoint_write(matrix, format);
        // Rows of sixteen codes of four bits are packed alike in both, and as they are here.
        check(stored.weights == matrix.codes && stored.scales == matrix.scales, "laid out");
        const auto again = quantcal::quantize_checkpoint_read(stored, 2, 16, options, format);
        check(again.codes == matrix.codes && again.scales == matrix.scales &&
                  again.zeros == matrix.zeros,
              "read again");
    }

    options.scheme = QC_QUANTIZE_SYMMETRIC;
    const auto symmetric =
        quantcal::quantize_integer_encode(quantcal::matrix_view(values, 2, 16), options);
    auto stored =
        quantcal::quantize_checkpoint_write(symmetric, QC_QUANTIZE_CHECKPOINT_COMPRESSED_TENSORS);
    check(stored.zeros.empty(), "no zero points");
    check_error(
        [&] { quantcal::quantize_checkpoint_write(symmetric, QC_QUANTIZE_CHECKPOINT_GPTQ); },
        QC_ERR_SIZE, "rows is 2");
    stored.weights.pop_back();
    check_error(
        [&] {
            quantcal::quantize_checkpoint_read(stored, 2, 16, options,
                                               QC_QUANTIZE_CHECKPOINT_COMPRESSED_TENSORS);
        },
        QC_ERR_SIZE, "weights");
}
