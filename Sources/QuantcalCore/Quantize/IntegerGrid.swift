/// Integer grids of 2 to 8 bits, and which elements of a matrix share their parameters.
public struct IntegerQuantization {
    public enum Scheme: Int32, CaseIterable, Sendable {
        case symmetric = 0
        case affine = 1
    }

    public enum Granularity: Int32, CaseIterable, Sendable {
        case group = 0
        case row = 1
        case tensor = 2
    }

    public var bits = 4
    public var scheme = Scheme.symmetric
    public var granularity = Granularity.group
    public var groupSize = 128
    public var progress = Progress.none

    public init() {}

    /// Sizes of the parts of a quantized matrix.
    public struct Layout: Sendable {
        public let rows: Int
        public let columns: Int
        /// Bytes of packed codes in a row.
        public let rowBytes: Int
        public let codeBytes: Int
        /// Elements of a row that share a scale.
        let groupColumns: Int
        /// Groups in a row; 0 if one scale serves all rows.
        let groupsInRow: Int
        public let groupCount: Int
    }

    /// Checks the options and the sizes.
    public func layout(rows: Int, columns: Int) throws(QuantcalError) -> Layout {
        guard (2...8).contains(bits) else {
            throw QuantcalError(.options, "bits is \(bits); bits must be 2 to 8")
        }
        guard groupSize >= 1 || granularity != .group else {
            throw QuantcalError(.options, "group_size is \(groupSize); group_size must be at least 1")
        }
        let rowBytes = try PackedCodes.rowBytes(columns: columns, bits: bits)
        let groupColumns = granularity == .group ? min(groupSize, max(columns, 1)) : max(columns, 1)
        let groupsInRow = columns / groupColumns + (columns % groupColumns == 0 ? 0 : 1)
        let (codeBytes, codesOverflow) = rows.multipliedReportingOverflow(by: rowBytes)
        let (groups, groupsOverflow) = rows.multipliedReportingOverflow(by: groupsInRow)
        let (_, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard !codesOverflow, !groupsOverflow, !overflow else {
            throw QuantcalError(.size, "rows * columns is \(rows) * \(columns); the product is too large")
        }
        let isShared = granularity == .tensor
        return Layout(
            rows: rows, columns: columns, rowBytes: rowBytes, codeBytes: codeBytes,
            groupColumns: groupColumns, groupsInRow: isShared ? 0 : groupsInRow,
            groupCount: isShared ? min(groups, 1) : groups)
    }

    /// The lowest and highest code.
    var codeRange: (low: Int32, high: Int32) {
        switch scheme {
        case .symmetric: (1 - (1 << (bits - 1)), (1 << (bits - 1)) - 1)
        case .affine: (0, (1 << bits) - 1)
        }
    }
}

/// The grid of one group: code q stands for (q - zero) * scale.
struct IntegerGrid: BitwiseCopyable {
    var scale: Float = 1
    var zero: Int32 = 0
    var low: Int32
    var high: Int32

    /// The grid for values in a range. 0 is always a level.
    init<T: WeightElement>(_ options: IntegerQuantization, _ range: ValueRange, for type: T.Type) {
        (low, high) = options.codeRange
        guard range.isFinite else {
            scale = .nan
            return
        }
        let bottom = Double(range.minimum)
        let top = Double(range.maximum)
        guard bottom < 0 || top > 0 else { return }
        switch options.scheme {
        case .symmetric:
            scale = max(Float(max(-bottom, top) / Double(high)), .leastNormalMagnitude)
        case .affine:
            scale = max(Float((top - bottom) / Double(high)), .leastNormalMagnitude)
            zero = min(Int32((-range.minimum / scale).rounded(.toNearestOrEven)), high)
        }
        // Next to the largest finite number the outermost codes could decode to infinity.
        while !T(single: decode(high)).single.isFinite { high -= 1 }
        while !T(single: decode(low)).single.isFinite { low += 1 }
    }

    /// False for the grid of values that are not finite.
    var isFinite: Bool { !scale.isNaN }

    /// A grid as stored.
    init(_ options: IntegerQuantization, scale: Float, zero: UInt8) {
        (low, high) = options.codeRange
        self.scale = scale
        self.zero = Int32(zero)
    }

    /// One division, one rounding to nearest even, and a clip before the conversion to an integer:
    /// adding 1.5 * 2^23 leaves the rounded number in the low bits of the sum.
    @inline(__always) func encode(_ value: Float) -> UInt8 {
        let quotient = value / scale
        let bounded = quotient < -1024 ? -1024 : (quotient > 1024 ? 1024 : quotient)
        let shifted = bounded + 12_582_912
        let code = Int32(truncatingIfNeeded: shifted.bitPattern) &- 0x4B40_0000 &+ zero
        return UInt8(truncatingIfNeeded: code < low ? low : (code > high ? high : code))
    }

    @inline(__always) func decode(_ code: Int32) -> Float { Float(code &- zero) * scale }
}

/// The smallest range that holds 0 and some values.
struct ValueRange: BitwiseCopyable {
    var minimum: Float = 0
    var maximum: Float = 0
    var isFinite = true

    static func += (a: inout ValueRange, b: ValueRange) {
        a.minimum = min(a.minimum, b.minimum)
        a.maximum = max(a.maximum, b.maximum)
        a.isFinite = a.isFinite && b.isFinite
    }

    init() {}

    init(_ values: UnsafePointer<Float>, _ count: Int) {
        if let kernel = Kernels.range {
            var flag: Int32 = 0
            kernel(values, count, &minimum, &maximum, &flag)
            isFinite = flag != 0
            return
        }
        for index in 0..<count {
            minimum = values[index] < minimum ? values[index] : minimum
            maximum = values[index] > maximum ? values[index] : maximum
            isFinite = isFinite && values[index].isFinite
        }
    }
}
