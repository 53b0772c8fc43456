/// A scalar grid ready for use.
public struct CompiledGrid: Sendable {
    public let grid: ScalarGrid
    /// The level of each code; NaN for codes that are NaN or are not used.
    public let levels: [Float]
    /// The outermost finite levels.
    let lowest: Float
    let highest: Float
    let nearest: GridIntervals
    /// The bits of the largest magnitude that may be encoded.
    let largestBits: UInt32

    init(_ grid: ScalarGrid, _ table: GridTable) {
        self.grid = grid
        levels = table.levels
        let finite = levels.filter(\.isFinite)
        lowest = finite.min() ?? 0
        highest = finite.max() ?? 0
        nearest = GridIntervals(starts: table.starts, codes: table.codes)
        let hasNaN = table.codes.contains { table.levels[Int($0)].isNaN }
        let isFloat = grid.kind == .float
        largestBits = hasNaN ? .max : (isFloat ? Float.infinity : .greatestFiniteMagnitude).bitPattern
    }

    public func layout(
        rows: Int, columns: Int, granularity: Granularity, groupSize: Int
    ) throws(QuantcalError) -> GroupLayout {
        try GroupLayout(
            rows: rows, columns: columns, bits: grid.bits, granularity: granularity, groupSize: groupSize)
    }
}

/// A partition of the keys into intervals, to look keys up in.
struct GridIntervals: Sendable {
    /// The starts of all intervals but the first, then keys that none is above, to a power of two.
    private let starts: [Int32]
    /// Of the intervals; the last again where the padding counts, which is for the largest key only.
    private let codes: [UInt8]
    /// Intervals but the first.
    private let count: Int

    init(starts: [Int32], codes: [UInt8]) {
        count = starts.count - 1
        var size = 4
        while size <= count { size *= 2 }
        self.starts = starts.dropFirst() + [Int32](repeating: .max, count: size - count)
        self.codes = codes + [UInt8](repeating: codes[count], count: size - count)
    }

    /// So many starts are faster compared with all, many keys at a time, than searched.
    private static let fewStarts = 16

    /// The code of each number's interval: of value / scale + zero.
    func encode(
        _ values: UnsafePointer<Float>, _ count: Int, scale: Float, zero: Float,
        _ result: UnsafeMutablePointer<UInt8>
    ) {
        // -0 changes no number, not even -0.
        let zero = zero == 0 ? -0.0 : zero
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * GroupLayout.chunk) { memory in
            let keys = memory.baseAddress!
            for index in 0..<count { keys[index] = OrderedSingle.key(values[index] / scale + zero) }
            let passed = keys + GroupLayout.chunk
            for index in 0..<count { passed[index] = 0 }
            starts.withUnsafeBufferPointer { starts in
                if self.count <= Self.fewStarts {
                    Self.compareAll(keys, count, starts.baseAddress!, self.count, passed)
                } else {
                    Self.search(keys, count, starts, passed)
                }
            }
            codes.withUnsafeBufferPointer { codes in
                let codes = codes.baseAddress!
                for index in 0..<count { result[index] = codes[Int(passed[index])] }
            }
        }
    }

    /// The starts that each key has passed, four starts at a time.
    private static func compareAll(
        _ keys: UnsafePointer<Int32>, _ count: Int, _ starts: UnsafePointer<Int32>, _ startCount: Int,
        _ passed: UnsafeMutablePointer<Int32>
    ) {
        for first in stride(from: 0, to: startCount, by: 4) {
            let (a, b, c, d) = (starts[first], starts[first + 1], starts[first + 2], starts[first + 3])
            for index in 0..<count {
                let key = keys[index]
                passed[index] &+=
                    (key >= a ? 1 : 0) &+ (key >= b ? 1 : 0) &+ (key >= c ? 1 : 0)
                    &+ (key >= d ? 1 : 0)
            }
        }
    }

    /// The same by halves, without branches: a step for all keys, then the next, so that none waits.
    private static func search(
        _ keys: UnsafePointer<Int32>, _ count: Int, _ starts: UnsafeBufferPointer<Int32>,
        _ passed: UnsafeMutablePointer<Int32>
    ) {
        var step = Int32(starts.count / 2)
        let starts = starts.baseAddress!
        while step > 0 {
            let middle = starts + Int(step - 1)
            for index in 0..<count {
                let first = passed[index]
                passed[index] = first &+ (middle[Int(first)] <= keys[index] ? step : 0)
            }
            step /= 2
        }
    }
}
