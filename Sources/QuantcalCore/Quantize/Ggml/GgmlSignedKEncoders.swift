/// Encoders of Q3_K and Q6_K.

protocol GgmlSignedKEncodable: GgmlSignedK, GgmlEncodable {
    /// Sets a scale and a factor for each part and gives the scale of the block, and the levels of the
    /// searches; nil for a block of zeros.
    static func search(_ x: UnsafePointer<Float>, _ importance: GgmlImportance?, _ work: GgmlWork) -> Float?
    static func writeFactors(_ factors: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>)
    static func writeLevels(_ levels: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>)
}

extension GgmlSignedKEncodable {
    static func encode(
        _ x: UnsafePointer<Float>, _ importance: GgmlImportance?, _ work: GgmlWork,
        _ block: UnsafeMutablePointer<UInt8>
    ) {
        guard let blockScale = search(x, importance, work) else {
            block.update(repeating: 0, count: type.blockBytes)
            return
        }
        let scale = block.store(half: blockScale, at: scaleOffset)
        writeFactors(work.scaleLevels, block)
        for part in 0..<16 {
            let step = scale * Float(factor(UnsafePointer(block), part))
            guard step != 0 else { continue }
            for index in 16 * part..<16 * part + 16 {
                let level = GgmlRounding.nearest(x[index] / step, -zero, zero - 1)
                work.levels[index] = UInt8(truncatingIfNeeded: level + zero)
            }
        }
        writeLevels(work.levels, block)
    }

    /// Integers from -`top` to `high` for the scales of the parts: the extreme one becomes -`top`. Returns the
    /// scale of the block, nil if there is nothing above `nothing`.
    static func spanFactors(_ work: GgmlWork, top: Int32, high: Int32, above nothing: Float) -> Float? {
        let extreme = ggmlExtreme(work.scales, 16)
        guard extreme.magnitude > nothing else { return nil }
        let inverse = -Float(top) / extreme
        for part in 0..<16 {
            let factor = GgmlRounding.nearest(inverse * work.scales[part], -top, high)
            work.scaleLevels[part] = UInt8(truncatingIfNeeded: factor)
        }
        return 1 / inverse
    }
}

extension GgmlQ3K: GgmlSignedKEncodable {
    static func search(_ x: UnsafePointer<Float>, _ importance: GgmlImportance?, _ work: GgmlWork) -> Float? {
        guard let importance else {
            for part in 0..<16 {
                work.scales[part] = GgmlSearch.refined(x + 16 * part, 16, top: 4, work.levels + 16 * part)
            }
            guard let scale = spanFactors(work, top: 32, high: 31, above: 0) else {
                return nil
            }
            for part in 0..<16 { work.scaleLevels[part] &+= 32 }
            return scale
        }
        let meanSquare = 2 * ggmlSumOfSquares(x, 256) / 256
        for part in 0..<16 {
            let range = 16 * part..<16 * part + 16
            importance.fill(work.weights, x, range, meanSquare: meanSquare)
            var sum: Float = 0
            for index in 0..<16 { sum += work.weights[index] }
            work.weightSums[part] = sum
            work.scales[part] = GgmlSearch.signed(
                x + 16 * part, work.weights, 16, top: 4, work.levels + 16 * part)
        }
        return GgmlSearch.signed(work.scales, work.weightSums, 16, top: 32, work.scaleLevels)
    }

    /// Factors from 0 to 63, 32 being the zero.
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
    static func search(_ x: UnsafePointer<Float>, _ importance: GgmlImportance?, _ work: GgmlWork) -> Float? {
        for part in 0..<16 {
            work.scales[part] = GgmlSearch.signed(
                x + 16 * part, importance.map { $0.weights + 16 * part }, 16, top: 32, work.levels + 16 * part
            )
        }
        return spanFactors(work, top: 128, high: 127, above: GgmlSearch.nothing.nextDown)
    }

    static func writeFactors(_ factors: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>) {
        (block + 192).update(from: factors, count: 16)
    }

    static func writeLevels(_ levels: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>) {
        GgmlBits.writeNibbles(levels, count: 256, half: 64, block)
        GgmlBits.writePairs(levels, shift: 4, block + 128)
    }
}
