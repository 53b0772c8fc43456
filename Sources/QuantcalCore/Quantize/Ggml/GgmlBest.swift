extension GgmlTunable {
    /// Encodes a batch with little squared error, the importance being its weights: no block decodes to more
    /// of it than by ggml's encoder.
    static func encodeBest(_ batch: GgmlBatch) { encodeTuned(batch) }

    static func encodeTuned(_ batch: GgmlBatch) {
        encode(batch)
        let (work, length) = (batch.work, GgmlBatch.length)
        if let importance = batch.importance {
            work.weights.update(from: importance.weights, count: length)
        } else {
            work.weights.update(repeating: 1, count: length)
        }
        let parts = GgmlParts(
            x: batch.x, weights: batch.importance == nil ? nil : UnsafePointer(work.weights),
            count: length / form.partLength, length: form.partLength)
        GgmlTuning.with(form, parts) { tuning in
            for block in 0..<batch.count {
                readScales(
                    batch.blocks + block * type.blockBytes, tuning.kept.advanced(by: block * form.partCount))
            }
            tuning.improve(work, work.levels) { block, before, after in
                guard block < batch.count else { return }
                let isSurelyBetter = before > 0x1p-100 && after < before * (1 - surely)
                store(batch, block, tuning.kept, isSurelyBetter: isSurelyBetter)
            }
        }
    }

    /// Errors in single precision that are not tiny differ from what they are in truth by far less than this
    /// part.
    private static var surely: Float { 0x1p-13 }

    /// Stores scales and levels where they decode to less error than what is there.
    private static func store(
        _ batch: GgmlBatch, _ block: Int, _ scales: GgmlScales, isSurelyBetter: Bool
    ) {
        let target = batch.blocks + block * type.blockBytes
        let (scales, first) = (scales.advanced(by: block * form.partCount), block * type.blockLength)
        if isSurelyBetter { return write(scales, batch.work.levels + first, target) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: type.blockBytes) { bytes in
            let bytes = bytes.baseAddress!
            write(scales, batch.work.levels + first, bytes)
            let (x, weights) = (batch.x + first, batch.work.weights + first)
            let (found, bound) = (error(bytes, x, weights), error(target, x, weights))
            if found < bound || (found.isFinite && !bound.isFinite) {
                target.update(from: bytes, count: type.blockBytes)
            }
        }
    }

    /// The weighted squared error of what a block decodes to.
    private static func error(
        _ block: UnsafePointer<UInt8>, _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>
    ) -> Double {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: type.blockLength) { decoded in
            decode(block, decoded.baseAddress!)
            var sum = Lanes()
            for first in stride(from: 0, to: type.blockLength, by: 8) {
                let difference = Lanes(at: decoded.baseAddress! + first) - Lanes(at: x + first)
                sum += Lanes(at: weights + first) * difference * difference
            }
            return sum.foldedSum
        }
    }
}
