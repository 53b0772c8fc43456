/// Vectors of `quantize/file_convert` through the Swift overlay.

import Quantcal
import Testing

let overlayQuantizeFileConvertAdapters: [String: VectorAdapter] = [
    "qc_quantize_file_convert_options_init": { _, _ in
        let conversion = try QuantizeFileConversion(.gguf, type: "q8_0")
        return [
            "mode": .text(overlayWord(conversion.mode)), "group_size": .integer(conversion.groupSize),
        ]
    },
    "qc_quantize_file_convert": { inputs, _ in
        let file = try withTestFile(inputs.integers("bytes").map { UInt8($0) }) { try QuantizeFile($0) }
        let format = try inputs.word("format", default: "gguf")
        let layout = try inputs.word("layout", default: "quantcal")
        var conversion = try QuantizeFileConversion(
            QuantizeFileConversion.Format(rawValue: format)!, type: inputs.word("type", default: ""),
            layout: QuantizeFileConversion.Layout.allCases.first { $0.name == layout }!)
        let granularity = try inputs.word("granularity", default: "group")
        conversion.granularity = granularity == "row" ? .row : granularity == "tensor" ? .tensor : .group
        conversion.mode = try inputs.word("mode", default: "best") == "best" ? .best : .reference
        conversion.groupSize = try inputs.integer("group_size", default: conversion.groupSize)
        conversion.requantizes = try inputs.integer("requantize", default: 0) == 1
        let outcomes =
            try inputs.integer("plan_only", default: 0) == 1
            ? file.plan(conversion)
            : withTestDirectory { try file.convert(to: $0 + "/model", conversion) }
        let outcome = outcomes[try inputs.integer("index")]
        return [
            "type": .text(outcome.type), "action": .text(overlayWord(outcome.action)),
            "bytes": .integer(outcome.byteCount), "error": .float(outcome.error),
            "square": .float(outcome.square), "reason": .text(outcome.reason ?? ""),
        ]
    },
]

@Suite struct QuantizeFileConvertTests {
    @Test func aStoppedConversionGoesOn() throws {
        let file = try withTestFile(Self.model) { try QuantizeFile($0) }
        let conversion = try QuantizeFileConversion(.safetensors, type: "int8")
        try withTestDirectory { directory in
            let (whole, target) = (directory + "/whole", directory + "/target")
            let outcomes = try file.convert(to: whole, conversion)
            #expect(outcomes.map(\.action) == [.quantized, .quantized])
            var calls = 0
            #expect(throws: QuantcalError.self) {
                try file.convert(to: target, conversion) { _ in
                    calls += 1
                    return calls == 2
                }
            }
            #expect(throws: QuantcalError.self) { try QuantizeFile(target) }
            #expect(throws: QuantcalError.self) { try QuantizeFile(whole + "?") }
            var rest = 0
            let again = try file.convert(to: target, conversion) { _ in
                rest += 1
                return false
            }
            #expect(rest == 1, "the first tensor is not made again")
            #expect(again.map(\.error) == outcomes.map(\.error))
            let (one, other) = (try QuantizeFile(whole), try QuantizeFile(target))
            #expect(one.tensors.map(\.name) == other.tensors.map(\.name))
            for index in one.tensors.indices {
                #expect(try one.decode(index).elements == other.decode(index).elements)
            }
        }
    }

    /// Two matrices of 2 x 4 numbers.
    private static var model: [UInt8] {
        let header =
            #"{"a":{"dtype":"F32","shape":[2,4],"data_offsets":[0,32]},"#
            + #""b":{"dtype":"F32","shape":[2,4],"data_offsets":[32,64]}}"#
        let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
        let numbers = (0..<16).flatMap { number in
            withUnsafeBytes(of: Float(number).bitPattern.littleEndian) { Array($0) }
        }
        return length + header.utf8 + numbers
    }
}
