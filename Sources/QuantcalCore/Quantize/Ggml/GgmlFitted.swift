/// Blocks of 32 with a scale, with a minimum or weights or with both, and little squared error.
///
/// The start is ggml's block, which stays where nothing is surely better. Beside it there is the best of nine
/// scales, or ten or twelve pairs of a scale and a minimum, found in integers: the numbers in units of which their range
/// is 2048 (or the extreme 2^13 / top), weights in units of which the largest is 32767, so that a product of
/// both, and a level times either, needs little more than 16 bits. The pairs give the range from .8 less to
/// 1.4 more levels than there are, around its middle or .3 levels beside it. With weights, whose small ones
/// integers do not tell apart, the scale and the minimum that fit the levels of that best are then a second
/// choice.
struct GgmlFitted {
    let bits: Int
    let hasMinimum: Bool

    init<B: GgmlSmallInteger>(_ kind: B.Type) { (bits, hasMinimum) = (kind.bits, kind.hasMinimum) }

    private var zero: Int32 { 1 << Int32(bits - 1) }
    /// What is added to a level for what is stored.
    private var shift: Int32 { hasMinimum ? 0 : zero }
    private var blockBytes: Int { (bits == 5 ? 20 : 16) + (hasMinimum ? 4 : 2) }

    /// As they are stored.
    private struct Scales {
        let scale, minimum: HalfBits

        init(_ scale: Float, _ minimum: Float) {
            (self.scale, self.minimum) = (HalfBits(single: scale), HalfBits(single: minimum))
        }
    }

    private typealias Levels = UnsafeMutablePointer<Int32>
}

// MARK: Candidates

/// 32 numbers as integers, with their weights and 1024th parts of the products of both, or with the numbers
/// for these.
private struct GgmlWords {
    let x, w, wx: SIMD32<Int32>
    let hasWeights: Bool
    let unit, middle: Float

    @inline(__always) private static func bounded(_ x: Float, _ low: Int32, _ high: Int32) -> Int32 {
        GgmlRounding.nearest(x, low, high)
    }

    init(_ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?, unit: Float, middle: Float) {
        (self.unit, self.middle, hasWeights) = (unit, middle, weights != nil)
        let factor = GgmlRounding.inverse(unit)
        var words = SIMD32<Int32>()
        for index in 0..<32 { words[index] = Self.bounded((x[index] - middle) * factor, -1024, 1024) }
        self.x = words
        guard let weights else {
            (w, wx) = (.one, words)
            return
        }
        let weightFactor = GgmlRounding.inverse(ggmlPeak(weights, 32) * (1 / 32767))
        var (w, wx) = (SIMD32<Int32>(), SIMD32<Int32>())
        for index in 0..<32 {
            w[index] = Self.bounded(weights[index] * weightFactor, 0, 32767)
            wx[index] = Self.bounded(Float(w[index]) * Float(words[index]) * (1 / 1024), -32767, 32767)
        }
        (self.w, self.wx) = (w, wx)
    }
}

/// Weighted sums for the levels of a candidate: what fits them best is the covariance over the variance.
private struct GgmlWordFit {
    var gain, covariance, variance, levels: Float

    static var none: GgmlWordFit { GgmlWordFit(gain: 0, covariance: 0, variance: 0, levels: 0) }
}

extension GgmlFitted {
    private func words(_ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?) -> GgmlWords {
        if hasMinimum {
            let (low, high) = ggmlRange(x, 32)
            let unit = (high - low) * (1 / 2048)
            return GgmlWords(x, weights, unit: unit, middle: low + 1024 * unit)
        }
        return GgmlWords(x, weights, unit: ggmlExtreme(x, 32) * (Float(zero) / 8192), middle: 0)
    }

    /// For levels that are numbers and an offset times multiplier / 2^15, ties up.
    private func fit(_ words: GgmlWords, _ multiplier: Int32, _ offset: Int32) -> GgmlWordFit {
        var (products, squares, levels): (Int32, Int32, Int32) = (0, 0, 0)
        for index in 0..<32 {
            let scaled = ((words.x[index] &+ offset) &* multiplier &+ 0x4000) >> 15
            let level = min(max(scaled, -zero), zero - 1)
            products &+= level &* words.wx[index]
            squares &+= level &* level &* words.w[index]
            levels &+= level &* words.w[index]
        }
        var fit = GgmlWordFit(
            gain: 0, covariance: Float(products), variance: Float(squares), levels: Float(levels))
        if hasMinimum {
            let (weights, values) = (Float(words.w.wrappedSum()), Float(words.wx.wrappedSum()))
            fit.covariance = weights * fit.covariance - values * fit.levels
            fit.variance = weights * fit.variance - fit.levels * fit.levels
        }
        fit.gain = fit.covariance * fit.covariance / fit.variance
        return fit
    }

    private func searched(_ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?) -> Scales {
        let words = words(x, weights)
        var best = GgmlWordFit.none
        func attempt(_ multiplier: Int32, _ offset: Int32) {
            let trial = fit(words, multiplier, offset)
            if trial.gain > best.gain { best = trial }
        }
        if hasMinimum {
            let tenths: [3 of Int32] = [5, 8, 2]
            let (count, gap): (Int32, Int32) = bits == 5 ? (12, 3) : (10, 4)
            for candidate in 0..<count {
                let multiplier = 16 * (2 * zero - 1) - 13 + gap * candidate
                attempt(multiplier, -3277 * tenths[Int(candidate % 3)] / multiplier)
            }
        } else {
            for step: Int32 in -4...4 { attempt(-(4 * zero + step) * zero, 0) }
        }
        let step = best.covariance / best.variance
        let unit = weights == nil ? words.unit : words.unit * 1024
        let scale = step * unit
        guard hasMinimum else { return Scales(scale, 0) }
        let centre = (Float(words.wx.wrappedSum()) - step * best.levels) / Float(words.w.wrappedSum())
        return Scales(scale, centre * unit + words.middle - scale * Float(zero))
    }
}

// MARK: Errors

extension GgmlFitted {
    private func setNearest(_ x: UnsafePointer<Float>, _ scales: Scales, _ levels: Levels) {
        let inverse = GgmlRounding.inverse(scales.scale.single)
        let minimum = scales.minimum.single
        for index in 0..<32 {
            levels[index] = GgmlRounding.nearest(
                (x[index] - minimum) * inverse, -shift, 2 * zero - 1 - shift)
        }
    }

    private func error(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?, _ scales: Scales, _ levels: Levels
    ) -> Float {
        let (scale, minimum) = (scales.scale.single, scales.minimum.single)
        return GgmlNear.folded { index in
            let difference = scale * Float(levels[index]) + minimum - x[index]
            return (weights?[index] ?? 1) * (difference * difference)
        }
    }

    /// What fits levels best.
    private func fitting(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ scales: Scales, _ levels: Levels
    ) -> Scales {
        let minimum = scales.minimum.single
        let squares = GgmlNear.folded {
            let level = Float(levels[$0])
            return weights[$0] * level * level
        }
        let products = GgmlNear.folded { weights[$0] * Float(levels[$0]) * (x[$0] - minimum) }
        guard hasMinimum else { return Scales(products / squares, 0) }
        let sum = GgmlNear.folded { weights[$0] }
        let values = GgmlNear.folded { weights[$0] * (x[$0] - minimum) }
        let sumOfLevels = GgmlNear.folded { weights[$0] * Float(levels[$0]) }
        let scale = (sum * products - values * sumOfLevels) / (sum * squares - sumOfLevels * sumOfLevels)
        return Scales(scale, (values - scale * sumOfLevels) / sum + minimum)
    }
}

// MARK: Blocks

extension GgmlFitted {
    /// Sixteen blocks, of which the first `count` are written.
    func encodeRanges(_ x: UnsafePointer<Float>, _ count: Int, _ blocks: UnsafeMutablePointer<UInt8>) {
        if let kernel = Kernels.ggmlNearRanges { return kernel(x, count, Int32(bits), blocks) }
        encodeRangesReference(x, count, blocks)
    }

    func encodeRangesReference(
        _ x: UnsafePointer<Float>, _ count: Int, _ blocks: UnsafeMutablePointer<UInt8>
    ) {
        let top = 2 * zero - 1
        GgmlNear.withLevels { theirs, ours in
            for block in 0..<count {
                let (x, target) = (x + 32 * block, blocks + blockBytes * block)
                let (low, high) = ggmlRange(x, 32)
                let scale = (high - low) / Float(top)
                let inverse = GgmlRounding.inverse(scale)
                for index in 0..<32 {
                    theirs[index] = GgmlRounding.truncated((x[index] - low) * inverse + 0.5, top)
                }
                store(Scales(scale, low), theirs, target)
                let error = error(x, nil, Scales(scale, low), theirs)
                better(x, nil, error, target, ours, theirs)
            }
        }
    }

    /// Betters sixteen blocks, of which the first `count` are written; their levels are given, too.
    func improve(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ count: Int,
        _ levels: UnsafePointer<UInt8>, _ blocks: UnsafeMutablePointer<UInt8>
    ) {
        if let kernel = Kernels.ggmlNearWeighted {
            return kernel(x, weights, count, Int32(bits), hasMinimum ? 1 : 0, levels, blocks)
        }
        improveReference(x, weights, count, levels, blocks)
    }

    func improveReference(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ count: Int,
        _ levels: UnsafePointer<UInt8>, _ blocks: UnsafeMutablePointer<UInt8>
    ) {
        GgmlNear.withLevels { first, second in
            for block in 0..<count {
                let (x, weights) = (x + 32 * block, weights + 32 * block)
                let target = blocks + blockBytes * block
                for index in 0..<32 { first[index] = Int32(levels[32 * block + index]) - shift }
                let stored = UnsafePointer(target)
                let scales = Scales(stored.half(at: 0), hasMinimum ? stored.half(at: 2) : 0)
                better(x, weights, error(x, weights, scales, first), target, first, second)
            }
        }
    }

    /// Writes a block whose error is surely below a bound.
    private func better(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?, _ bound: Float,
        _ target: UnsafeMutablePointer<UInt8>, _ levels: Levels, _ others: Levels
    ) {
        let scales = searched(x, weights)
        setNearest(x, scales, levels)
        var found = (scales: scales, levels: levels, error: error(x, weights, scales, levels))
        if let weights {
            let second = fitting(x, weights, scales, levels)
            setNearest(x, second, others)
            let error = error(x, weights, second, others)
            if error < found.error || found.error.isNaN { found = (second, others, error) }
        }
        if found.error < GgmlNear.surely(below: bound) { store(found.scales, found.levels, target) }
    }

    private func store(_ scales: Scales, _ levels: Levels, _ target: UnsafeMutablePointer<UInt8>) {
        target.store16(scales.scale.bits, at: 0)
        if hasMinimum { target.store16(scales.minimum.bits, at: 2) }
        withGgmlLevels { stored in
            for index in 0..<32 { stored[index] = UInt8(truncatingIfNeeded: levels[index] + shift) }
            GgmlBits.writeIntegers(stored, bits: bits, target + (hasMinimum ? 4 : 2))
        }
    }
}
