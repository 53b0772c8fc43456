/// Isotonic regression of integers with integer weights, exactly: two independent ways.

/// A fraction that is compared without division.
struct ExactMean: Equatable {
    var sum: Int128
    var weight: Int128

    static func == (a: ExactMean, b: ExactMean) -> Bool { a.sum * b.weight == b.sum * a.weight }
    static func < (a: ExactMean, b: ExactMean) -> Bool { a.sum * b.weight < b.sum * a.weight }
    static func + (a: ExactMean, b: ExactMean) -> ExactMean {
        ExactMean(sum: a.sum + b.sum, weight: a.weight + b.weight)
    }
}

/// x[i] = max over j <= i of min over k >= i of the mean of j...k: the definition, in cubic time. A point of
/// weight 0 has the value to its left; the first ones, that to their right.
func exactIsotonicByMaxMin(_ y: [Int], _ weights: [Int]) -> [ExactMean] {
    let kept = y.indices.filter { weights[$0] > 0 }
    var fit: [ExactMean] = []
    for i in kept.indices {
        var largest: ExactMean?
        for j in 0...i {
            var mean = ExactMean(sum: 0, weight: 0)
            var least: ExactMean?
            for k in j..<kept.count {
                mean =
                    mean
                    + ExactMean(sum: Int128(y[kept[k]] * weights[kept[k]]), weight: Int128(weights[kept[k]]))
                if k >= i, least.map({ mean < $0 }) ?? true { least = mean }
            }
            if let least, largest.map({ $0 < least }) ?? true { largest = least }
        }
        fit.append(largest!)
    }
    var place = -1
    return weights.map { weight in
        if weight > 0 { place += 1 }
        return fit[max(place, 0)]
    }
}

/// The block starts (and the count at the end) and means by pooling neighbours, in linear time; all weights
/// are positive.
func exactIsotonicByPooling(_ y: [Int], weights: [Int]? = nil) -> (blocks: [Int], means: [ExactMean]) {
    var starts: [Int] = []
    var means: [ExactMean] = []
    for (index, value) in y.enumerated() {
        let weight = Int128(weights?[index] ?? 1)
        var start = index
        var mean = ExactMean(sum: Int128(value) * weight, weight: weight)
        while let last = means.last, !(last < mean) {
            mean = last + mean
            start = starts.removeLast()
            means.removeLast()
        }
        starts.append(start)
        means.append(mean)
    }
    return (starts + [y.count], means)
}
