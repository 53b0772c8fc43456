/// Weights as whole numbers, so that their sums are exact and a comparison with a share of the total is
/// one of integers.
///
/// A group of n points whose largest weight is below 2^e has the unit 2^(e + ceil(log2(n + 1)) - 120): all its
/// weights together are less than 2^120 units. Weights up to 2^(66 - log2 n) times smaller than the largest
/// are multiples of it. A smaller one may not be; it is rounded down and counted in `rounded`, so that
/// what is missing is known to be less than so many units.
struct CalibrationUnit: BitwiseCopyable {
    private static let bits = 120

    /// The unit is 2 to this power.
    let exponent: Int
    private(set) var rounded = 0

    init(largest: Double, count: Int) {
        let above = largest > 0 ? Int(largest.exponent) + 1 : 0
        exponent = above + (Int.bitWidth - count.leadingZeroBitCount) - Self.bits
    }

    /// A weight of the group in units, rounded down.
    @inline(__always) mutating func units(_ weight: Double) -> UInt128 {
        let (digits, shift) = parts(weight)
        if shift >= 0 { return UInt128(digits) << shift }
        let result = digits >> -shift
        if result << -shift != digits { rounded += 1 }
        return UInt128(result)
    }

    /// Any finite weight in units, rounded up; nil if it is more than 2^60 times as much as a group may have.
    @inline(__always) func unitsAbove(_ weight: Double) -> UInt256? {
        let (digits, shift) = parts(weight)
        if shift >= 0 { return shift > 128 ? nil : UInt256(digits, shiftedLeft: shift) }
        let result = digits >> -shift
        return UInt256(UInt128(result) + (result << -shift == digits ? 0 : 1))
    }

    /// A weight in units, to the nearest double; it may be infinite.
    @inline(__always) func scaled(_ weight: Double) -> Double {
        Double(sign: .plus, exponent: -exponent, significand: weight)
    }

    /// weight = digits * 2^shift units.
    @inline(__always) private func parts(_ weight: Double) -> (digits: UInt64, shift: Int) {
        let field = Int(weight.exponentBitPattern)
        let digits = weight.significandBitPattern | (field > 0 ? 1 << 52 : 0)
        return (digits, max(field, 1) - 1075 - exponent)
    }
}

/// Running sums of the weights in each group; of weights that are all 1 nothing is kept.
struct CalibrationSums<Item: CalibrationItem>: ~Copyable {
    private let sums: Scratch<UInt128>
    private let units: Scratch<CalibrationUnit>

    init(
        _ items: UnsafeBufferPointer<Item>, _ starts: UnsafeBufferPointer<Int>
    ) throws(QuantcalError) {
        let sums = try Scratch<UInt128>(Item.isWeighted ? items.count : 0)
        let units = try Scratch<CalibrationUnit>(Item.isWeighted ? starts.count - 1 : 0)
        for group in units.buffer.indices {
            let range = starts[group]..<starts[group + 1]
            var unit = CalibrationUnit(
                largest: items[range].reduce(0) { max($0, $1.weight) }, count: range.count)
            var sum: UInt128 = 0
            for index in range {
                sum += unit.units(items[index].weight)
                sums.buffer[index] = sum
            }
            units.buffer[group] = unit
        }
        self.sums = sums
        self.units = units
    }

    @inline(__always) func group(
        _ index: Int, _ items: UnsafeBufferPointer<Item>, _ range: Range<Int>
    ) -> CalibrationGroup<Item> {
        let members = UnsafeBufferPointer(rebasing: items[range])
        guard Item.isWeighted else {
            return CalibrationGroup(
                members, CalibrationUnit(largest: 1, count: range.count), sums: nil)
        }
        return CalibrationGroup(
            members, units.buffer[index], sums: sums.buffer.baseAddress! + range.lowerBound)
    }
}
