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
    @inline(__always) static func encode(
        _ x: UnsafePointer<Float>, _ importance: GgmlImportance?, _ work: GgmlWork,
        _ block: UnsafeMutablePointer<UInt8>
    ) {
        let scale: Float
        let minimumScale: Float
        if let importance {
            let meanSquare = meanSquareFactor * ggmlSumOfSquares(x, 256) / 256
            let search = GgmlSearch.Offsets(
                top: search.top, first: -0.9, step: 0.05, count: 36, isAbsolute: false)
            for part in 0..<subCount {
                let range = part * subLength..<(part + 1) * subLength
                importance.fill(work.weights, x, range, meanSquare: meanSquare)
                var sum: Float = 0
                for index in 0..<subLength { sum += work.weights[index] }
                work.weightSums[part] = sum
                searchPart(x, part, search, work)
            }
            scale = GgmlSearch.positive(
                work.scales, work.weightSums, subCount, top: factorTop, work.scaleLevels)
            minimumScale = GgmlSearch.positive(
                work.minima, work.weightSums, subCount, top: factorTop, work.minimumLevels)
        } else {
            for part in 0..<subCount {
                fillPlainWeights(x + part * subLength, work.weights)
                searchPart(x, part, search, work)
            }
            scale = spanFactors(work.scales, work.scaleLevels)
            minimumScale = spanFactors(work.minima, work.minimumLevels)
        }
        store(x, scale, minimumScale, work, block)
    }

    @inline(__always) private static func searchPart(
        _ x: UnsafePointer<Float>, _ part: Int, _ search: GgmlSearch.Offsets, _ work: GgmlWork
    ) {
        let offset = part * subLength
        let fit = GgmlSearch.affine(
            x + offset, work.weights, subLength, search, work.levels + offset, trial: work.trial)
        work.scales[part] = fit.scale
        work.minima[part] = fit.minimum
    }

    /// Magnitudes, for squared errors with the root of their mean square added.
    @inline(__always) private static func fillPlainWeights(
        _ x: UnsafePointer<Float>, _ weights: UnsafeMutablePointer<Float>
    ) {
        let size = search.isAbsolute ? 0 : (ggmlSumOfSquares(x, subLength) / Float(subLength)).squareRoot()
        for index in 0..<subLength { weights[index] = size + x[index].magnitude }
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
        _ block: UnsafeMutablePointer<UInt8>
    ) {
        let scale = block.store(half: scale, at: scaleOffset)
        let minimumScale = block.store(half: minimumScale, at: scaleOffset + 2)
        for part in 0..<subCount {
            let step = scale * Float(work.scaleLevels[part])
            guard step != 0 else { continue }
            let minimum = minimumScale * Float(work.minimumLevels[part])
            for index in part * subLength..<(part + 1) * subLength {
                let level = GgmlRounding.nearest((x[index] + minimum) / step, 0, search.top)
                work.levels[index] = UInt8(truncatingIfNeeded: level)
            }
        }
        writeScales(work.scaleLevels, work.minimumLevels, block)
        writeLevels(work.levels, block)
    }
}

extension GgmlQ2K: GgmlAffineKEncodable {
    static var search: GgmlSearch.Offsets {
        .init(top: 3, first: -0.5, step: 0.1, count: 15, isAbsolute: true)
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
        .init(top: 15, first: -1, step: 0.1, count: 20, isAbsolute: false)
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
        .init(top: 31, first: -0.5, step: 0.1, count: 15, isAbsolute: false)
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
