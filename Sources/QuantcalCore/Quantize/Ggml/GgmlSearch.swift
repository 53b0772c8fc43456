/// The searches of ggml's reference encoders for the scale of a few numbers, by the words of their source:
/// candidates around the scale that spans the range, least squares for the levels that each gives, the
/// best kept. Sums run in the order of the elements, each operation rounded to single precision; the
/// results are those of a build of ggml without fused operations, byte for byte.
/// Source: make_qkx2_quants, make_qkx3_quants, make_qx_quants, make_q3_quants and make_qp_quants of ggml-quants.c.
enum GgmlSearch {
    /// Below this a group is taken for zeros.
    static let nothing: Float = 1e-15

    /// What a search with an offset makes small: weighted squares or magnitudes of the errors of each
    /// candidate; or the squares that are left by least squares, without a second look at the numbers, where
    /// the result is only a start.
    enum Measure: Int32 {
        case squares = 0
        case magnitudes = 1
        case gain = 2
    }

    /// Candidates of a search with an offset: (first + step * k + top) / range, k = 0 ... count.
    struct Offsets {
        let top: Int32
        let first, step: Float
        let count: Int
        let measure: Measure

        /// With an importance it is the same for all types.
        @inline(__always) static func forImportance(top: Int32) -> Offsets {
            Offsets(top: top, first: -0.9, step: 0.05, count: 36, measure: .squares)
        }

        /// Without one: magnitudes, for squared errors with the root of their mean square added; ones for a start.
        @inline(__always) func fillWeights(
            _ x: UnsafePointer<Float>, _ count: Int, _ weights: UnsafeMutablePointer<Float>
        ) {
            if measure == .gain { return weights.update(repeating: 1, count: count) }
            let size = measure == .squares ? (ggmlSumOfSquares(x, count) / Float(count)).squareRoot() : 0
            for index in 0..<count { weights[index] = size + x[index].magnitude }
        }
    }

    struct Affine {
        var scale: Float
        /// The negative of the smallest value, at least 0.
        var minimum: Float
    }

    /// scale * level - minimum, with levels 0 to `top`, under weighted squared or absolute error. Of a search
    /// for a start (measure gain) only scale and minimum are of use, and candidates are around the range.
    static func affine(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ count: Int, _ search: Offsets,
        _ levels: UnsafeMutablePointer<UInt8>, trial: UnsafeMutablePointer<UInt8>
    ) -> Affine {
        var (low, high) = (x[0], x[0])
        var weightSum = weights[0]
        var sum = weights[0] * x[0]
        for index in 1..<count {
            if x[index] < low { low = x[index] }
            if x[index] > high { high = x[index] }
            weightSum += weights[index]
            sum += weights[index] * x[index]
        }
        if low > 0 { low = 0 }
        if high <= low {
            levels.update(repeating: 0, count: count)
            return Affine(scale: 0, minimum: -low)
        }
        let top = Float(search.top)
        var inverse = top / (high - low)
        var best = Affine(scale: 1 / inverse, minimum: low)
        for index in 0..<count {
            levels[index] = UInt8(
                truncatingIfNeeded: GgmlRounding.nearest(inverse * (x[index] - low), 0, search.top))
        }
        var leastError =
            search.measure == .gain ? .infinity : error(x, weights, count, levels, best, search.measure)
        for candidate in 0...search.count {
            let base = search.measure == .gain ? low : best.minimum
            inverse = (search.first + search.step * Float(candidate) + top) / (high - base)
            var (levelSum, squareSum, productSum): (Float, Float, Float) = (0, 0, 0)
            for index in 0..<count {
                let level = GgmlRounding.nearest(inverse * (x[index] - base), 0, search.top)
                trial[index] = UInt8(truncatingIfNeeded: level)
                let weighted = weights[index] * Float(level)
                levelSum += weighted
                squareSum += weighted * Float(level)
                productSum += weighted * x[index]
            }
            let determinant = weightSum * squareSum - levelSum * levelSum
            guard determinant > 0 else { continue }
            var fit = Affine(
                scale: (weightSum * productSum - sum * levelSum) / determinant,
                minimum: (squareSum * sum - levelSum * productSum) / determinant)
            if fit.minimum > 0 { fit = Affine(scale: productSum / squareSum, minimum: 0) }
            let error =
                search.measure == .gain
                ? -(fit.scale * productSum + fit.minimum * sum)
                : error(x, weights, count, trial, fit, search.measure)
            if error < leastError {
                (leastError, best) = (error, fit)
                levels.update(from: trial, count: count)
            }
        }
        return Affine(scale: best.scale, minimum: -best.minimum)
    }

    /// Here `fit.minimum` is the smallest value itself.
    @inline(__always) private static func error(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ count: Int,
        _ levels: UnsafePointer<UInt8>,
        _ fit: Affine, _ measure: Measure
    ) -> Float {
        var sum: Float = 0
        for index in 0..<count {
            let difference = fit.scale * Float(levels[index]) + fit.minimum - x[index]
            sum += weights[index] * (measure == .magnitudes ? difference.magnitude : difference * difference)
        }
        return sum
    }

    /// scale * (level - top), with levels 0 to 2 * top - 1. Weights are those given, or the squares of the
    /// numbers.
    static func signed(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?, _ count: Int, top: Int32,
        _ levels: UnsafeMutablePointer<UInt8>
    ) -> Float {
        let extreme = ggmlExtreme(x, count)
        if extreme.magnitude < nothing {
            levels.update(repeating: 0, count: count)
            return 0
        }
        var inverse = -Float(top) / extreme
        let first = sums(x, weights, count, inverse, top)
        store(x, count, inverse, top, levels)
        var scale = first.squares != 0 ? first.products / first.squares : 0
        var best = scale * first.products
        for step in -9...9 where step != 0 {
            inverse = -(Float(top) + 0.1 * Float(step)) / extreme
            let trial = sums(x, weights, count, inverse, top)
            if trial.squares > 0, trial.products * trial.products > best * trial.squares {
                store(x, count, inverse, top, levels)
                scale = trial.products / trial.squares
                best = scale * trial.products
            }
        }
        return scale
    }

    @inline(__always) private static func store(
        _ x: UnsafePointer<Float>, _ count: Int, _ inverse: Float, _ top: Int32,
        _ levels: UnsafeMutablePointer<UInt8>
    ) {
        for index in 0..<count {
            let level = GgmlRounding.nearest(inverse * x[index], -top, top - 1)
            levels[index] = UInt8(truncatingIfNeeded: level + top)
        }
    }

    /// The weighted sums of numbers times levels, and of squared levels.
    private struct Sums {
        var products: Float = 0
        var squares: Float = 0
    }

    @inline(__always) private static func sums(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?, _ count: Int, _ inverse: Float,
        _ top: Int32
    ) -> Sums {
        var sums = Sums()
        for index in 0..<count {
            let level = Float(GgmlRounding.nearest(inverse * x[index], -top, top - 1))
            let weight = weights.map { $0[index] } ?? x[index] * x[index]
            sums.products += weight * x[index] * level
            sums.squares += weight * level * level
        }
        return sums
    }

    /// The same, weights being the squares of the numbers: one candidate, whose levels are then changed one
    /// by one where that helps.
    static func refined(
        _ x: UnsafePointer<Float>, _ count: Int, top: Int32, _ levels: UnsafeMutablePointer<UInt8>
    ) -> Float {
        let extreme = ggmlExtreme(x, count)
        if extreme.magnitude < nothing {
            levels.update(repeating: 0, count: count)
            return 0
        }
        let inverse = -Float(top) / extreme
        var total = sums(x, nil, count, inverse, top)
        store(x, count, inverse, top, levels)
        for _ in 0..<5 {
            var isChanged = false
            for index in 0..<count {
                let weight = x[index] * x[index]
                let level = Float(Int32(levels[index]) - top)
                var other = Sums(
                    products: total.products - weight * x[index] * level,
                    squares: total.squares - weight * level * level)
                guard other.products > 0 else { continue }
                let better = GgmlRounding.nearest(x[index] * other.squares / other.products, -top, top - 1)
                guard Float(better) != level else { continue }
                other.products += weight * x[index] * Float(better)
                other.squares += weight * Float(better) * Float(better)
                if other.squares > 0,
                    other.products * other.products * total.squares
                        > total.products * total.products * other.squares
                {
                    levels[index] = UInt8(truncatingIfNeeded: better + top)
                    total = other
                    isChanged = true
                }
            }
            if !isChanged { break }
        }
        return total.squares > 0 ? total.products / total.squares : 0
    }

    /// scale * level for numbers that are not negative, levels 0 to `top`: the scales of parts of a block.
    static func positive(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ count: Int, top: Int32,
        _ levels: UnsafeMutablePointer<UInt8>
    ) -> Float {
        var high: Float = 0
        for index in 0..<count where x[index] > high { high = x[index] }
        if high < nothing {
            levels.update(repeating: 0, count: count)
            return 0
        }
        var inverse = Float(top) / high
        var leastError = positiveError(x, weights, count, inverse, .max)
        for step in -4...4 where step != 0 {
            let candidate = (0.1 * Float(step) + Float(top)) / high
            let error = positiveError(x, weights, count, candidate, top)
            if error < leastError { (leastError, inverse) = (error, candidate) }
        }
        var total = Sums()
        for index in 0..<count {
            let level = min(GgmlRounding.nearest(inverse * x[index]), top)
            levels[index] = UInt8(truncatingIfNeeded: level)
            total.products += weights[index] * x[index] * Float(level)
            total.squares += weights[index] * Float(level) * Float(level)
        }
        for _ in 0..<5 {
            if !refinePositive(x, weights, count, top, levels, &total) { break }
        }
        return total.squares > 0 ? total.products / total.squares : 0
    }

    @inline(__always) private static func positiveError(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ count: Int, _ inverse: Float,
        _ top: Int32
    ) -> Float {
        let scale = 1 / inverse
        var sum: Float = 0
        for index in 0..<count {
            let difference = x[index] - scale * Float(min(GgmlRounding.nearest(inverse * x[index]), top))
            sum += weights[index] * difference * difference
        }
        return sum
    }

    /// One pass over the levels; false if none was changed.
    private static func refinePositive(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ count: Int, _ top: Int32,
        _ levels: UnsafeMutablePointer<UInt8>, _ total: inout Sums
    ) -> Bool {
        var isChanged = false
        for index in 0..<count {
            let (weight, level) = (weights[index], Float(levels[index]))
            var other = Sums(
                products: total.products - weight * x[index] * level,
                squares: total.squares - weight * level * level)
            guard other.products > 0, other.squares > 0 else { continue }
            let better = Float(min(GgmlRounding.nearest(x[index] * other.squares / other.products), top))
            guard better != level else { continue }
            other.products += weight * x[index] * better
            other.squares += weight * better * better
            if other.products * other.products * total.squares > total.products * total.products
                * other.squares
            {
                levels[index] = UInt8(truncatingIfNeeded: Int32(better))
                total = other
                isChanged = true
            }
        }
        return isChanged
    }
}
