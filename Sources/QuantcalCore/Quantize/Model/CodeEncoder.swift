/// The codes of our own layout: integers, whose scheme may have zero points, or any named grid with the
/// smallest scales that hold every value.
struct CodeEncoder {
    private enum Kind {
        case integer(IntegerQuantization)
        case grid(CompiledGrid)
    }

    private let kind: Kind
    private let groupSize: Int
    private let bits: Int
    let hasZeros: Bool

    init(_ options: ModelQuantization) throws(QuantcalError) {
        groupSize = options.groupSize
        switch options.target {
        case .integer(let bits, let scheme):
            var integer = IntegerQuantization()
            (integer.bits, integer.scheme, integer.groupSize) = (bits, scheme, groupSize)
            (kind, self.bits, hasZeros) = (.integer(integer), bits, scheme == .affine)
        case .grid(let name):
            let grid = try ScalarGrid.named(name)
            (kind, bits, hasZeros) = (.grid(try grid.compiled()), grid.bits, false)
        case .blocks, .floats:
            throw QuantcalError(.options, "\(options.typeName) is not for this library's own layout")
        }
    }

    func layout(rows: Int, columns: Int) throws(QuantcalError) -> GroupLayout {
        try GroupLayout(rows: rows, columns: columns, bits: bits, granularity: .group, groupSize: groupSize)
    }

    /// Codes, scales and zero points of some rows, and the numbers that they stand for, which take the
    /// place of the values.
    func run(
        _ values: UnsafeMutablePointer<Float>, _ layout: GroupLayout, codes: UnsafeMutablePointer<UInt8>,
        scales: UnsafeMutablePointer<Float>, zeros: UnsafeMutablePointer<UInt8>,
        decoded: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        switch kind {
        case .integer(let integer):
            try integer.encode(
                values, layout,
                into: IntegerQuantization.Codes(packed: codes, scales: scales, zeros: zeros))
        case .grid(let grid):
            try grid.scales(of: values, layout, .none, into: scales)
            let parameters = CompiledGrid.Parameters(
                scales: UnsafeBufferPointer(start: scales, count: layout.groupCount), zeros: nil)
            try grid.encode(values, layout, parameters, .none, into: codes)
        }
        try decode(
            codes, UnsafeBufferPointer(start: scales, count: layout.groupCount),
            UnsafeBufferPointer(start: zeros, count: layout.groupCount), layout, into: decoded)
    }

    func decode(
        _ codes: UnsafePointer<UInt8>, _ scales: UnsafeBufferPointer<Float>,
        _ zeros: UnsafeBufferPointer<UInt8>, _ layout: GroupLayout, into decoded: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        switch kind {
        case .integer(let integer):
            try integer.decode(
                IntegerQuantization.StoredCodes(packed: codes, scales: scales, zeros: zeros), layout,
                into: decoded)
        case .grid(let grid):
            try grid.decode(codes, layout, .init(scales: scales, zeros: nil), .none, into: decoded)
        }
    }
}
