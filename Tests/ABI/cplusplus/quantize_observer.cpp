#include "check.hpp"

#include <array>

namespace {

using quantcal::quantize_observer;

constexpr std::array<float, 4> singles{6, -3, 0.5F, 0};
constexpr std::array<quantcal::float16, 4> halves{{{0x4600}, {0xc200}, {0x3800}, {0x0000}}};
constexpr std::array<quantcal::bfloat16, 4> brains{{{0x40c0}, {0xc040}, {0x3f00}, {0x0000}}};

template <class T>
std::vector<std::uint8_t> bytes_of(const std::array<T, 4> &values) {
    quantize_observer observer;
    observer.update(std::span<const T>(values).first(2));
    observer.update(std::span<const T>(values).last(2));
    return observer.serialize();
}

} // namespace

void check_quantize_observer() {
    const auto bytes = bytes_of(singles);
    check(bytes == bytes_of(halves) && bytes == bytes_of(brains), "all types are read");
    auto observer = quantize_observer::deserialize(bytes);
    const auto plain = observer.range("int3");
    check(plain.scales == std::vector<float>{2} && plain.zeros.empty(), "min-max");
    const auto moved = observer.range("uint2", "min_max", quantcal::zero_points::wanted);
    check(moved.scales == std::vector<float>{3} && moved.zeros == std::vector<float>{1}, "moved");
    observer.merge(quantize_observer::deserialize(bytes));
    const auto summary = observer.summarize();
    check(summary.count == 8 && summary.zero_count == 2, "counts");
    check(summary.minimum == -3 && summary.maximum == 6, "the range");
    check_error([&] { quantize_observer::deserialize(std::vector<std::uint8_t>(60)); },
                QC_ERR_FORMAT, "bytes are not an observer");
    quantcal::quantize_observer_options options;
    options.channels = 2;
    options.moving_average = 0.5;
    check_error([&] { observer.merge(quantize_observer(options)); }, QC_ERR_DOMAIN,
                "other has 2 channels");
    quantize_observer channels(options);
    channels.update(std::span<const float>(singles));
    channels.update(std::span<const float>(singles), 2);
    check(channels.summarize(1).maximum == 0.5 && channels.summarize(1).minimum == -3, "a channel");
    check_error([&] { channels.summarize(2); }, QC_ERR_SIZE, "channel is 2");
    check(channels.range("int3").scales == std::vector<float>{2, 0.5F}, "of moving averages");
    check_error([&] { channels.update(std::span<const float>(singles), 3); }, QC_ERR_SIZE,
                "values has 4");
}
