import CQuantcalKernels
import Glibc

/// Small floating-point numbers: any split of at most eight bits into sign, exponent and mantissa, any
/// bias, with and without infinities and NaN.
///
/// Source: Micikevicius et al. (2022) and the OCP microscaling formats. With `overflow: .ieee` the
/// conversions are those of ml_dtypes; a real-valued bias is LLM-FP4's (Liu et al., 2023).
extension ScalarGrid {
    func floatTable() throws(QuantcalError) -> GridTable {
        let format = try SmallFloat(self)
        let positive = format.positiveIntervals(overflow)
        var table = GridTable(bits: bits)
        table.formula = format.formula(overflow)
        for code in format.finiteCodes { table.setLevel(code, format.level(code)) }
        try table.requireLevels(of: Array(format.finiteCodes))
        if let infinity = format.infinity { table.setLevel(infinity, .infinity) }
        if isSigned {
            for code in format.finiteCodes where format.negative(code) != code {
                table.setLevel(format.negative(code), -format.level(code))
            }
            if let infinity = format.infinity { table.setLevel(format.negative(infinity), -.infinity) }
            // The mirror image: where the next interval begins is where this one ends.
            for (index, interval) in positive.enumerated().reversed() {
                let start = index + 1 < positive.count ? -positive[index + 1].start : .min
                table.append(format.negative(interval.code), from: start)
            }
            for interval in positive { table.append(interval.code, from: interval.start) }
        } else {
            if let nan = format.nan { table.append(nan, from: .min) }
            table.append(0, from: format.startOfZero(overflow))
            for interval in positive.dropFirst() { table.append(interval.code, from: interval.start) }
        }
        return table
    }
}

/// The magnitudes of a format.
private struct SmallFloat {
    let mantissaBits: Int
    let isExponent: Bool
    let sign: UInt8
    let isFNUZ: Bool
    /// The codes of finite magnitudes, which begin with 0.
    let finiteCodes: ClosedRange<UInt8>
    let infinity: UInt8?
    let nan: UInt8?
    /// The bias is `wholeBias` and a fraction, which is a factor.
    let wholeBias: Int
    let factor: Double

    init(_ grid: ScalarGrid) throws(QuantcalError) {
        try Self.check(grid)
        let magnitudeBits = grid.bits - (grid.isSigned ? 1 : 0)
        mantissaBits = magnitudeBits - grid.exponentBits
        isExponent = grid.specials == .exponent
        isFNUZ = grid.specials == .fnuz
        sign = grid.isSigned ? UInt8(1) << magnitudeBits : 0
        wholeBias = Int(grid.bias.rounded(.down))
        factor = exp2(Double(wholeBias) - grid.bias)
        let ones = UInt8((1 << magnitudeBits) - 1)
        switch grid.specials {
        case .none: (finiteCodes, infinity, nan) = (0...ones, nil, nil)
        case .fnuz: (finiteCodes, infinity, nan) = (0...ones, nil, sign)
        case .fn, .exponent: (finiteCodes, infinity, nan) = (0...ones - 1, nil, ones)
        case .ieee:
            let largest = ones - UInt8((1 << mantissaBits) - 1)
            (finiteCodes, infinity, nan) = (0...largest - 1, largest, largest | 1 << (mantissaBits - 1))
        }
    }

    private static func check(_ grid: ScalarGrid) throws(QuantcalError) {
        try grid.requireBits(1...8, "a small float")
        let most = grid.bits - (grid.isSigned ? 1 : 0)
        guard grid.exponentBits >= 1, grid.exponentBits <= most else {
            throw QuantcalError(
                .options, "exponent_bits is \(grid.exponentBits); here it must be 1 to \(most)")
        }
        guard grid.bias >= -1000, grid.bias <= 1000 else {
            throw QuantcalError(.options, "bias is \(grid.bias); it must be within 1000 of 0")
        }
        let isPossible =
            switch grid.specials {
            case .none, .fn: true
            case .ieee: grid.exponentBits < most
            case .fnuz: grid.isSigned
            case .exponent: !grid.isSigned && grid.exponentBits == most
            }
        guard isPossible else {
            throw QuantcalError(
                .options,
                "specials is \(grid.specials.rawValue); \(grid.bits) bits, \(grid.exponentBits) of them of the "
                    + "exponent, \(grid.isSigned ? "with" : "without") a sign cannot have them")
        }
    }

    /// The magnitude of a code, or of one that would follow the last, without the bias's fraction.
    private func magnitude(_ code: Int) -> Double {
        let exponent = code >> mantissaBits
        let mantissa = code & ((1 << mantissaBits) - 1)
        if isExponent { return Double(sign: .plus, exponent: code - wholeBias, significand: 1) }
        let significand = exponent == 0 ? mantissa : mantissa + (1 << mantissaBits)
        return Double(
            sign: .plus, exponent: max(exponent, 1) - wholeBias - mantissaBits,
            significand: Double(significand))
    }

    func level(_ code: UInt8) -> Double { magnitude(Int(code)) * factor }

    func negative(_ code: UInt8) -> UInt8 { isFNUZ && code == 0 ? 0 : code | sign }

    /// Where a code's interval begins: halfway from the code before, a tie going to the even code.
    private func start(_ code: Int) -> Int32 {
        // Few bits, so that the sum is exact.
        let middle = (magnitude(code - 1) + magnitude(code)) / 2 * factor
        return SplitPoint(at: middle, tieGoesUp: isExponent || code & 1 == 0).start
    }

    /// The intervals from 0 up.
    func positiveIntervals(_ overflow: ScalarGrid.Overflow) -> [(code: UInt8, start: Int32)] {
        var intervals = finiteCodes.map { (code: $0, start: $0 == 0 ? 0 : start(Int($0))) }
        if overflow == .ieee, let beyond = infinity ?? nan {
            intervals.append((beyond, min(start(Int(finiteCodes.upperBound) + 1), OrderedSingle.infinity)))
        }
        if let nan { intervals.append((nan, OrderedSingle.infinity + 1)) }
        return intervals
    }

    /// Rounding by the bits of single precision, where levels other than the smallest are normal numbers.
    func formula(_ overflow: ScalarGrid.Overflow) -> GridFormula? {
        guard factor == 1, !isExponent, (-90...127).contains(wholeBias) else { return nil }
        let largest = Int32(finiteCodes.upperBound)
        let beyond = overflow == .ieee ? (infinity ?? nan).map { Int32($0) } ?? largest : largest
        let step = Float(sign: .plus, exponent: 24 - wholeBias - mantissaBits, significand: 1)
        let smallest = Float(sign: .plus, exponent: 1 - wholeBias, significand: 1)
        let (limit, lift) = sum(beyond: beyond, largest: largest, smallest.bitPattern)
        return .float(
            quantcal_float_grid(
                step: step, offset: Int32(127 - wholeBias) << 23, shift: Int32(23 - mantissaBits),
                smallest_normal: Int32(smallest.bitPattern), largest: largest, beyond: beyond,
                nan: nan.map { Int32($0) } ?? beyond, sign: Int32(sign),
                sign_of_zero: isFNUZ ? 0 : Int32(sign), limit: limit, lift: lift))
    }

    /// Rounding by a sum with a power of two, where what is beyond the largest number follows it or goes to
    /// it. Numbers as large as the limit all have one code.
    ///
    /// Of the sum's bits the last ones are whole steps, and what `exponent >> shift` begins with is taken
    /// from them; it is even, so that ties stay what they are.
    private func sum(
        beyond: Int32, largest: Int32, _ smallestNormal: UInt32
    ) -> (limit: Float, lift: Int32) {
        let limit = magnitude(Int(beyond))
        guard sign != 0, !isFNUZ, mantissaBits >= 1, beyond - largest <= 1, beyond >= largest,
            limit < 0x1p60
        else { return (0, 0) }
        let first = smallestNormal >> UInt32(23 - mantissaBits)
        return (Float(limit), Int32(23 - mantissaBits) << 23 + Int32((0 &- first) & 0xFF))
    }

    /// Where the interval of the lowest code begins if there is no sign: what is below has none better.
    func startOfZero(_ overflow: ScalarGrid.Overflow) -> Int32 {
        if isExponent, overflow == .ieee { return 1 }
        return nan == nil ? .min : -1 - OrderedSingle.infinity
    }
}
