/// What a scalar grid is inside: the level of each code, and a partition of all single-precision
/// numbers into intervals, each of which goes to one code.
///
/// Intervals are between keys (`OrderedSingle`), which order every bit pattern: -0 lies below 0, NaN
/// with a sign below and without one above all numbers. So ties, zeros with a sign, infinities and NaN
/// are intervals like any other, and encoding is a count of the interval starts that a key has passed.
struct GridTable {
    /// By code; NaN for codes that are NaN or are not used.
    private(set) var levels: [Float]
    /// The key that each interval begins with, ascending; the first begins with the lowest key.
    private(set) var starts: [Int32] = []
    private(set) var codes: [UInt8] = []
    var formula: GridFormula?

    init(bits: Int) { levels = [Float](repeating: .nan, count: 1 << bits) }

    mutating func setLevel(_ code: UInt8, _ level: Double) { levels[Int(code)] = Float(level) }

    /// Adds the interval that begins with a key.
    mutating func append(_ code: UInt8, from start: Int32) {
        starts.append(start)
        codes.append(code)
    }

    /// A level and its code.
    struct Rung {
        var code: UInt8
        var level: Double
    }

    /// A grid of ascending levels and what lies between each two of them.
    init(bits: Int, _ rungs: [Rung], _ split: (Int) -> SplitPoint) throws(QuantcalError) {
        self.init(bits: bits)
        for (index, rung) in rungs.enumerated() {
            setLevel(rung.code, rung.level)
            append(rung.code, from: index == 0 ? .min : split(index - 1).start)
        }
        try requireLevels(of: codes)
    }

    /// A grid of ascending levels, each of which the numbers nearest to it go to. `tieGoesUp` says of
    /// each two neighbours whether the number halfway goes to the higher one.
    init(nearest rungs: [Rung], bits: Int, tieGoesUp: (Int) -> Bool) throws(QuantcalError) {
        try self.init(bits: bits, rungs) { index in
            SplitPoint(
                between: rungs[index].level, and: rungs[index + 1].level, tieGoesUp: tieGoesUp(index))
        }
    }

    /// Levels, ascending, are single-precision numbers, each another one.
    func requireLevels(of codes: [UInt8]) throws(QuantcalError) {
        for (index, code) in codes.enumerated() {
            let level = levels[Int(code)]
            guard level.isFinite, index == 0 || levels[Int(codes[index - 1])] < level else {
                throw QuantcalError(
                    .options,
                    "levels \(index == 0 ? 0 : index - 1) and \(index), from below, do not fit single precision"
                )
            }
        }
    }
}

/// Where one level's numbers end and the next one's begin.
struct SplitPoint {
    /// The point is value + error, the error being that of a rounding.
    let value: Double
    var error = 0.0
    /// Where the very point goes, if it is a number.
    let tieGoesUp: Bool

    init(at value: Double, tieGoesUp: Bool) {
        (self.value, self.tieGoesUp) = (value, tieGoesUp)
    }

    /// Halfway between two levels, exactly.
    init(between low: Double, and high: Double, tieGoesUp: Bool) {
        let exact = DoubleDouble.twoSum(low, high)
        value = exact.sum / 2
        error = exact.error / 2
        self.tieGoesUp = tieGoesUp
    }

    /// The key of the first number above, or at the point if a tie goes up.
    var start: Int32 {
        let includesValue = error < 0 || (error == 0 && tieGoesUp)
        return OrderedSingle.firstKey(above: value, orAt: includesValue)
    }
}

/// Single-precision numbers by keys: integers in the numbers' order, of every bit pattern.
enum OrderedSingle {
    static let infinity: Int32 = 0x7F80_0000

    @inline(__always) static func key(_ value: Float) -> Int32 {
        let bits = Int32(bitPattern: value.bitPattern)
        return bits ^ ((bits >> 31) & .max)
    }

    /// The number of a key; an infinity for NaN.
    static func number(_ key: Int32) -> Float {
        let number = Float(bitPattern: UInt32(bitPattern: key ^ ((key >> 31) & .max)))
        return number.isNaN ? (key < 0 ? -.infinity : .infinity) : number
    }

    /// The key of the same number with the other sign.
    static func negated(_ key: Int32) -> Int32 { -1 - key }

    /// The lowest number that is above a value, or at least the value; infinity if there is none.
    static func firstKey(above value: Double, orAt includesValue: Bool) -> Int32 {
        var first = Float(value)
        if Double(first) < value || (!includesValue && Double(first) == value) { first = first.nextUp }
        // -0 is the lowest number that equals 0.
        return key(first == 0 ? -0.0 : first)
    }
}
