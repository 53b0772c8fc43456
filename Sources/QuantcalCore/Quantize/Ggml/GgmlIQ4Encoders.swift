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

    /// Sets the weights of a part of 32: squares, or from an importance.
    @inline(__always) static func fillWeights(
        _ x: UnsafePointer<Float>, _ part: Int, _ importance: GgmlImportance?, meanSquare: Float,
        _ weights: UnsafeMutablePointer<Float>
    ) {
        let range = 32 * part..<32 * part + 32
        if let importance {
            importance.fill(weights, x, range, meanSquare: meanSquare)
        } else {
            for index in 0..<32 { weights[index] = x[range.lowerBound + index] * x[range.lowerBound + index] }
        }
    }

    /// The scale of 32 numbers: the extreme at the lowest level, then at -(127 + t) for t = -7 ... 7; the
    /// largest fall of the squared error wins. 0 where no number has a weight.
    static func scale(_ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>) -> Float {
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
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ inverse: Float
    ) -> (products: Float, squares: Float) {
        var (products, squares): (Float, Float) = (0, 0)
        for place in 0..<32 {
            let value = level(UInt8(truncatingIfNeeded: index(inverse * x[place])))
            products += weights[place] * value * x[place]
            squares += weights[place] * value * value
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
    static func encode(
        _ x: UnsafePointer<Float>, _ importance: GgmlImportance?, _ work: GgmlWork,
        _ block: UnsafeMutablePointer<UInt8>
    ) {
        let meanSquare = ggmlSumOfSquares(x, 32) * (2 / 32)
        GgmlIQ4.fillWeights(x, 0, importance, meanSquare: meanSquare, work.weights)
        let scale = GgmlIQ4.scale(x, work.weights)
        block.store(half: scale, at: 0)
        GgmlIQ4.fillIndices(x, step: scale, work.levels)
        GgmlBits.writeNibbles(work.levels, count: 32, half: 16, block + 2)
    }
}

extension GgmlIQ4XS: GgmlEncodable {
    static func encode(
        _ x: UnsafePointer<Float>, _ importance: GgmlImportance?, _ work: GgmlWork,
        _ block: UnsafeMutablePointer<UInt8>
    ) {
        let meanSquare = ggmlSumOfSquares(x, 256) * (2 / 256)
        for part in 0..<8 {
            GgmlIQ4.fillWeights(x, part, importance, meanSquare: meanSquare, work.weights)
            work.scales[part] = GgmlIQ4.scale(x + 32 * part, work.weights)
        }
        let blockScale = -ggmlExtreme(work.scales, 8) / 32
        let inverse = GgmlRounding.inverse(blockScale)
        block.store(half: blockScale, at: 0)
        var high: UInt16 = 0
        for part in 0..<8 {
            let factor = GgmlRounding.nearest(inverse * work.scales[part], -32, 31)
            GgmlIQ4.fillIndices(x + 32 * part, step: blockScale * Float(factor), work.levels + 32 * part)
            let bits = UInt16(truncatingIfNeeded: factor + 32)
            high |= (bits >> 4) << UInt16(2 * part)
            let low = UInt8(truncatingIfNeeded: bits & 15)
            block[4 + part / 2] = part % 2 == 0 ? low : block[4 + part / 2] | low << 4
        }
        block.store16(high, at: 2)
        GgmlBits.writeNibbles(work.levels, count: 256, half: 16, block + 8)
    }
}
