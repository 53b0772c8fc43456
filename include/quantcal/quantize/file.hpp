/*
 * Files of models for C++. See quantcal.hpp for the rules, file.h for what the functions do.
 */
#ifndef QUANTCAL_QUANTIZE_FILE_HPP
#define QUANTCAL_QUANTIZE_FILE_HPP

#include <string>

#include "../base.hpp"
#include "file.h"

namespace quantcal {

/// What a tensor is: qc_quantize_file_describe().
struct quantize_file_tensor {
    std::string name;
    std::string type;
    std::vector<std::size_t> shape;
    std::size_t rows;
    std::size_t columns;
    std::size_t bytes;
    bool decodable;
};

/// A file of tensors; can be moved and not copied.
class quantize_file {
public:
    /// qc_quantize_file_open()
    explicit quantize_file(const std::string &path)
        : file_(detail::created<owner>([&](qc_quantize_file **file) {
              return qc_quantize_file_open(path.c_str(), file);
          })) {}

    /// qc_quantize_file_contents(): QC_QUANTIZE_FILE_...
    std::int32_t format() const {
        std::int32_t format = 0;
        detail::check(qc_quantize_file_contents(get(), &format, nullptr));
        return format;
    }

    /// qc_quantize_file_contents(): the number of tensors.
    std::size_t size() const {
        std::size_t count = 0;
        detail::check(qc_quantize_file_contents(get(), nullptr, &count));
        return count;
    }

    /// qc_quantize_file_describe()
    quantize_file_tensor describe(std::size_t index) const {
        qc_quantize_file_tensor tensor{};
        tensor.struct_size = sizeof tensor;
        detail::check(qc_quantize_file_describe(get(), index, nullptr, 0, nullptr, 0, &tensor));
        std::string name(tensor.name_bytes + 1, '\0');
        std::vector<std::size_t> shape(tensor.rank);
        detail::check(qc_quantize_file_describe(get(), index, name.data(), name.size(),
                                                shape.data(), shape.size(), &tensor));
        name.pop_back();
        return {std::move(name), tensor.type,  std::move(shape),     tensor.rows,
                tensor.columns,  tensor.bytes, tensor.decodable != 0};
    }

    /// qc_quantize_file_find()
    std::size_t find(const std::string &name) const {
        std::size_t index = 0;
        detail::check(qc_quantize_file_find(get(), name.c_str(), &index));
        return index;
    }

    /// qc_quantize_file_decode_f32() into the caller's memory.
    void decode_into(std::size_t index, std::size_t first_row, std::size_t row_count,
                     std::span<float> values) const {
        const auto tensor = describe(index);
        detail::require_size(values.size(), detail::product(row_count, tensor.columns), "values");
        detail::check(
            qc_quantize_file_decode_f32(get(), index, first_row, row_count, values.data()));
    }

    /// qc_quantize_file_decode_f32() of all rows.
    std::vector<float> decode(std::size_t index) const {
        const auto tensor = describe(index);
        std::vector<float> values(detail::product(tensor.rows, tensor.columns));
        decode_into(index, 0, tensor.rows, values);
        return values;
    }

    /// The handle, for the functions of C.
    qc_quantize_file *get() const noexcept { return file_.get(); }

private:
    using owner = handle<qc_quantize_file, qc_quantize_file_destroy>;

    owner file_;
};

/// qc_quantize_file_write_npy() of the bytes of elements.
template <class T>
void quantize_file_write_npy(const std::string &path, const std::string &type,
                             std::span<const std::size_t> shape, std::span<const T> values,
                             bool overwrite = false) {
    detail::check(qc_quantize_file_write_npy(path.c_str(), type.c_str(), shape.data(), shape.size(),
                                             values.data(), values.size_bytes(), overwrite));
}

} // namespace quantcal

#endif
