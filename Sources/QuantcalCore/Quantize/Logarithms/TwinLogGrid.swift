import Glibc

/// The levels of one sign: 2^(first + k step) less an offset.
struct TwinLogSide {
    let first: Double
    let step: Double
    let offset: Double
    let count: Int

    /// The level that nothing but 0 is.
    static let none: Float = -1000

    private func magnitude(_ place: Double) -> Double { exp2(first + place * step) - offset }

    func level(_ k: Int) -> Float {
        let magnitude = min(max(magnitude(Double(k)), 0), Double(Float.greatestFiniteMagnitude))
        return Float(magnitude)
    }

    /// From which magnitude on numbers go beyond level k.
    func end(_ k: Int) -> Double { step > 0 ? magnitude(Double(k) + 0.5) : .infinity }
}

/// The grid of a group: 0, positive levels, negative levels.
struct TwinLogGrid {
    let positive: TwinLogSide
    let negative: TwinLogSide
    private let bits: Int

    init(_ parameters: UnsafePointer<Float>, bits: Int) {
        let offset = Double(parameters[0])
        self.bits = bits
        let half = 1 << (bits - 1)
        positive = TwinLogSide(
            first: Double(parameters[1]), step: Double(parameters[2]), offset: offset, count: half - 1)
        negative = TwinLogSide(
            first: Double(parameters[3]), step: Double(parameters[4]), offset: offset, count: half)
    }

    var levels: [Float] {
        [0] + (0..<positive.count).map(positive.level) + (0..<negative.count).map { -negative.level($0) }
    }

    /// Where numbers go. Intervals of no numbers begin where the next one does.
    var intervals: GridIntervals {
        let half = 1 << (bits - 1)
        let zero = OrderedSingle.key(-0.0)
        var (starts, codes): ([Int32], [UInt8]) = ([.min], [UInt8(half + negative.count - 1)])
        for k in (0..<negative.count - 1).reversed() {
            starts.append(min(OrderedSingle.firstKey(above: -negative.end(k), orAt: false), zero))
            codes.append(UInt8(half + k))
        }
        starts.append(zero)
        codes.append(0)
        let least = OrderedSingle.key(.leastNonzeroMagnitude)
        for k in 0..<positive.count {
            let start = k == 0 ? least : OrderedSingle.firstKey(above: positive.end(k - 1), orAt: true)
            starts.append(max(start, least))
            codes.append(UInt8(1 + k))
        }
        return GridIntervals(starts: starts, codes: codes)
    }
}
