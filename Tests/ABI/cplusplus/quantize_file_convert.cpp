#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <unistd.h>

#include "check.hpp"

using namespace quantcal;

/* Sixty-four whole numbers, of which each 32 reach 127. */
static std::string model(const std::string &directory) {
    const std::string header = R"({"w":{"dtype":"F32","shape":[2,32],"data_offsets":[0,256]}})";
    const std::uint64_t length = header.size();
    std::string content(sizeof length, '\0');
    std::memcpy(content.data(), &length, sizeof length);
    content += header;
    for (int i = 0; i < 64; i++) {
        const float number = static_cast<float>(127 - i % 32);
        content.append(reinterpret_cast<const char *>(&number), sizeof number);
    }
    const std::string path = directory + "/model";
    std::ofstream(path, std::ios::binary) << content;
    return path;
}

void check_quantize_file_convert() {
    char place[] = "/tmp/quantcal-cplusplus-XXXXXX";
    check(mkdtemp(place) != nullptr, "a directory to test with");
    const std::string directory = place, path = model(directory), target = directory + "/w.gguf";
    const quantize_file file(path);
    auto options = quantize_file_convert_options();
    options.plan_only = 1;
    const auto planned = quantize_file_convert(file, target, "q8_0", options);
    check(planned.size() == 1 && planned[0].bytes == 68, "a plan");
    check(!std::ifstream(target), "which writes nothing");
    options.plan_only = 0;
    const auto outcomes = quantize_file_convert(file, target, "q8_0", options);
    check(outcomes[0].action == QC_QUANTIZE_FILE_QUANTIZED &&
              outcomes[0].type == std::string("Q8_0") && outcomes[0].error == 0 &&
              outcomes[0].square > 0,
          "an outcome");
    const quantize_file made(target);
    check(made.format() == QC_QUANTIZE_FILE_GGUF && made.decode(0) == file.decode(0), "a file");
    check_error([&] { quantize_file_convert(file, target, "q8_0", options); }, QC_ERR_IO,
                "exists already");
    const char *const nothing[] = {"nobody*"};
    options.include = nothing;
    options.include_count = 1;
    options.overwrite = 1;
    const auto kept = quantize_file_convert(file, target, "q8_0", options);
    check(kept[0].action == QC_QUANTIZE_FILE_KEPT, "a pattern");
    check_error([&] { quantize_file_convert(file, target, "q9", options); }, QC_ERR_OPTIONS, "q9");
    options.include_count = 0;
    options.format = QC_QUANTIZE_FILE_SAFETENSORS;
    options.layout = QC_QUANTIZE_FILE_LAYOUT_GPTQ;
    const auto others = quantize_file_convert(file, target, "int4", options);
    check(others[0].action == QC_QUANTIZE_FILE_KEPT &&
              others[0].reason == std::string("gptq has tensors whose names end in .weight only"),
          "a reason");
    options = quantize_file_convert_options();
    options.overwrite = 1;
    options.progress = {[](void *, double) -> std::int32_t { return 1; }, nullptr};
    check_error([&] { quantize_file_convert(file, target, "q8_0", options); }, QC_CANCELLED,
                "cancelled");
    std::remove(target.c_str());
    std::remove(path.c_str());
    check(rmdir(place) == 0, "nothing else was left");
}
