/// Encoders of IQ4_NL and IQ4_XS: the scale by a search in each part, indices anew for the scale in the end.

extension GgmlIQ4 {
    /// The index of the nearest level, ties to the upper one.
    @inline(__always) static func index(_ value: Float) -> Int32 {
        var index: Int32 = 0
        index += value >= -115.5 ? 1 : 0
        index += value >= -93.5 ? 1 : 0
        index += value >= -74 ? 1 : 0
        index += value >= -57 ? 1 : 0
        index += value >= -42 ? 1 : 0
        index += value >= -28.5 ? 1 : 0
        index += value >= -16 ? 1 : 0
        index += value >= -4.5 ? 1 : 0
        index += value >= 7 ? 1 : 0
        index += value >= 19 ? 1 : 0
        index += value >= 31.5 ? 1 : 0
        index += value >= 45.5 ? 1 : 0
        index += value >= 61 ? 1 : 0
        index += value >= 79 ? 1 : 0
        index += value >= 101 ? 1 : 0
        return index
    }

    /// The scale of 32 numbers, weighted with their squares if with nothing else: the extreme at the lowest level, then at -(127 + t) for t = -7 ... 7; the
    /// largest fall of the squared error wins. 0 where no number has a weight.
    static func scale(_ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?) -> Float {
        let extreme = ggmlExtreme(x, 32)
        guard extreme.magnitude >= GgmlSearch.nothing else { return 0 }
        // The candidate that starts has the inverse of a rounded quotient, unlike the same one later.
        let first = sums(x, weights, 1 / (extreme / 127))
        guard first.squares > 0 else { return 0 }
        var scale = first.products / first.squares
        var best = scale * first.products
        for step in -7...7 {
            let trial = sums(x, weights, Float(step - 127) / extreme)
            if trial.squares > 0, trial.products * trial.products > best * trial.squares {
                scale = trial.products / trial.squares
                best = scale * trial.products
            }
        }
        return scale
    }

    @inline(__always) private static func sums(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?, _ inverse: Float
    ) -> (products: Float, squares: Float) {
        var (products, squares): (Float, Float) = (0, 0)
        for place in 0..<32 {
            let value = level(UInt8(truncatingIfNeeded: index(inverse * x[place])))
            let weight = weights.map { $0[place] } ?? x[place] * x[place]
            products += weight * value * x[place]
            squares += weight * value * value
        }
        return (products, squares)
    }

    @inline(__always) static func fillIndices(
        _ x: UnsafePointer<Float>, step: Float, _ indices: UnsafeMutablePointer<UInt8>
    ) {
        let inverse = GgmlRounding.inverse(step)
        for place in 0..<32 { indices[place] = UInt8(truncatingIfNeeded: index(inverse * x[place])) }
    }
}

extension GgmlIQ4NL: GgmlEncodable {
    static func encode(_ batch: GgmlBatch) {
        let work = batch.work
        let parts = batch.parts(of: 32) { part, _ in ggmlSumOfSquares(batch.x + 32 * part, 32) * (2 / 32) }
        parts.searchIQ4(work.scales)
        for block in 0..<batch.count {
            let bytes = batch.blocks + block * type.blockBytes
            bytes.store(half: work.scales[block], at: 0)
            GgmlIQ4.fillIndices(batch.x + 32 * block, step: work.scales[block], work.levels)
            GgmlBits.writeNibbles(work.levels, count: 32, half: 16, bytes + 2)
        }
    }
}

extension GgmlIQ4XS: GgmlEncodable {
    static func encode(_ batch: GgmlBatch) {
        let parts = batch.parts(of: 32) { part, _ in
            ggmlSumOfSquares(batch.x + 256 * (part / 8), 256) * (2 / 256)
        }
        parts.searchIQ4(batch.work.scales)
        for block in 0..<batch.count {
            store(
                batch.x + 256 * block, batch.work.scales + 8 * block, batch.work.levels,
                batch.blocks + block * type.blockBytes)
        }
    }

    private static func store(
        _ x: UnsafePointer<Float>, _ scales: UnsafePointer<Float>, _ levels: UnsafeMutablePointer<UInt8>,
        _ block: UnsafeMutablePointer<UInt8>
    ) {
        let blockScale = -ggmlExtreme(scales, 8) / 32
        let inverse = GgmlRounding.inverse(blockScale)
        block.store(half: blockScale, at: 0)
        for part in 0..<8 {
            let factor = GgmlRounding.nearest(inverse * scales[part], -32, 31)
            GgmlIQ4.fillIndices(x + 32 * part, step: blockScale * Float(factor), levels + 32 * part)
            writeFactor(factor, part, block)
        }
        GgmlBits.writeNibbles(levels, count: 256, half: 16, block + 8)
    }

    /// Low nibbles by pairs, high bits in one word; parts in their order.
    @inline(__always) static func writeFactor(
        _ factor: Int32, _ part: Int, _ block: UnsafeMutablePointer<UInt8>
    ) {
        let bits = UInt8(truncatingIfNeeded: factor + 32)
        let (low, high) = (4 + part / 2, 2 + part / 4)
        block[low] = part % 2 == 0 ? bits & 15 : block[low] | bits << 4
        block[high] = (part % 4 == 0 ? 0 : block[high]) | (bits >> 4) << UInt8(2 * (part % 4))
    }
}
