/// For each centre the sums of its vectors and of their weights, by blocks of vectors, and the objective.
final class ClusterSums {
    let blocks: Int
    private(set) var objective = 0.0
    private let vectors: VectorSet
    private let count: Int
    /// Of each centre: `dimension` sums of numbers, then those of weights: one, or with importance one for
    /// each number.
    private let width: Int
    private let sums: Scratch<Double>
    private let objectives: Scratch<Double>

    init(_ vectors: VectorSet, _ count: Int) throws(QuantcalError) {
        (self.vectors, self.count) = (vectors, count)
        width = vectors.dimension + (vectors.importance == nil ? 1 : vectors.dimension)
        // Sums of all blocks take no more memory than the vectors, or little.
        blocks = max(1, min(64, vectors.count / (8 * count)))
        sums = try Scratch(blocks * count * width)
        objectives = try Scratch(blocks)
    }

    func range(_ block: Int) -> Range<Int> {
        let (share, rest) = vectors.count.quotientAndRemainder(dividingBy: blocks)
        let first = block * share + min(block, rest)
        return first..<first + share + (block < rest ? 1 : 0)
    }

    func clear() {
        sums.buffer.update(repeating: 0)
        objectives.buffer.update(repeating: 0)
    }

    /// Vectors of a block with their centres, and what to do with each one's squared distance.
    @inline(__always)
    func add(
        _ range: Range<Int>, _ codes: UnsafePointer<UInt16>, _ centres: UnsafePointer<Float>,
        _ weights: UnsafePointer<Float>?, to block: Int, _ use: (Int, Double) -> Void
    ) {
        let dimension = vectors.dimension
        let own = sums.buffer.baseAddress! + block * count * width
        var objective = objectives.buffer[block]
        for index in range {
            let code = Int(codes[index])
            let weight = weights.map { Double($0[index]) } ?? 1
            let slot = own + code * width
            let vector = vectors.values + index * vectors.stride
            if let importance = vectors.importance {
                let factors = importance + index * vectors.importanceStride
                for j in 0..<dimension {
                    let factor = weight * Double(factors[j])
                    slot[j] += factor * Double(vector[j])
                    slot[dimension + j] += factor
                }
            } else {
                for j in 0..<dimension { slot[j] += weight * Double(vector[j]) }
                slot[dimension] += weight
            }
            let distance = vectors.distance(index, centres + code * dimension)
            objective += weight * distance
            use(index, distance)
        }
        objectives.buffer[block] = objective
    }

    /// Adds the blocks up, in order.
    func join() {
        let size = count * width
        let total = sums.buffer.baseAddress!
        for block in 1..<max(blocks, 1) {
            for place in 0..<size { total[place] += total[block * size + place] }
        }
        objective = objectives.buffer.reduce(0, +)
    }

    /// Whether nothing of any weight is at a centre.
    func isEmpty(_ centre: Int) -> Bool {
        let slot = sums.buffer.baseAddress! + centre * width
        return (vectors.dimension..<width).allSatisfy { slot[$0] == 0 }
    }

    /// False if the centre is empty. Numbers whose weights are all 0 stay.
    func moveToMean(_ centre: Int, _ target: UnsafeMutablePointer<Float>) -> Bool {
        guard !isEmpty(centre) else { return false }
        let slot = sums.buffer.baseAddress! + centre * width
        for j in 0..<vectors.dimension {
            let weight = slot[vectors.dimension + (vectors.importance == nil ? 0 : j)]
            if weight > 0 { target[j] = Float(slot[j] / weight) }
        }
        return true
    }
}
