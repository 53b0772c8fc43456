/// Step-up procedures: reject the r hypotheses that would be rejected among r, for the largest such r.
///
/// A hypothesis has a step: the smallest number of rejections that would take it in. So r is the largest number with
/// at least r steps up to it, and counting steps finds it without a sort; whoever is tied with a rejected
/// hypothesis has its step and is rejected, too.
///
/// Source: Benjamini, Hochberg (1995); for e-values Wang, Ramdas (2022).
public enum StepUp {
    public static let maximumCount = Int(Int32.max) - 1

    /// Marks the p-values that the Benjamini-Hochberg procedure rejects; returns how many. A p-value is compared
    /// with the double nearest to q k / m, so that ratios rounded to the nearest double are compared as
    /// ratios.
    public static func benjaminiHochberg(
        p: UnsafeBufferPointer<Double>, q: Double, rejected: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) -> Int {
        try Require.level(q, "q")
        try requireNumber(p.count)
        try Require.probabilities(p, "p")
        let count = try self.count(p: p, q: q)
        guard count > 0 else {
            rejected.update(repeating: 0, count: p.count)
            return 0
        }
        let threshold = try SelectionLevel(q: q, m: p.count).threshold(count)
        for index in p.indices { rejected[index] = p[index] <= threshold ? 1 : 0 }
        return count
    }

    /// The same for e-values: those at least m / (q k).
    public static func benjaminiHochberg(
        e: UnsafeBufferPointer<Double>, q: Double, rejected: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) -> Int {
        try Require.level(q, "q")
        try requireNumber(e.count)
        try Require.notNaN(e, "e")
        if let index = e.firstIndex(where: { $0 < 0 }) {
            throw QuantcalError(.domain, "e[\(index)] is \(e[index]); e must be >= 0")
        }
        guard e.count > 0 else { return 0 }
        let level = try SelectionLevel(q: q, m: e.count)
        let first = level.evidence(1)
        let count = try largest(e.count) { index in
            level.first(near: first / e[index]) { e[index] >= level.evidence($0) }
        }
        guard count > 0 else {
            rejected.update(repeating: 0, count: e.count)
            return 0
        }
        let threshold = level.evidence(count)
        for index in e.indices { rejected[index] = e[index] >= threshold ? 1 : 0 }
        return count
    }

    /// How many of p-values that are 0 to 1 are rejected.
    static func count(p: UnsafeBufferPointer<Double>, q: Double) throws(QuantcalError) -> Int {
        guard p.count > 0 else { return 0 }
        return try Steps(SelectionLevel(q: q, m: p.count)).count(p)
    }

    /// The largest r with at least r steps up to it. Steps above `m` are never taken.
    static func largest(_ m: Int, step: (Int) -> Int) throws(QuantcalError) -> Int {
        let counts = try Scratch<Int32>(zeroed: m + 2)
        for index in 0..<m { counts.buffer[min(step(index), m + 1)] += 1 }
        return largest(counts.buffer[...m])
    }

    /// The same for how many steps there are to each number.
    private static func largest(_ counts: Slice<UnsafeMutableBufferPointer<Int32>>) -> Int {
        var (steps, result) = (0, 0)
        for r in counts.indices {
            steps += Int(counts[r])
            if steps >= r { result = r }
        }
        return result
    }

    /// Room to count the steps of p-values.
    struct Steps: ~Copyable {
        private let level: SelectionLevel
        private let counts: Scratch<Int32>

        init(_ level: SelectionLevel) throws(QuantcalError) {
            counts = try Scratch(zeroed: level.m + 1)
            self.level = level
        }

        /// How many are rejected; to be asked once.
        func count(_ p: UnsafeBufferPointer<Double>) -> Int {
            let unit = level.q / Double(level.m)
            // Most are beyond the last step.
            let last = level.threshold(level.m)
            for x in p where x <= last {
                counts.buffer[level.first(near: x / unit) { x <= level.threshold($0) }] += 1
            }
            return StepUp.largest(counts.buffer[...])
        }
    }

    public static func requireNumber(_ count: Int, _ name: String = "m") throws(QuantcalError) {
        guard (0...maximumCount).contains(count) else {
            throw QuantcalError(
                .size, "\(name) is \(UInt(bitPattern: count)); at most \(maximumCount) points are possible")
        }
    }
}
