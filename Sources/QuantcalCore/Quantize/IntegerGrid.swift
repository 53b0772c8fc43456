import CQuantcalKernels

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
typealias IntegerGrid = quantcal_integer_grid

extension IntegerGrid {
    /// The grid for values in a range. 0 is always a level.
    @inline(__always) init<T: WeightElement>(
        _ scheme: IntegerQuantization.Scheme, _ codes: (low: Int32, high: Int32), _ range: ValueRange,
        for type: T.Type
    ) {
        self.init(scale: 1, zero: 0, low: codes.low, high: codes.high)
        let bottom = Double(range.minimum)
        let top = Double(range.maximum)
        guard bottom < 0 || top > 0 else { return }
        switch scheme {
        case .symmetric:
            scale = Float((-bottom > top ? -bottom : top) / Double(high))
            scale = scale < .leastNormalMagnitude ? .leastNormalMagnitude : scale
        case .affine:
            scale = Float((top - bottom) / Double(high))
            scale = scale < .leastNormalMagnitude ? .leastNormalMagnitude : scale
            zero = min(Self.rounded(-range.minimum / scale), high)
        }
        // No type ends before this.
        guard top - bottom > 0x1p+13 else { return }
        // Next to the largest finite number the outermost codes could decode to infinity.
        while !T(single: decode(high)).single.isFinite { high -= 1 }
        while !T(single: decode(low)).single.isFinite { low += 1 }
    }

    /// To nearest, ties to even: adding 1.5 * 2^23 leaves the rounded number in the low bits of the sum.
    @inline(__always) private static func rounded(_ small: Float) -> Int32 {
        Int32(truncatingIfNeeded: (small + 12_582_912).bitPattern) &- 0x4B40_0000
    }

    /// One division, one rounding, and a clip before the conversion to an integer.
    @inline(__always) func encode(_ value: Float) -> UInt8 {
        let quotient = value / scale
        let bounded = quotient < -1024 ? -1024 : (quotient > 1024 ? 1024 : quotient)
        let code = Self.rounded(bounded) &+ zero
        return UInt8(truncatingIfNeeded: code < low ? low : (code > high ? high : code))
    }

    @inline(__always) func decode(_ code: Int32) -> Float { Float(code &- zero) * scale }
}
