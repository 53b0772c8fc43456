/// How far the Benjamini-Hochberg procedure reaches on conformal p-values of points that all count alike, without a
/// p-value for each point.
///
/// A test point with score s has p(s) = (1 + #{V_i <= s}) / (n + 1). With T(s) test points up to s, what is rejected
/// are the test points up to the largest test score s with p(s) <= q T(s) / m. Scores are counted in buckets. What is
/// before a bucket and what is up to its end bound p and T for all scores in it: mostly they decide all buckets
/// but one or two, and only the scores in these are sorted. In the worst case, that is a sort of all.
struct SelectionReach<T: Scalar> {
    /// How many test points are rejected.
    let count: Int
    /// The largest score of a rejected one, if there is any.
    let last: T?

    private typealias Key = T.Bits

    /// So few points are sorted at once.
    private static var few: Int { 1 << 12 }
    private static var buckets: Int { 1 << 10 }

    /// Counts of calibration and test points.
    private struct Counts {
        var calibration = 0
        var test = 0
    }

    private struct All: RadixKeys {
        let calibration: UnsafeBufferPointer<T>
        let test: UnsafeBufferPointer<T>
        var count: Int { calibration.count + test.count }
        @inline(__always) func key(_ index: Int) -> Key {
            let place = index - calibration.count
            return SortedKeys.key(place < 0 ? calibration[index] : test[place])
        }
    }

    /// Scores are not NaN; `level` is for as many hypotheses as there are test points.
    init(
        calibration: UnsafeBufferPointer<T>, test: UnsafeBufferPointer<T>, level: SelectionLevel
    ) throws(QuantcalError) {
        let curve = Curve(level: level, whole: Double(calibration.count + 1))
        guard calibration.count + test.count > Self.few else {
            (count, last) = try Self.largest(calibration, test, before: Counts(), curve)
            return
        }
        let cuts = try RadixCuts(All(calibration: calibration, test: test), buckets: Self.buckets)
        let references = try BucketCounts(calibration, cuts)
        let asked = try BucketCounts(test, cuts)
        guard let (open, before) = Self.open(references, asked, cuts.bucketCount, curve) else {
            (count, last) = (0, nil)
            return
        }
        let nearby = try references.scores(calibration, in: open, cuts)
        let points = try asked.scores(test, in: open, cuts)
        (count, last) = try Self.largest(
            UnsafeBufferPointer(nearby.buffer), UnsafeBufferPointer(points.buffer), before: before, curve)
    }

    /// p-values and thresholds as doubles, the nearest to both.
    private struct Curve {
        let level: SelectionLevel
        let whole: Double

        /// Whether a p-value is at most the threshold, for the calibration points and test points up to a score.
        @inline(__always) func holds(_ counts: Counts) -> Bool {
            counts.test > 0 && Double(counts.calibration + 1) / whole <= level.threshold(counts.test)
        }
    }

    /// The buckets from the last one whose last test score is surely rejected to the last one that may have such a
    /// score, and what is before them; nil if nothing is rejected.
    private static func open(
        _ references: borrowing BucketCounts<T>, _ asked: borrowing BucketCounts<T>, _ buckets: Int,
        _ curve: Curve
    ) -> (ClosedRange<Int>, Counts)? {
        var (first, last): (Int?, Int?) = (nil, nil)
        var before = Counts(calibration: references.count, test: asked.count)
        var beforeFirst = before
        for bucket in (0..<buckets).reversed() {
            let end = before
            before = Counts(
                calibration: end.calibration - references[bucket], test: end.test - asked[bucket])
            // Nothing in the bucket has a smaller p-value, or a larger threshold.
            let best = Counts(calibration: before.calibration, test: end.test)
            guard end.test > before.test, curve.holds(best) else { continue }
            (first, last, beforeFirst) = (bucket, last ?? bucket, before)
            // The last test score has all test points of the bucket up to it, and no larger p-value.
            if curve.holds(end) { break }
        }
        guard let first, let last else { return nil }
        return (first...last, beforeFirst)
    }

    /// The largest test score at which the procedure may stop, and the test points up to it.
    private static func largest(
        _ calibration: UnsafeBufferPointer<T>, _ test: UnsafeBufferPointer<T>, before: Counts, _ curve: Curve
    ) throws(QuantcalError) -> (Int, T?) {
        let references = try Scratch<Key>(calibration.count)
        let asked = try Scratch<Key>(test.count)
        try SortedKeys.sort(calibration, to: references.buffer.baseAddress!)
        try SortedKeys.sort(test, to: asked.buffer.baseAddress!)
        var upTo = Counts(calibration: calibration.count, test: test.count)
        while upTo.test > 0 {
            let key = asked.buffer[upTo.test - 1]
            while upTo.calibration > 0, references.buffer[upTo.calibration - 1] > key {
                upTo.calibration -= 1
            }
            let all = Counts(
                calibration: before.calibration + upTo.calibration, test: before.test + upTo.test)
            if curve.holds(all) { return (all.test, T(orderedKey: key)) }
            repeat { upTo.test -= 1 } while upTo.test > 0 && asked.buffer[upTo.test - 1] == key
        }
        return (0, nil)
    }
}

/// How many of some scores are in each bucket; counted in parts, one for each thread.
private struct BucketCounts<T: Scalar>: ~Copyable {
    let count: Int
    private let threads: Int
    private let buckets: Int
    private let counts: Scratch<UInt32>

    init(_ scores: UnsafeBufferPointer<T>, _ cuts: borrowing RadixCuts<T.Bits>) throws(QuantcalError) {
        count = scores.count
        threads = Parallel.threads(for: Parallel.maximumThreadCount, work: count)
        buckets = cuts.bucketCount
        counts = try Scratch(zeroed: threads * buckets)
        let (low, cells) = (cuts.low, cuts.cells)
        forEachPart { part, range in
            let counts = counts.buffer.baseAddress! + part * buckets
            for index in range { counts[cells.bucket(SortedKeys.key(scores[index]) &- low)] &+= 1 }
        }
    }

    private func forEachPart(_ body: (_ part: Int, _ range: Range<Int>) -> Void) {
        let (count, threads) = (count, threads)
        Parallel.forEach(threads, threads: threads) { part, _ in
            body(part, count * part / threads..<count * (part + 1) / threads)
        }
    }

    private func count(_ range: ClosedRange<Int>, part: Int) -> Int {
        range.reduce(0) { $0 + Int(counts.buffer[part * buckets + $1]) }
    }

    subscript(bucket: Int) -> Int {
        (0..<threads).reduce(0) { $0 + count(bucket...bucket, part: $1) }
    }

    /// The scores in some of the buckets.
    func scores(
        _ scores: UnsafeBufferPointer<T>, in range: ClosedRange<Int>, _ cuts: borrowing RadixCuts<T.Bits>
    ) throws(QuantcalError) -> Scratch<T> {
        let starts = try Scratch<Int>(threads + 1)
        starts.buffer[0] = 0
        for part in 0..<threads {
            starts.buffer[part + 1] = starts.buffer[part] + count(range, part: part)
        }
        let result = try Scratch<T>(starts.buffer[threads])
        let (low, cells) = (cuts.low, cuts.cells)
        forEachPart { part, indices in
            var place = starts.buffer[part]
            for index in indices {
                guard range.contains(cells.bucket(SortedKeys.key(scores[index]) &- low)) else { continue }
                result.buffer[place] = scores[index]
                place += 1
            }
        }
        return result
    }
}
