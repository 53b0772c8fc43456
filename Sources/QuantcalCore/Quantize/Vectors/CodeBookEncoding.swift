/// Codes of vectors: the nearest centre of each part; with more stages the nearest to what the stages
/// before have left, and then `passes` times for each stage in turn the best given those of the others
/// (iterated conditional modes).
extension CodeBooks {
    public func encode(
        _ vectors: UnsafeBufferPointer<Float>, count: Int, dimension: Int,
        importance: UnsafeBufferPointer<Float>?, centres: UnsafeBufferPointer<Float>,
        into codes: UnsafeMutablePointer<UInt16>, _ progress: Progress = .none
    ) throws(QuantcalError) {
        try requirePasses()
        try Require.finite(centres, "centres")
        let largest = try Self.largest(vectors, importance)
        try requireStages(largest.value, "vectors")
        try requireStages(VectorSet.largestMagnitude(centres), "centres")
        guard let base = vectors.baseAddress, let books = centres.baseAddress else { return }
        // Nothing is written if the work is stopped.
        let all = try Scratch<UInt16>(count * self.books)
        for part in 0..<parts {
            let share = progress.part(
                from: Double(part) / Double(parts), to: Double(part + 1) / Double(parts))
            let own = self.part(
                part, base, importance?.baseAddress, count: count, dimension: dimension, largest)
            let room = PartCodes(
                memory: all.buffer.baseAddress! + part * stages, vectorStride: self.books, stageStride: 1)
            try encode(own, books + part * stages * self.centres * own.dimension, room, share)
        }
        codes.update(from: all.buffer.baseAddress!, count: all.buffer.count)
    }

    private func encode(
        _ vectors: VectorSet, _ books: UnsafePointer<Float>, _ codes: PartCodes, _ progress: Progress
    ) throws(QuantcalError) {
        guard stages > 1 else {
            return try NearestCentre(vectors, centres: books, count: centres)
                .search(into: codes.memory, stride: codes.vectorStride, progress)
        }
        let targets = try StageTargets(vectors, books, centres: centres, stages: stages, codes)
        let steps = stages * (passes + 1)
        for step in 0..<steps {
            let stage = step % stages
            let target = try targets.target(of: stage, isFirst: step < stages)
            let share = progress.part(
                from: Double(step) / Double(steps), to: Double(step + 1) / Double(steps))
            try NearestCentre(target, centres: books + stage * centres * vectors.dimension, count: centres)
                .search(into: codes.memory + stage * codes.stageStride, stride: codes.vectorStride, share)
        }
    }

    /// What a stage leaves is in single precision.
    func requireStages(_ largest: Float, _ name: String) throws(QuantcalError) {
        guard stages == 1 || largest <= 0x1p100 else {
            throw QuantcalError(
                .domain,
                "the largest magnitude of \(name) is \(largest); with stages it must be at most 2^100")
        }
    }

    /// The largest magnitudes, of vectors and of their importance, after checks.
    static func largest(
        _ vectors: UnsafeBufferPointer<Float>, _ importance: UnsafeBufferPointer<Float>?
    ) throws(QuantcalError) -> (value: Float, importance: Float) {
        let value = VectorSet.largestMagnitude(vectors)
        guard value.isFinite else { throw Require.notFinite(vectors, "vectors") }
        return (
            value,
            try importance.map { values throws(QuantcalError) in
                try Require.notNegative(values, "importance")
            } ?? 1
        )
    }
}
