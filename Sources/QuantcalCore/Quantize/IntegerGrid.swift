/// Integer grids of 2 to 8 bits.
public struct IntegerQuantization {
    public enum Scheme: Int32, CaseIterable, Sendable {
        case symmetric = 0
        case affine = 1
    }

    public var bits = 4
    public var scheme = Scheme.symmetric
    public var granularity = Granularity.group
    public var groupSize = 128
    public var progress = Progress.none

    public init() {}

    public typealias Layout = GroupLayout

    /// Checks the options and the sizes.
    public func layout(rows: Int, columns: Int) throws(QuantcalError) -> Layout {
        guard (2...8).contains(bits) else {
            throw QuantcalError(.options, "bits is \(bits); bits must be 2 to 8")
        }
        return try Layout(
            rows: rows, columns: columns, bits: bits, granularity: granularity, groupSize: groupSize)
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
