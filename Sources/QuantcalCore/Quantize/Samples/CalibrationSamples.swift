import Glibc

/// Which samples a model is calibrated with: some of many that cover the data, how many of each time step of a
/// diffusion model, or which time steps.
///
/// Sources: Liu et al. (2024), EDA-DM (density and variety); Feng et al. (2025), QuantVGGT (filter and clusters);
/// Shang et al. (2023), PTQ4DM, and Li et al. (2023), Q-Diffusion (time steps). Each function looks at its own
/// fields only.
public struct CalibrationSamples: Equatable, Sendable {
    public enum Method: Int32, CaseIterable, Sendable {
        /// Where samples are dense, and far from those that are chosen already.
        case densityDiversity = 0
        /// Some at random of each cluster.
        case clusters = 1
    }

    /// How time steps are drawn.
    public enum Draw: Int32, CaseIterable, Sendable {
        case even = 0
        case uniform = 1
        case normal = 2
    }

    public var method = Method.densityDiversity
    public var draw = Draw.even
    public var seed: UInt64 = 0
    public var clusters = 5
    /// Of k-means.
    public var restarts = 10
    /// Neighbours have at most this mean squared difference.
    public var radius = 0.3
    /// The weight of diversity beside density.
    public var diversity = 1.0
    /// How many interquartile ranges beyond the quartiles a statistic may lie.
    public var fence = 1.5
    /// Of the normal distribution of time steps, as shares of their number.
    public var mean = 0.4
    public var deviation = 0.5

    public init() {}

    static func require(
        _ value: Double, _ name: String, _ range: ClosedRange<Double>
    ) throws(QuantcalError) {
        guard range.contains(value) else {
            let limit =
                range.upperBound == .greatestFiniteMagnitude
                ? "finite and >= 0" : "\(range.lowerBound) to \(range.upperBound)"
            throw QuantcalError(.options, "\(name) is \(value); it must be \(limit)")
        }
    }

    func requireDensity() throws(QuantcalError) {
        try Self.require(radius, "radius", 0...Double.greatestFiniteMagnitude)
        try Self.require(diversity, "diversity", 0...1e9)
    }
}

/// Rows of a matrix of finite numbers from which samples are chosen.
struct SampleRows {
    let values: UnsafePointer<Float>
    let dimension: Int
    /// The matrix's rows that may be chosen, ascending.
    let rows: UnsafeMutablePointer<Int>
    let count: Int

    /// Every `kept` is 0 or 1; nil: all rows. There is room for as many.
    init(
        _ values: UnsafeBufferPointer<Float>, count: Int, dimension: Int, kept: UnsafeBufferPointer<UInt8>?,
        room: UnsafeMutableBufferPointer<Int>
    ) throws(QuantcalError) {
        try Require.finite(values, "features")
        if let kept { try Require.events(kept, "kept") }
        var found = 0
        for row in 0..<count where kept?[row] != 0 {
            room[found] = row
            found += 1
        }
        // A pointer that nobody follows, where rows have no numbers.
        self.values = values.baseAddress ?? UnsafePointer(bitPattern: MemoryLayout<Float>.alignment)!
        self.dimension = dimension
        rows = room.baseAddress!
        self.count = found
    }

    func row(_ place: Int) -> UnsafePointer<Float> { values + rows[place] * dimension }

    /// The squared distance of two rows: in double, eight neighbours at a time.
    func squaredDistance(_ first: Int, _ second: Int) -> Double {
        let (a, b) = (row(first), row(second))
        var lanes = Lanes.zero
        let whole = dimension / 8 * 8
        for j in stride(from: 0, to: whole, by: 8) {
            let difference = Lanes(at: a + j) - Lanes(at: b + j)
            lanes += difference * difference
        }
        var sum = lanes.sum()
        for j in whole..<dimension {
            let difference = Double(a[j]) - Double(b[j])
            sum += difference * difference
        }
        return sum
    }

    /// Whether the mean squared difference of two rows is at most a radius.
    func areNeighbours(_ first: Int, _ second: Int, _ radius: Double) -> Bool {
        // Among many equal rows comparing bytes is faster.
        memcmp(row(first), row(second), dimension * MemoryLayout<Float>.stride) == 0
            || squaredDistance(first, second) / Double(dimension) <= radius
    }
}

/// Places in the order of their keys, equal ones in their own order: a heap sort, in the memory of the result.
enum KeyedOrder {
    static func ascending(_ keys: UnsafeMutableBufferPointer<UInt64>) throws(QuantcalError) -> Scratch<Int> {
        let order = try Scratch<Int>(keys.count)
        let places = order.buffer
        for index in places.indices { places[index] = index }
        func isBelow(_ a: Int, _ b: Int) -> Bool { keys[a] < keys[b] || (keys[a] == keys[b] && a < b) }
        func sift(_ start: Int, _ end: Int) {
            var parent = start
            while 2 * parent + 1 < end {
                var child = 2 * parent + 1
                if child + 1 < end, isBelow(places[child], places[child + 1]) { child += 1 }
                guard isBelow(places[parent], places[child]) else { return }
                places.swapAt(parent, child)
                parent = child
            }
        }
        for start in stride(from: places.count / 2 - 1, through: 0, by: -1) { sift(start, places.count) }
        for end in stride(from: places.count - 1, to: 0, by: -1) {
            places.swapAt(0, end)
            sift(0, end)
        }
        return order
    }
}
