/// Encoders of Q3_K and Q6_K.

protocol GgmlSignedKEncodable: GgmlSignedK, GgmlEncodable {
    /// Sets a scale and levels for each part of a batch; returns the parts.
    static func search(_ batch: GgmlBatch) -> GgmlParts
    /// Sets a factor for each part of a block by the parts' scales and weights, and gives the scale of the
    /// block; nil for a block of zeros.
    static func findFactors(
        _ scales: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?, _ work: GgmlWork
    ) -> Float?
    /// What is stored for a factor of 0.
    static var factorZero: Int32 { get }
    static func writeFactors(_ factors: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>)
    static func writeLevels(_ levels: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>)
}

extension GgmlSignedKEncodable {
    static func encode(_ batch: GgmlBatch) {
        let work = batch.work
        let parts = search(batch)
        for block in 0..<batch.count {
            let bytes = batch.blocks + block * type.blockBytes
            let weights = parts.weights.map { $0 + 256 * block }
            if let scale = findFactors(work.scales + 16 * block, weights, work) {
                store(batch.x + 256 * block, scale, work, work.levels + 256 * block, bytes)
            } else {
                bytes.update(repeating: 0, count: type.blockBytes)
            }
        }
    }

    @inline(__always) private static func store(
        _ x: UnsafePointer<Float>, _ scale: Float, _ work: GgmlWork, _ levels: UnsafeMutablePointer<UInt8>,
        _ block: UnsafeMutablePointer<UInt8>
    ) {
        let scale = block.store(half: scale, at: scaleOffset)
        writeFactors(work.scaleLevels, block)
        for part in 0..<16 {
            let step = scale * Float(factor(UnsafePointer(block), part))
            guard step != 0 else { continue }
            for index in 16 * part..<16 * part + 16 {
                let level = GgmlRounding.nearest(x[index] / step, -zero, zero - 1)
                levels[index] = UInt8(truncatingIfNeeded: level + zero)
            }
        }
        writeLevels(levels, block)
    }

    /// Integers from -`top` to `high` for the scales of the parts: the extreme one becomes -`top`. Returns the
    /// scale of the block, nil if there is nothing above `nothing`.
    static func spanFactors(
        _ scales: UnsafePointer<Float>, _ factors: UnsafeMutablePointer<UInt8>, top: Int32, high: Int32,
        above nothing: Float
    ) -> Float? {
        let extreme = ggmlExtreme(scales, 16)
        guard extreme.magnitude > nothing else { return nil }
        let inverse = -Float(top) / extreme
        for part in 0..<16 {
            let factor = GgmlRounding.nearest(inverse * scales[part], -top, high)
            factors[part] = UInt8(truncatingIfNeeded: factor)
        }
        return 1 / inverse
    }
}

extension GgmlQ3K: GgmlSignedKEncodable {
    static func search(_ batch: GgmlBatch) -> GgmlParts {
        let parts = batch.parts(of: 16) { part, _ in
            2 * ggmlSumOfSquares(batch.x + 256 * (part / 16), 256) / 256
        }
        if batch.importance == nil {
            parts.refine(top: 4, batch.work.scales, batch.work.levels)
        } else {
            parts.searchSigned(top: 4, batch.work.scales, batch.work.levels)
        }
        return parts
    }

    static func findFactors(
        _ scales: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?, _ work: GgmlWork
    ) -> Float? {
        guard let weights else {
            let scale = spanFactors(scales, work.scaleLevels, top: 32, high: 31, above: 0)
            for part in 0..<16 { work.scaleLevels[part] &+= UInt8(factorZero) }
            return scale
        }
        for part in 0..<16 {
            var sum: Float = 0
            for index in 16 * part..<16 * part + 16 { sum += weights[index] }
            work.weightSums[part] = sum
        }
        return GgmlSearch.signed(scales, work.weightSums, 16, top: 32, work.scaleLevels)
    }

    static var factorZero: Int32 { 32 }

    /// Factors from 0 to 63.
    static func writeFactors(_ factors: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>) {
        for part in 0..<8 { block[96 + part] = factors[part] & 15 | factors[part + 8] << 4 }
        for part in 0..<4 {
            var high: UInt8 = 0
            for run in 0..<4 { high |= (factors[part + 4 * run] >> 4 & 3) << UInt8(2 * run) }
            block[104 + part] = high
        }
    }

    static func writeLevels(_ levels: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>) {
        GgmlBits.writePairs(levels, shift: 0, block + 32)
        GgmlBits.writePlanes(levels, shift: 2, block)
    }
}

extension GgmlQ6K: GgmlSignedKEncodable {
    static var factorZero: Int32 { 0 }

    /// The weights are the importance itself.
    static func search(_ batch: GgmlBatch) -> GgmlParts {
        let parts = GgmlParts(x: batch.x, weights: batch.importance?.weights, count: 32, length: 16)
        parts.searchSigned(top: 32, batch.work.scales, batch.work.levels)
        return parts
    }

    static func findFactors(
        _ scales: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?, _ work: GgmlWork
    ) -> Float? {
        spanFactors(scales, work.scaleLevels, top: 128, high: 127, above: GgmlSearch.nothing.nextDown)
    }

    static func writeFactors(_ factors: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>) {
        (block + 192).update(from: factors, count: 16)
    }

    static func writeLevels(_ levels: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>) {
        GgmlBits.writeNibbles(levels, count: 256, half: 64, block)
        GgmlBits.writePairs(levels, shift: 4, block + 128)
    }
}
