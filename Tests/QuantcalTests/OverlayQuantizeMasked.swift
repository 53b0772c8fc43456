/// Vectors of salient elements and of parts of matrices through the Swift overlay.

import Quantcal

let overlayQuantizeMaskedAdapters: [String: VectorAdapter] = [
    "qc_quantize_salient_options_init": { _, _ in
        let values = try Matrix<Float>([(0..<40).map { Float($0) }, (0..<40).map { Float(2 * $0) }])
        let given = try quantizeSalientMask(values).elements
        let fraction = try overlayDefault([0.05, 0.1, 0.2], same: given) {
            try quantizeSalientMask(values, fraction: $0).elements
        }
        let granularity = try overlayDefault([.group, .tensor], same: given) {
            try quantizeSalientMask(values, groups: .init(granularity: $0)).elements
        }
        return [
            "granularity": .text(overlayWord(granularity)),
            "group_size": .integer(QuantizationGroups(granularity: granularity).groupSize),
            "fraction": .float(fraction),
        ]
    },
    "qc_quantize_salient_mask": { inputs, type in
        let values = try inputs.overlayMatrix("values", of: Float.self)
        let groups = QuantizationGroups(
            granularity: try overlayCase(inputs.word("granularity", default: "tensor")),
            groupSize: try inputs.integer("group_size", default: 128))
        let (fraction, factors) = (
            try inputs.double("fraction", default: 0.1), try singles(inputs, "factors")
        )
        let mask =
            switch type {
            case .f16:
                try quantizeSalientMask(
                    overlayHalves(values), fraction: fraction, factors: factors, groups: groups)
            case .bf16:
                try quantizeSalientMask(
                    overlayBFloat16s(values), fraction: fraction, factors: factors, groups: groups)
            default: try quantizeSalientMask(values, fraction: fraction, factors: factors, groups: groups)
            }
        return ["mask": .integers(mask.elements.map { $0 ? 1 : 0 })]
    },
    "qc_quantize_masked_options_init": { _, _ in
        let part = QuantizationPart(mask: try Matrix([[true]]))
        return [
            "granularity": .text(overlayWord(part.groups.granularity)),
            "group_size": .integer(part.groups.groupSize), "selected": .integer(part.selects ? 1 : 0),
        ]
    },
    "qc_quantize_masked_layout": { inputs, _ in
        let layout = try quantizeMaskedLayout(
            rows: inputs.integer("rows"), part: part(inputs), grid: overlayGrid(inputs))
        return [
            "selected_count": .integer(layout.selectedCount), "code_bytes": .integer(layout.codeBytes),
            "group_count": .integer(layout.groupCount),
        ]
    },
    "qc_quantize_masked_range": { inputs, type in
        let values = try inputs.overlayMatrix("values", of: Float.self)
        let (part, grid, rule) = (try part(inputs), try overlayGrid(inputs), try overlayRangeRule(inputs))
        let wantsZeros = try inputs.integer("with_zeros", default: 0) != 0
        let found =
            switch type {
            case .f16:
                try quantizeMaskedRange(
                    overlayHalves(values), part: part, grid: grid, rule: rule, wantsZeros: wantsZeros)
            case .bf16:
                try quantizeMaskedRange(
                    overlayBFloat16s(values), part: part, grid: grid, rule: rule, wantsZeros: wantsZeros)
            default:
                try quantizeMaskedRange(values, part: part, grid: grid, rule: rule, wantsZeros: wantsZeros)
            }
        return ["scales": .floats(found.scales)].merging(
            found.zeros.map { ["zeros": .floats($0)] } ?? [:]
        ) { $1 }
    },
    "qc_quantize_masked_encode": { inputs, type in
        let values = try inputs.overlayMatrix("values", of: Float.self)
        let (part, grid) = (try part(inputs), try overlayGrid(inputs))
        let (scales, zeros) = (try singles(inputs, "scales") ?? [], try singles(inputs, "zeros"))
        let codes =
            switch type {
            case .f16:
                try quantizeMaskedEncode(
                    overlayHalves(values), part: part, grid: grid, scales: scales, zeros: zeros)
            case .bf16:
                try quantizeMaskedEncode(
                    overlayBFloat16s(values), part: part, grid: grid, scales: scales, zeros: zeros)
            default: try quantizeMaskedEncode(values, part: part, grid: grid, scales: scales, zeros: zeros)
            }
        return ["codes": .integers(codes)]
    },
    "qc_quantize_masked_decode": { inputs, type in
        let codes = try inputs.integers("codes").map { UInt8($0) }
        let (part, grid) = (try part(inputs), try overlayGrid(inputs))
        let (scales, zeros) = (try singles(inputs, "scales") ?? [], try singles(inputs, "zeros"))
        let rows = try inputs.integer("rows")
        func zeroed<Element>(_ zero: Element) throws -> Matrix<Element> {
            try Matrix(
                rows: rows, columns: part.mask.columns,
                elements: [Element](repeating: zero, count: rows * part.mask.columns))
        }
        let numbers: [Double]
        switch type {
        case .f16:
            var values = try zeroed(HalfBits(bits: 0))
            try quantizeMaskedDecode(
                codes, part: part, grid: grid, scales: scales, zeros: zeros, into: &values)
            numbers = values.elements.map { Double(Float16(bitPattern: $0.bits)) }
        case .bf16:
            var values = try zeroed(BFloat16Bits(bits: 0))
            try quantizeMaskedDecode(
                codes, part: part, grid: grid, scales: scales, zeros: zeros, into: &values)
            numbers = values.elements.map { Double(Float(bitPattern: UInt32($0.bits) << 16)) }
        default:
            var values = try zeroed(Float(0))
            try quantizeMaskedDecode(
                codes, part: part, grid: grid, scales: scales, zeros: zeros, into: &values)
            numbers = values.elements.map { Double($0) }
        }
        return ["values": .numbers(numbers, inputs.format)]
    },
]

private func singles(_ inputs: VectorInputs, _ key: String) throws -> [Float]? {
    inputs.optional(key) == nil ? nil : try inputs.rounded(key, to: .f32).map { Float($0) }
}

/// A mask of one row is one for all, whether the case says so or not.
private func part(_ inputs: VectorInputs) throws -> QuantizationPart {
    let given = try inputs.matrix("mask")
    _ = try inputs.integer("is_shared", default: 0)
    return QuantizationPart(
        mask: try Matrix(rows: given.rows, columns: given.columns, elements: given.elements.map { $0 != 0 }),
        selects: try inputs.integer("selected", default: 1) != 0, groups: try overlayGroups(inputs))
}

func overlayHalves(_ values: Matrix<Float>) throws -> Matrix<HalfBits> {
    try Matrix(
        rows: values.rows, columns: values.columns,
        elements: values.elements.map { HalfBits(bits: Float16($0).bitPattern) })
}

func overlayBFloat16s(_ values: Matrix<Float>) throws -> Matrix<BFloat16Bits> {
    try Matrix(
        rows: values.rows, columns: values.columns,
        elements: values.elements.map { BFloat16Bits(bits: UInt16($0.bitPattern >> 16)) })
}
