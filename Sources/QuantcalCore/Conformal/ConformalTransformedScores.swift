import Glibc

/// The post-training transformation of scores: their rank among reference scores through a sigmoid.
///
/// Source: Yan, Romano, Weng (2024). The transformed score takes one of m + 1 values, which are made once; that
/// they never fall holds for their rounded values too.
public enum ConformalTransform {
    public struct Options: Sendable {
        public var steepness = 400.0
        public var centre = 0.9

        public init() {}

        public func check() throws(QuantcalError) {
            guard steepness > 0, steepness.isFinite else {
                throw QuantcalError(.options, "steepness is \(steepness); steepness must be finite and > 0")
            }
            guard centre.isFinite else {
                throw QuantcalError(.options, "centre is \(centre); centre must be finite")
            }
        }
    }

    public static func transform(
        scores: UnsafeBufferPointer<Double>, reference: UnsafeBufferPointer<Double>, options: Options,
        _ transformed: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) { try compute(scores, reference, options) { transformed[$0] = $1 } }

    public static func transform(
        scores: UnsafeBufferPointer<Float>, reference: UnsafeBufferPointer<Float>, options: Options,
        _ transformed: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try compute(scores, reference, options) { transformed[$0] = Float($1) } }

    private static func compute<T: Scalar>(
        _ scores: UnsafeBufferPointer<T>, _ reference: UnsafeBufferPointer<T>, _ options: Options,
        _ store: (Int, Double) -> Void
    ) throws(QuantcalError) {
        try options.check()
        guard !reference.isEmpty else {
            throw QuantcalError(.size, "m is 0; there must be at least one reference score")
        }
        try Require.notNaN(scores, "scores")
        try Require.notNaN(reference, "reference")
        let count = reference.count
        let sorted = try Scratch<ReferenceScore>(count)
        try RadixSort.sort(ReferenceScores(values: reference, sorted: sorted.buffer))
        let table = try Scratch<Double>(count + 1)
        var last = 0.0
        for rank in 0...count {
            last = max(last, sigmoid(options.steepness * (Double(rank) / Double(count) - options.centre)))
            table.buffer[rank] = last
        }
        let (keys, values) = (UnsafeBufferPointer(sorted.buffer), UnsafeBufferPointer(table.buffer))
        Parallel.forEachRange(of: scores.count, grain: 1 << 14) { range in
            for index in range {
                let score = Double(scores[index])
                store(index, values[Search.first(in: 0..<count) { keys[$0].value > score }])
            }
        }
    }

    private static func sigmoid(_ x: Double) -> Double {
        if x >= 0 { return 1 / (1 + exp(-x)) }
        let odds = exp(x)
        return odds / (1 + odds)
    }
}

private struct ReferenceScore: RadixItem {
    let value: Double
    var key: UInt64 { value.orderedKey }
}

private struct ReferenceScores<T: Scalar>: RadixItems {
    let values: UnsafeBufferPointer<T>
    let sorted: UnsafeMutableBufferPointer<ReferenceScore>

    var count: Int { values.count }
    func key(_ index: Int) -> UInt64 { item(index).key }
    // 0 for -0.
    func item(_ index: Int) -> ReferenceScore { ReferenceScore(value: Double(values[index]) + 0) }
    func store(_ item: ReferenceScore, at place: Int) { sorted[place] = item }
}
