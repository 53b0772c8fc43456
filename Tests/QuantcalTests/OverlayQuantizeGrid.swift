/// Vectors of scalar grids through the Swift overlay.

import Quantcal

let overlayQuantizeGridAdapters: [String: VectorAdapter] = [
    "qc_quantize_grid_init": { inputs, _ in
        let grid = try namedGrid(inputs)
        return [
            "kind": .text(overlayWord(grid.kind)), "bits": .integer(grid.bits),
            "is_signed": .integer(grid.isSigned ? 1 : 0), "is_narrow": .integer(grid.isNarrow ? 1 : 0),
            "exponent_bits": .integer(grid.exponentBits), "specials": .text(overlayWord(grid.specials)),
            "overflow": .text(overlayWord(grid.overflow)), "bias": .float(grid.bias),
            "parameter": .float(grid.parameter), "levels": .floats(grid.levels),
        ]
    },
    "qc_quantize_grid_levels": { inputs, _ in
        ["levels": .floats(try quantizeGridLevels(overlayGrid(inputs)))]
    },
    "qc_quantize_grid_options_init": { _, _ in
        let groups = QuantizationGroups()
        return [
            "granularity": .text(overlayWord(groups.granularity)), "group_size": .integer(groups.groupSize),
        ]
    },
    "qc_quantize_grid_layout": { inputs, _ in
        let layout = try quantizeGridLayout(
            rows: inputs.integer("rows"), columns: inputs.integer("columns"), grid: overlayGrid(inputs),
            groups: overlayGroups(inputs))
        return ["code_bytes": .integer(layout.codeBytes), "group_count": .integer(layout.groupCount)]
    },
    "qc_quantize_grid_scales": { inputs, type in
        let values = try inputs.overlayMatrix("values", of: Float.self)
        let (grid, groups) = (try overlayGrid(inputs), try overlayGroups(inputs))
        let scales =
            switch type {
            case .f16: try quantizeGridScales(values.mapped(half), grid: grid, groups: groups)
            case .bf16: try quantizeGridScales(values.mapped(bfloat16), grid: grid, groups: groups)
            default: try quantizeGridScales(values, grid: grid, groups: groups)
            }
        return ["scales": .floats(scales)]
    },
    "qc_quantize_grid_encode": encode,
    "qc_quantize_grid_decode": decode,
    "qc_quantize_grid_neighbours": { inputs, _ in
        let (scales, zeros) = try parameters(inputs)
        let neighbours = try quantizeGridNeighbours(
            inputs.overlayMatrix("values", of: Float.self), grid: overlayGrid(inputs), scales: scales,
            zeros: zeros,
            groups: overlayGroups(inputs))
        return ["lower": .integers(neighbours.lower), "upper": .integers(neighbours.upper)]
    },
    "qc_quantize_grid_fake_options_init": { _, _ in
        let groups = QuantizationGroups()
        let values = try Matrix<Float>([[-9, 9, 7, 7.4]])
        let rules = QuantizationGradient.allCases
        let rule = try overlayDefault(
            rules, same: quantizeGridFake(values, grid: .init(), scales: [1], upstream: values)
        ) { try quantizeGridFake(values, grid: .init(), scales: [1], upstream: values, gradient: $0) }
        return [
            "granularity": .text(overlayWord(groups.granularity)), "group_size": .integer(groups.groupSize),
            "gradient": .text(overlayWord(rule)),
        ]
    },
    "qc_quantize_grid_fake": { inputs, _ in
        let (scales, zeros) = try parameters(inputs)
        let hasUpstream = inputs.optional("upstream") != nil
        let fake = try quantizeGridFake(
            inputs.overlayMatrix("values", of: Float.self), grid: overlayGrid(inputs), scales: scales,
            zeros: zeros,
            upstream: hasUpstream ? inputs.overlayMatrix("upstream", of: Float.self) : nil,
            gradient: overlayCase(inputs.word("gradient", default: "clipped")), groups: overlayGroups(inputs))
        return [
            "quantized": .floats(fake.quantized.elements),
            "value_gradients": .floats(fake.valueGradients?.elements ?? []),
            "scale_gradients": .floats(fake.scaleGradients ?? []),
        ]
    },
]

private func half(_ value: Float) -> HalfBits { HalfBits(bits: Float16(value).bitPattern) }
private func bfloat16(_ value: Float) -> BFloat16Bits { BFloat16Bits(bits: UInt16(value.bitPattern >> 16)) }

private func namedGrid(_ inputs: VectorInputs) throws -> QuantizationGrid {
    inputs.optional("grid") == nil
        ? try quantizationGrid() : try quantizationGrid(inputs.word("grid", default: ""))
}

/// The grid of the name, with the fields that the case gives.
func overlayGrid(_ inputs: VectorInputs) throws -> QuantizationGrid {
    var grid = try namedGrid(inputs)
    grid.kind = try overlayCase(inputs.word("kind", default: overlayWord(grid.kind)))
    grid.bits = try inputs.integer("bits", default: grid.bits)
    grid.isSigned = try inputs.integer("is_signed", default: grid.isSigned ? 1 : 0) != 0
    grid.isNarrow = try inputs.integer("is_narrow", default: grid.isNarrow ? 1 : 0) != 0
    grid.exponentBits = try inputs.integer("exponent_bits", default: grid.exponentBits)
    grid.specials = try overlayCase(inputs.word("specials", default: overlayWord(grid.specials)))
    grid.overflow = try overlayCase(inputs.word("overflow", default: overlayWord(grid.overflow)))
    grid.bias = try inputs.double("bias", default: grid.bias)
    grid.parameter = try inputs.double("parameter", default: grid.parameter)
    if inputs.optional("levels") != nil {
        grid.levels = try inputs.rounded("levels", to: .f32).map { Float($0) }
    }
    return grid
}

func overlayGroups(_ inputs: VectorInputs) throws -> QuantizationGroups {
    QuantizationGroups(
        granularity: try overlayCase(inputs.word("granularity", default: "group")),
        groupSize: try inputs.integer("group_size", default: 128))
}

private func parameters(_ inputs: VectorInputs) throws -> (scales: [Float], zeros: [Float]?) {
    let scales = try inputs.rounded("scales", to: .f32).map { Float($0) }
    let hasZeros = inputs.optional("zeros") != nil
    return (scales, hasZeros ? try inputs.rounded("zeros", to: .f32).map { Float($0) } : nil)
}

@Sendable private func encode(_ inputs: VectorInputs, _ type: VectorType) throws -> [String: VectorOutput] {
    let values = try inputs.overlayMatrix("values", of: Float.self)
    let (grid, groups) = (try overlayGrid(inputs), try overlayGroups(inputs))
    let (scales, zeros) = try parameters(inputs)
    let codes =
        switch type {
        case .f16:
            try quantizeGridEncode(
                values.mapped(half), grid: grid, scales: scales, zeros: zeros, groups: groups)
        case .bf16:
            try quantizeGridEncode(
                values.mapped(bfloat16), grid: grid, scales: scales, zeros: zeros, groups: groups)
        default: try quantizeGridEncode(values, grid: grid, scales: scales, zeros: zeros, groups: groups)
        }
    return ["codes": .integers(codes)]
}

@Sendable private func decode(_ inputs: VectorInputs, _ type: VectorType) throws -> [String: VectorOutput] {
    let (scales, zeros) = try parameters(inputs)
    let codes = GridCodes(
        rows: try inputs.integer("rows"), columns: try inputs.integer("columns"),
        grid: try overlayGrid(inputs),
        codes: try inputs.integers("codes").map { UInt8($0) }, scales: scales, zeros: zeros,
        groups: try overlayGroups(inputs))
    let values: [Double] =
        switch type {
        case .f16:
            try quantizeGridDecodeToHalf(codes).elements.map { Double(Float16(bitPattern: $0.bits)) }
        case .bf16:
            try quantizeGridDecodeToBFloat16(codes).elements.map {
                Double(Float(bitPattern: UInt32($0.bits) << 16))
            }
        default: try quantizeGridDecode(codes).elements.map { Double($0) }
        }
    return ["values": .numbers(values, inputs.format)]
}

extension Matrix {
    fileprivate func mapped<Other>(_ transform: (Element) -> Other) throws -> Matrix<Other> {
        try Matrix<Other>(rows: rows, columns: columns, elements: elements.map(transform))
    }
}
