/// The codes of one part of vectors.
struct PartCodes {
    let memory: UnsafeMutablePointer<UInt16>
    let vectorStride: Int
    let stageStride: Int
}

/// What the centres of a stage are to come close to: the vectors less the centres of other stages, in
/// double, rounded to single precision.
final class StageTargets {
    private let vectors: VectorSet
    private let books: UnsafePointer<Float>
    private let centres: Int
    private let stages: Int
    private let codes: PartCodes
    private let memory: Scratch<Float>

    init(
        _ vectors: VectorSet, _ books: UnsafePointer<Float>, centres: Int, stages: Int, _ codes: PartCodes
    ) throws(QuantcalError) {
        (self.vectors, self.books, self.centres) = (vectors, books, centres)
        (self.stages, self.codes) = (stages, codes)
        memory = try Scratch(vectors.count * vectors.dimension)
    }

    /// The first time the stages after this one have no codes yet. The result is there until the next call.
    func target(of stage: Int, isFirst: Bool) throws(QuantcalError) -> VectorSet {
        let dimension = vectors.dimension
        let others = (0..<(isFirst ? stage : stages)).filter { $0 != stage }
        let target = memory.buffer.baseAddress!
        Parallel.forEachRange(of: vectors.count, grain: max(1, (1 << 16) / dimension)) { range in
            for index in range {
                for j in 0..<dimension {
                    var rest = Double(vectors.values[index * vectors.stride + j])
                    for other in others { rest -= Double(centre(index, other)[j]) }
                    target[index * dimension + j] = Float(rest)
                }
            }
        }
        return VectorSet(
            values: target, stride: dimension, count: vectors.count, dimension: dimension,
            importance: vectors.importance, importanceStride: vectors.importanceStride,
            largest: VectorSet.largestMagnitude(UnsafeBufferPointer(memory.buffer)),
            largestImportance: vectors.largestImportance)
    }

    private func centre(_ index: Int, _ stage: Int) -> UnsafePointer<Float> {
        let code = Int(codes.memory[index * codes.vectorStride + stage * codes.stageStride])
        return books + (stage * centres + code) * vectors.dimension
    }

    /// The sum of weighted squared errors of the vectors less all centres, in double.
    func objective(_ weights: UnsafePointer<Float>?) -> Double {
        var sum = 0.0
        for index in 0..<vectors.count {
            var own = 0.0
            for j in 0..<vectors.dimension {
                var rest = Double(vectors.values[index * vectors.stride + j])
                for stage in 0..<stages { rest -= Double(centre(index, stage)[j]) }
                let weight = vectors.importance.map { Double($0[index * vectors.importanceStride + j]) } ?? 1
                own += weight * (rest * rest)
            }
            sum += own * (weights.map { Double($0[index]) } ?? 1)
        }
        return sum
    }
}
