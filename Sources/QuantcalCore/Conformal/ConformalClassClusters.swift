extension ConformalClusters {
    public static func classClusters(
        scores: UnsafeBufferPointer<Double>, labels: UnsafeBufferPointer<Int64>, classCount: Int,
        alpha: Double, options: Options, progress: Progress, output: UnsafeMutablePointer<Int64>
    ) throws(QuantcalError) -> Int {
        try compute(scores, labels, classCount, alpha, options, progress, output)
    }

    public static func classClusters(
        scores: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Int64>, classCount: Int,
        alpha: Double, options: Options, progress: Progress, output: UnsafeMutablePointer<Int64>
    ) throws(QuantcalError) -> Int {
        try compute(scores, labels, classCount, alpha, options, progress, output)
    }

    /// Writes the cluster of each class, and gives the number of clusters, of which the null cluster is none.
    private static func compute<T: Scalar>(
        _ scores: UnsafeBufferPointer<T>, _ labels: UnsafeBufferPointer<Int64>, _ classCount: Int,
        _ alpha: Double, _ options: Options, _ progress: Progress, _ output: UnsafeMutablePointer<Int64>
    ) throws(QuantcalError) -> Int {
        try requireClasses(classCount)
        let least = try leastCount(alpha: alpha)
        guard classCount > 0 || scores.isEmpty else {
            throw QuantcalError(.size, "class_count is 0; with scores it must be at least 1")
        }
        try Require.notNaN(scores, "scores")
        try Require.labels(labels, classes: classCount)
        let embedding = try ClassEmbedding(scores, labels, classCount: classCount, leastCount: least)
        let asked = options.clusterCount == 0 ? embedding.fewest / 2 : options.clusterCount
        let means = try ClusterMeans(
            embedding.points.buffer.baseAddress!, weights: embedding.weights.buffer.baseAddress!,
            count: embedding.count, dimensions: ClassEmbedding.dimensions,
            clusters: min(asked, embedding.count))
        let count = try means.find(restarts: options.restarts, seed: options.seed, .classCluster, progress)
        let rare: Int64 = options.rare == .none ? -1 : Int64(count)
        for label in 0..<classCount { output[label] = rare }
        for index in 0..<embedding.count {
            output[embedding.classes.buffer[index]] = count == 0 ? 0 : Int64(means.best.buffer[index])
        }
        return count
    }
}

/// The classes that are not rare, each as a point: quantiles of its scores.
struct ClassEmbedding: ~Copyable {
    static let dimensions = 5

    let classes: Scratch<Int>
    /// Class by class, scaled by a power of two so that squares of distances are numbers.
    let points: Scratch<Double>
    let weights: Scratch<Double>
    let count: Int
    /// The number of scores of the class with fewest; 0 if there is no class.
    let fewest: Int

    init<T: Scalar>(
        _ scores: UnsafeBufferPointer<T>, _ labels: UnsafeBufferPointer<Int64>, classCount: Int,
        leastCount: Int
    ) throws(QuantcalError) {
        let ends = try Scratch<Int>(zeroed: classCount)
        for label in labels { ends.buffer[Int(label)] += 1 }
        let (filled, fewest) = ends.buffer.reduce((0, Int.max)) {
            $1 >= max(leastCount, 1) ? ($0.0 + 1, min($0.1, $1)) : $0
        }
        let classes = try Scratch<Int>(filled)
        let points = try Scratch<Double>(filled * Self.dimensions)
        let weights = try Scratch<Double>(filled)
        let dealt = try Scratch<T>(scores.count)
        var (begin, index) = (0, 0)
        for label in 0..<classCount {
            let size = ends.buffer[label]
            (ends.buffer[label], begin) = (begin, begin + size)
            guard size >= max(leastCount, 1) else { continue }
            (classes.buffer[index], weights.buffer[index]) = (label, Double(size).squareRoot())
            index += 1
        }
        for index in labels.indices {
            let label = Int(labels[index])
            dealt.buffer[ends.buffer[label]] = scores[index]
            ends.buffer[label] += 1
        }
        for index in 0..<filled {
            let label = classes.buffer[index]
            let first = label == 0 ? 0 : ends.buffer[label - 1]
            let own = UnsafeBufferPointer(rebasing: dealt.buffer[first..<ends.buffer[label]])
            Self.quantiles(own, points.buffer.baseAddress! + index * Self.dimensions)
        }
        Self.bound(points.buffer, scores)
        count = filled
        self.fewest = filled == 0 ? 0 : fewest
        self.classes = classes
        self.points = points
        self.weights = weights
    }

    /// Those of 0.5 to 0.9, as order statistics.
    private static func quantiles<T: Scalar>(
        _ scores: UnsafeBufferPointer<T>, _ point: UnsafeMutablePointer<Double>
    ) {
        for dimension in 0..<dimensions {
            let rank = (scores.count * (5 + dimension) + 9) / 10
            point[dimension] = Double(RadixSelection.select(rank: rank - 1, in: scores))
        }
    }

    /// Puts the extreme finite scores for infinite ones, and scales.
    private static func bound<T: Scalar>(
        _ points: UnsafeMutableBufferPointer<Double>, _ scores: UnsafeBufferPointer<T>
    ) {
        var (least, greatest) = (T.infinity, -T.infinity)
        for score in scores where score.isFinite {
            (least, greatest) = (min(least, score), max(greatest, score))
        }
        guard least <= greatest else {
            points.update(repeating: 0)
            return
        }
        let (low, high) = (Double(least), Double(greatest))
        let scale = PowerOfTwo.bringing(max(abs(low), abs(high)), above: -400, below: 400)
        for index in points.indices { points[index] = min(max(points[index], low), high) * scale }
    }
}
