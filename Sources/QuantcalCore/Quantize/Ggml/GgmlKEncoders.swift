/// Encoders of the K types: a search in each part, integers for the scales of the parts, and levels anew
/// for the scales as they are stored. Where those are 0, the levels of the search stay, as in ggml.

/// What a K type with offsets needs to be written.
protocol GgmlAffineKEncodable: GgmlAffineK, GgmlEncodable {
    static var search: GgmlSearch.Offsets { get }
    /// The largest integer for scales and minima.
    static var factorTop: Int32 { get }
    /// The mean square of a block counts so many times in the weights of an importance.
    static var meanSquareFactor: Float { get }
    static func writeScales(
        _ scales: UnsafePointer<UInt8>, _ minima: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>)
    static func writeLevels(_ levels: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>)
}

extension GgmlAffineKEncodable {
    @inline(__always) static func encode(_ batch: GgmlBatch) {
        let work = batch.work
        let parts = batch.parts(of: subLength) { part, _ in
            let block = part / subCount
            return meanSquareFactor * ggmlSumOfSquares(batch.x + 256 * block, 256) / 256
        }
        let search = batch.importance == nil ? search : .forImportance(top: search.top)
        parts.searchOffsets(search, work.scales, work.minima, work.levels)
        for block in 0..<batch.count {
            let part = block * subCount
            let (scales, minima) = (work.scales + part, work.minima + part)
            let (factors, minimumFactors) = (work.scaleLevels, work.minimumLevels)
            let bytes = batch.blocks + block * type.blockBytes
            let levels = work.levels + 256 * block
            let scale: Float
            let minimumScale: Float
            if let weights = parts.weights {
                for part in 0..<subCount {
                    var sum: Float = 0
                    for index in 0..<subLength { sum += weights[256 * block + part * subLength + index] }
                    work.weightSums[part] = sum
                }
                scale = GgmlSearch.positive(scales, work.weightSums, subCount, top: factorTop, factors)
                minimumScale = GgmlSearch.positive(
                    minima, work.weightSums, subCount, top: factorTop, minimumFactors)
            } else {
                scale = spanFactors(scales, factors)
                minimumScale = spanFactors(minima, minimumFactors)
            }
            store(batch.x + 256 * block, scale, minimumScale, work, levels, bytes)
        }
    }

    /// Integers for positive numbers, the largest of which becomes `factorTop`; returns their scale.
    private static func spanFactors(
        _ numbers: UnsafePointer<Float>, _ factors: UnsafeMutablePointer<UInt8>
    ) -> Float {
        var largest: Float = 0
        for part in 0..<subCount where numbers[part] > largest { largest = numbers[part] }
        let inverse = largest > 0 ? Float(factorTop) / largest : 0
        for part in 0..<subCount {
            let factor = UInt8(truncatingIfNeeded: GgmlRounding.nearest(inverse * numbers[part]))
            factors[part] = min(factor, UInt8(factorTop))
        }
        return largest / Float(factorTop)
    }

    @inline(__always) private static func store(
        _ x: UnsafePointer<Float>, _ scale: Float, _ minimumScale: Float, _ work: GgmlWork,
        _ levels: UnsafeMutablePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>
    ) {
        let scale = block.store(half: scale, at: scaleOffset)
        let minimumScale = block.store(half: minimumScale, at: scaleOffset + 2)
        for part in 0..<subCount {
            let step = scale * Float(work.scaleLevels[part])
            guard step != 0 else { continue }
            let minimum = minimumScale * Float(work.minimumLevels[part])
            for index in part * subLength..<(part + 1) * subLength {
                let level = GgmlRounding.nearest((x[index] + minimum) / step, 0, search.top)
                levels[index] = UInt8(truncatingIfNeeded: level)
            }
        }
        writeScales(work.scaleLevels, work.minimumLevels, block)
        writeLevels(levels, block)
    }
}

extension GgmlQ2K: GgmlAffineKEncodable {
    static var search: GgmlSearch.Offsets {
        .init(top: 3, first: -0.5, step: 0.1, count: 15, measure: .magnitudes)
    }
    static var factorTop: Int32 { 15 }
    static var meanSquareFactor: Float { 1 }

    static func writeScales(
        _ scales: UnsafePointer<UInt8>, _ minima: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>
    ) {
        for part in 0..<16 { block[part] = scales[part] | minima[part] << 4 }
    }

    static func writeLevels(_ levels: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>) {
        GgmlBits.writePairs(levels, shift: 0, block + 16)
    }
}

extension GgmlQ4K: GgmlAffineKEncodable {
    static var search: GgmlSearch.Offsets {
        .init(top: 15, first: -1, step: 0.1, count: 20, measure: .squares)
    }
    static var factorTop: Int32 { 63 }
    static var meanSquareFactor: Float { 2 }

    static func writeScales(
        _ scales: UnsafePointer<UInt8>, _ minima: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>
    ) {
        GgmlSixBitPairs.write(scales, minima, block + 4)
    }

    static func writeLevels(_ levels: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>) {
        GgmlBits.writeNibbles(levels, count: 256, half: 32, block + 16)
    }
}

extension GgmlQ5K: GgmlAffineKEncodable {
    static var search: GgmlSearch.Offsets {
        .init(top: 31, first: -0.5, step: 0.1, count: 15, measure: .squares)
    }
    static var factorTop: Int32 { 63 }
    static var meanSquareFactor: Float { 2 }

    static func writeScales(
        _ scales: UnsafePointer<UInt8>, _ minima: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>
    ) {
        GgmlSixBitPairs.write(scales, minima, block + 4)
    }

    static func writeLevels(_ levels: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>) {
        GgmlBits.writeNibbles(levels, count: 256, half: 32, block + 48)
        GgmlBits.writePlanes(levels, shift: 4, block + 16)
    }
}
