#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <unistd.h>

#include "check.hpp"

using namespace quantcal;

static std::string written(const std::string &content) {
    char path[] = "/tmp/quantcal-cplusplus-XXXXXX";
    check(close(mkstemp(path)) == 0, "a file to test with");
    std::ofstream(path, std::ios::binary) << content;
    return path;
}

void check_quantize_file() {
    const std::string header = R"({"x":{"dtype":"F16","shape":[2,1,2],"data_offsets":[0,8]}})";
    const std::uint64_t length = header.size();
    std::string content(sizeof length, '\0');
    std::memcpy(content.data(), &length, sizeof length);
    content += header + std::string("\x00\x3c\x00\xc0\x00\x40\x00\x00", 8);
    const std::string path = written(content);
    const quantize_file file(path);
    std::remove(path.c_str());
    check(file.format() == QC_QUANTIZE_FILE_SAFETENSORS && file.size() == 1, "contents");
    const auto tensor = file.describe(0);
    check(tensor.name == "x" && tensor.type == "F16" && tensor.decodable, "a tensor");
    check(tensor.shape == std::vector<std::size_t>{2, 1, 2} && tensor.rows == 2 &&
              tensor.columns == 2 && tensor.bytes == 8,
          "its shape");
    check(file.find("x") == 0, "an index");
    check(file.decode(0) == std::vector<float>{1, -2, 2, 0}, "numbers");
    std::vector<float> row(2);
    file.decode_into(0, 1, 1, row);
    check(row == std::vector<float>{2, 0}, "a row");
    check_error([&] { file.decode_into(0, 0, 2, row); }, QC_ERR_SIZE, "values has 2 elements");
    check_error([&] { file.describe(1); }, QC_ERR_SIZE, "index is 1");
    check_error([&] { file.find("y"); }, QC_ERR_DOMAIN, "no tensor has that name");
    check_error([&] { quantize_file{path}; }, QC_ERR_IO, "cannot be opened");
    check_error([&] { quantize_file{"/tmp"}; }, QC_ERR_IO, "directory");
    check_error([&] { quantize_file{""}; }, QC_ERR_DOMAIN, "empty");
    const std::string broken = written(content + "x");
    check_error([&] { quantize_file{broken}; }, QC_ERR_FORMAT, "not a valid safetensors file");
    std::remove(broken.c_str());
    const std::size_t shape[] = {2, 3};
    const std::vector<double> numbers{1, -2, 3, 4, 5, 0.25};
    const std::string array = path + ".npy";
    quantize_file_write_npy<double>(array, "F64", shape, numbers);
    check(quantize_file(array).decode(0) == std::vector<float>{1, -2, 3, 4, 5, 0.25}, "an array");
    check_error([&] { quantize_file_write_npy<double>(array, "F64", shape, numbers); }, QC_ERR_IO,
                "exists already");
    check_error([&] { quantize_file_write_npy<double>(array, "F32", shape, numbers, true); },
                QC_ERR_SIZE, "value_bytes is 48");
    quantize_file_write_npy<std::int8_t>(array, "I8", {}, std::vector<std::int8_t>{-3}, true);
    check(quantize_file(array).decode(0) == std::vector<float>{-3}, "a scalar in its place");
    std::remove(array.c_str());
}
