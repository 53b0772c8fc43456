import CQuantcalKernels

/// A partition of the keys into intervals, to look keys up in.
struct GridIntervals: Sendable {
    /// The starts of all intervals but the first, then keys that none is above, to a power of two.
    let starts: [Int32]
    /// Of the intervals; the last again where the padding counts, which is for the largest key only.
    private let codes: [Int32]
    /// Intervals but the first.
    private let count: Int
    /// The last start of each sixteenth.
    private let coarse: [Int32]
    /// What gives the same codes faster than the intervals.
    let kernel: Kernel
    /// The same again, for numbers that are not NaN; what is faster than a search and than a formula for small
    /// floats.
    let buckets: quantcal_buckets?

    enum Kernel {
        case formula(GridFormula)
        case few(quantcal_few_intervals)
        case many
    }

    init(starts: [Int32], codes: [UInt8], formula: GridFormula? = nil) {
        count = starts.count - 1
        var size = 16
        while size <= count { size *= 2 }
        self.starts = starts.dropFirst() + [Int32](repeating: .max, count: size - count)
        self.codes = codes.map { Int32($0) } + [Int32](repeating: Int32(codes[count]), count: size - count)
        let all = self.starts
        coarse = (1...16).map { all[$0 * (size / 16) - 1] }
        let isWhole = if case .whole = formula { true } else { false }
        buckets = isWhole ? nil : quantcal_buckets(starts: starts, codes: codes)
        if let formula {
            kernel = .formula(formula)
        } else if count < 16 {
            var few = quantcal_few_intervals()
            Self.fill(&few.starts, self.starts)
            Self.fill(&few.codes, self.codes)
            kernel = .few(few)
        } else {
            kernel = .many
        }
    }

    /// Sixteen numbers of an array of C.
    private static func fill<Numbers>(_ numbers: inout Numbers, _ values: [Int32]) {
        withUnsafeMutableBytes(of: &numbers) { $0.copyBytes(from: values[..<16].withUnsafeBytes(Array.init)) }
    }

    /// Each interval's first number and code, ascending. NaN stands beyond infinity on its side.
    var numbered: [(start: Float, code: UInt8)] {
        zip([.min] + starts[..<count], codes).map {
            (OrderedSingle.number($0), UInt8(truncatingIfNeeded: $1))
        }
    }

    /// The code of each number's interval: of value / scale + zero, in a grid of whole numbers rounded
    /// before the whole part of the zero point is added. At most a stretch; what belongs to groups begins
    /// with the run's first. Returns the bits of the largest magnitude of the values.
    @discardableResult
    func encode<T: WeightElement>(
        _ values: UnsafePointer<T>, _ run: GroupRun, scales: UnsafePointer<Float>,
        zeros: UnsafePointer<Float>?, _ result: UnsafeMutablePointer<UInt8>
    ) -> UInt32 {
        if let largest = encode(values.forKernel, run, scales, zeros, result) {
            return UInt32(bitPattern: largest)
        }
        var largest: UInt32 = 0
        withSingles(values, run.count) {
            encodeReference($0, run, scales: scales, zeros: zeros, result)
            largest = Self.largestMagnitude($0, run.count)
        }
        return largest
    }

    /// As its bits.
    static func largestMagnitude(_ values: UnsafePointer<Float>, _ count: Int) -> UInt32 {
        var largest: UInt32 = 0
        for index in 0..<count { largest = max(largest, values[index].bitPattern & 0x7FFF_FFFF) }
        return largest
    }

    /// By a kernel; nil if there is none.
    private func encode(
        _ elements: quantcal_elements, _ run: GroupRun, _ scales: UnsafePointer<Float>,
        _ zeros: UnsafePointer<Float>?, _ result: UnsafeMutablePointer<UInt8>
    ) -> Int32? {
        let groups = run.forKernel
        if var buckets, let kernel = Kernels.encodeBuckets {
            return kernel(elements, run.count, groups, scales, zeros, &buckets, result)
        }
        switch kernel {
        case .formula(.whole(var grid)):
            return Kernels.encodeWhole?(elements, run.count, groups, scales, zeros, &grid, result)
        case .formula(.float(var grid)):
            return Kernels.encodeFloat?(elements, run.count, groups, scales, zeros, &grid, result)
        case .few(var intervals):
            return Kernels.encodeFew?(elements, run.count, groups, scales, zeros, &intervals, result)
        case .many:
            guard let kernel = Kernels.encodeMany else { return nil }
            var largest: Int32 = 0
            withIntervals { largest = kernel(elements, run.count, groups, scales, zeros, $0, result) }
            return largest
        }
    }

    /// The same for at most a chunk with one scale.
    func encode(
        _ values: UnsafePointer<Float>, _ count: Int, scale: Float, zero: Float,
        _ result: UnsafeMutablePointer<UInt8>
    ) {
        withUnsafePointer(to: scale) { scale in
            withUnsafePointer(to: zero) { zero in
                _ = encode(values, GroupRun(inOneGroup: count), scales: scale, zeros: zero, result)
            }
        }
    }

    func withIntervals(_ body: (UnsafePointer<quantcal_many_intervals>) -> Void) {
        starts.withUnsafeBufferPointer { starts in
            codes.withUnsafeBufferPointer { codes in
                coarse.withUnsafeBufferPointer { coarse in
                    var intervals = quantcal_many_intervals(
                        starts: starts.baseAddress, codes: codes.baseAddress, coarse: coarse.baseAddress,
                        size: Int32(starts.count))
                    body(&intervals)
                }
            }
        }
    }
}

/// The reference.
extension GridIntervals {
    /// So many starts are faster compared with all, many keys at a time, than searched.
    private static let fewStarts = 16

    func encodeReference(
        _ values: UnsafePointer<Float>, _ run: GroupRun, scales: UnsafePointer<Float>,
        zeros: UnsafePointer<Float>?, _ result: UnsafeMutablePointer<UInt8>
    ) {
        run.forEachSegment { group, segment in
            encodeReference(
                values + segment.lowerBound, segment.count, scale: scales[group], zero: zeros?[group] ?? 0,
                result + segment.lowerBound)
        }
    }

    /// At most a chunk.
    private func encodeReference(
        _ values: UnsafePointer<Float>, _ count: Int, scale: Float, zero: Float,
        _ result: UnsafeMutablePointer<UInt8>
    ) {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * GroupLayout.chunk) { memory in
            let keys = memory.baseAddress!
            lookUp(values, count, scale, zero, keys)
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
                for index in 0..<count {
                    result[index] = UInt8(truncatingIfNeeded: codes[Int(passed[index])])
                }
            }
        }
    }

    /// The keys of the numbers whose intervals count.
    private func lookUp(
        _ values: UnsafePointer<Float>, _ count: Int, _ scale: Float, _ zero: Float,
        _ keys: UnsafeMutablePointer<Int32>
    ) {
        if case .formula(.whole) = kernel {
            let whole = zero.rounded(.toNearestOrEven)
            let rest = zero - whole
            for index in 0..<count {
                let rounded = (values[index] / scale + rest).rounded(.toNearestOrEven)
                keys[index] = OrderedSingle.key(rounded + whole)
            }
        } else {
            // -0 changes no number, not even -0.
            let zero = zero == 0 ? -0.0 : zero
            for index in 0..<count { keys[index] = OrderedSingle.key(values[index] / scale + zero) }
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
