/// Folds for cross-fitting: whole clusters of points, dealt evenly in an order that only their names and a
/// seed decide.
///
/// Source: the package cje-eval 0.6.0, with the same hash, order and number of folds.
public struct RewardFolds {
    public static let maximumCount = 1000
    private static let leastClusters = 4

    public let seed: UInt64
    public let count: Int

    public init(seed: UInt64 = 42, count: Int = 5) throws(QuantcalError) {
        guard (2...Self.maximumCount).contains(count) else {
            throw QuantcalError(.options, "folds is \(count); it must be 2 to \(Self.maximumCount)")
        }
        (self.seed, self.count) = (seed, count)
    }

    /// The names of clusters, one after the other in `text`; `ends` says where each ends. Without `ends`
    /// every point is a cluster of its own.
    public struct Clusters {
        let text: UnsafeBufferPointer<UInt8>
        let ends: UnsafeBufferPointer<Int>?

        public init(text: UnsafeBufferPointer<UInt8>, ends: UnsafeBufferPointer<Int>?) {
            (self.text, self.ends) = (text, ends)
        }

        public static var rows: Clusters {
            Clusters(text: UnsafeBufferPointer(start: nil, count: 0), ends: nil)
        }

        func validate() throws(QuantcalError) {
            guard let ends else { return }
            var start = 0
            for (index, end) in ends.enumerated() {
                guard end >= start, end <= text.count else {
                    throw QuantcalError(
                        .domain,
                        "ends[\(index)] is \(UInt(bitPattern: end)); ends must not fall, nor exceed text_bytes, \(text.count)"
                    )
                }
                start = end
            }
        }

        func name(_ point: Int) -> UnsafeBufferPointer<UInt8>? {
            ends.map { UnsafeBufferPointer(rebasing: text[(point == 0 ? 0 : $0[point - 1])..<$0[point]]) }
        }

        func digest(_ point: Int, seed: UInt64) -> Digest {
            var hash = Blake2b(digestBytes: 16)
            if let name = name(point) { hash.update(name) } else { hash.update("row_\(point)".utf8) }
            hash.update("-\(seed)".utf8)
            let bytes = hash.digest()
            let words = [bytes[..<8], bytes[8...]].map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
            return Digest(high: words[0], low: words[1])
        }

        /// Whether the name of one point is before that of another, byte by byte.
        func precedes(_ a: Int, _ b: Int) -> Bool {
            guard let first = name(a), let second = name(b) else { return a < b }
            return first.lexicographicallyPrecedes(second)
        }

        func areEqual(_ a: Int, _ b: Int) -> Bool {
            guard let first = name(a), let second = name(b) else { return a == b }
            return first.elementsEqual(second)
        }
    }

    struct Digest: BitwiseCopyable {
        var high, low: UInt64

        /// The 128 bits as a number, modulo `divisor` (at most `maximumCount`, so nothing overflows).
        func remainder(_ divisor: UInt64) -> UInt64 {
            let shift = (UInt64.max % divisor + 1) % divisor
            return ((high % divisor) * shift + low % divisor) % divisor
        }
    }

    /// Writes the fold of each point; returns how many folds there are.
    public func assign(
        _ clusters: Clusters, labelled: UnsafeBufferPointer<UInt8>?,
        into fold: UnsafeMutableBufferPointer<Int32>
    ) throws(QuantcalError) -> Int {
        try clusters.validate()
        let memory = try Scratch<HashedPoint>(fold.count)
        let points = memory.buffer
        for index in fold.indices {
            points[index] = HashedPoint(digest: clusters.digest(index, seed: seed), index: index)
        }
        try RadixSort.sort(HashedPoints(points: points))
        Self.settle(points, clusters)
        func hasLabel(_ cluster: Range<Int>) -> Bool {
            labelled.map { labelled in cluster.contains { labelled[points[$0].index] != 0 } } ?? true
        }
        var clusterCount = 0
        Self.forEachCluster(points, clusters) { if hasLabel($0) { clusterCount += 1 } }
        let folds = try resolved(clusterCount)
        var rank = 0
        Self.forEachCluster(points, clusters) { cluster in
            var number = rank % folds
            if hasLabel(cluster) {
                rank += 1
            } else {
                number = Int(points[cluster.lowerBound].digest.remainder(UInt64(folds)))
            }
            for place in cluster { fold[points[place].index] = Int32(number) }
        }
        return folds
    }

    private func resolved(_ clusters: Int) throws(QuantcalError) -> Int {
        guard clusters >= Self.leastClusters else {
            throw QuantcalError(
                .size, "n has \(clusters) labelled clusters; at least \(Self.leastClusters) are needed")
        }
        return clusters >= 2 * count ? count : max(2, clusters / 2)
    }

    /// Sorts points whose digests begin with the same eight bytes: by the rest, then by name. As good as
    /// always they have one name, and the order stays.
    private static func settle(
        _ points: UnsafeMutableBufferPointer<HashedPoint>, _ clusters: Clusters
    ) {
        func precedes(_ a: HashedPoint, _ b: HashedPoint) -> Bool {
            a.digest.low != b.digest.low ? a.digest.low < b.digest.low : clusters.precedes(a.index, b.index)
        }
        for index in points.indices.dropFirst() {
            var place = index
            while place > 0, points[place - 1].key == points[place].key,
                precedes(points[place], points[place - 1])
            {
                points.swapAt(place, place - 1)
                place -= 1
            }
        }
    }

    /// Calls `body` for each run of points of one cluster.
    private static func forEachCluster(
        _ points: UnsafeMutableBufferPointer<HashedPoint>, _ clusters: Clusters, _ body: (Range<Int>) -> Void
    ) {
        var start = 0
        while start < points.count {
            var end = start + 1
            while end < points.count, points[end].key == points[start].key,
                clusters.areEqual(points[start].index, points[end].index)
            {
                end += 1
            }
            body(start..<end)
            start = end
        }
    }

    /// Checks a caller's folds: 0 to K - 1, each used by a point that counts, at least two. Returns K.
    static func validate(
        _ fold: UnsafeBufferPointer<Int32>, counts: (Int) -> Bool
    ) throws(QuantcalError) -> Int {
        var isUsed = [Bool](repeating: false, count: maximumCount)
        var folds = 0
        for (index, number) in fold.enumerated() {
            guard (0..<maximumCount).contains(Int(number)) else {
                throw QuantcalError(
                    .domain, "fold[\(index)] is \(number); fold must be 0 to \(maximumCount - 1)")
            }
            folds = max(folds, Int(number) + 1)
            if counts(index) { isUsed[Int(number)] = true }
        }
        guard folds >= 2 else { throw QuantcalError(.size, "fold has one fold only; at least 2 are needed") }
        if let unused = isUsed[..<folds].firstIndex(of: false) {
            throw QuantcalError(
                .domain, "fold \(unused) has no points; each fold up to the last must have some")
        }
        return folds
    }
}

private struct HashedPoint: RadixItem {
    let digest: RewardFolds.Digest
    let index: Int
    var key: UInt64 { digest.high }
}

private struct HashedPoints: RadixItems {
    let points: UnsafeMutableBufferPointer<HashedPoint>
    var count: Int { points.count }
    @inline(__always) func key(_ index: Int) -> UInt64 { points[index].key }
    @inline(__always) func item(_ index: Int) -> HashedPoint { points[index] }
    @inline(__always) func store(_ item: HashedPoint, at place: Int) { points[place] = item }
}
