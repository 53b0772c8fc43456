/// Test points in the order of their scores, and the mass of the calibration points before and beside each.
struct ConformalRanking: ~Copyable {
    /// The test points; those with equal keys are tied.
    let order: OrderKeys
    /// By place in that order: the mass of the calibration points before the point, and of those tied with it.
    let below: Scratch<UInt64>
    let tied: Scratch<UInt64>

    var count: Int { below.buffer.count }

    /// Which end of the order comes first.
    enum First {
        case smallest, largest
    }

    /// Column `column` of scores in rows of `columns`.
    init<T: Scalar>(
        calibration: UnsafeBufferPointer<T>, test: UnsafeBufferPointer<T>, column: Int = 0,
        of columns: Int = 1,
        first: First, masses: borrowing ConformalMasses
    ) throws(QuantcalError) {
        let reference = try Self.sorted(calibration, column, columns, first)
        let order = try Self.sorted(test, column, columns, first)
        let (n, m) = (calibration.count / columns, test.count / columns)
        let below = try Scratch<UInt64>(m)
        let tied = try Scratch<UInt64>(m)
        var (next, sum, beside) = (0, UInt64(0), UInt64(0))
        for place in 0..<m {
            let key = order[place].key
            if place == 0 || key != order[place - 1].key {
                sum += beside
                while next < n, reference[next].key < key {
                    sum += masses.calibration(Int(reference[next].index))
                    next += 1
                }
                beside = 0
                while next < n, reference[next].key == key {
                    beside += masses.calibration(Int(reference[next].index))
                    next += 1
                }
            }
            (below.buffer[place], tied.buffer[place]) = (sum, beside)
        }
        self.order = order
        self.below = below
        self.tied = tied
    }

    private static func sorted<T: Scalar>(
        _ scores: UnsafeBufferPointer<T>, _ column: Int, _ columns: Int, _ first: First
    ) throws(QuantcalError) -> OrderKeys {
        let keys = try OrderKeys(scores.count / columns)
        let flip: UInt64 = first == .largest ? .max : 0
        for index in 0..<scores.count / columns {
            let key = Double(scores[index * columns + column]).rankingKey ^ flip
            keys[index] = OrderKeys.Item(key: key, index: Int32(index))
        }
        try keys.sort()
        return keys
    }

    /// The places tied with `start`, the first of them.
    @inline(__always) func group(from start: Int) -> Range<Int> {
        var end = start + 1
        while end < count, order[end].key == order[start].key { end += 1 }
        return start..<end
    }
}

/// Uniform numbers above 0 up to 1, in units of 2^-53: one for each point, one for all, or 1.
struct ConformalUniforms {
    static let one: UInt64 = 1 << 53

    private let philox: Philox?
    private let isShared: Bool
    /// The number of the first point.
    private let first: UInt64

    init(_ philox: Philox?, isShared: Bool = false, first: UInt64 = 0) {
        (self.philox, self.isShared, self.first) = (philox, isShared, first)
    }

    /// Whether not all are 1.
    var areRandom: Bool { philox != nil }

    @inline(__always) func units(_ index: Int) -> UInt64 {
        guard let philox else { return Self.one }
        return Self.one - philox.units(isShared ? 0 : first &+ UInt64(index))
    }
}
