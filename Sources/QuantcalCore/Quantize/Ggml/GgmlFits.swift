import CQuantcalKernels

/// What parts of a kind of block can be: each decodes to
///     scale * factor * level - minimumScale * minimumFactor,
/// the scales being halves of the whole block, the factors small integers of the part.
struct GgmlForm {
    let partLength, partCount: Int
    let levels: ClosedRange<Int32>
    /// The levels are those of IQ4.
    let isIQ4: Bool
    /// One of them where a part is a block.
    let factors: ClosedRange<Int32>
    /// From 0, or 1 where a part is a block; nil where there is no minimum.
    let minimumFactors: ClosedRange<Int32>?
    /// Of a search for scales beside ggml's; none where that has little to gain.
    let candidates: Int

    init(
        _ partCount: Int, of partLength: Int, levels: ClosedRange<Int32>, isIQ4: Bool = false,
        factors: ClosedRange<Int32> = 1...1, minimumFactors: ClosedRange<Int32>? = nil, candidates: Int
    ) {
        (self.partLength, self.partCount, self.levels, self.isIQ4) = (partLength, partCount, levels, isIQ4)
        (self.factors, self.minimumFactors, self.candidates) = (factors, minimumFactors, candidates)
    }

    var hasFactors: Bool { factors.count > 1 }

    /// The nearest level, and what is stored for it.
    @inline(__always) fileprivate func level(_ quotient: Float) -> (Float, UInt8) {
        if isIQ4 {
            let index = UInt8(truncatingIfNeeded: GgmlIQ4.index(quotient))
            return (GgmlIQ4.level(index), index)
        }
        let level = GgmlRounding.nearest(quotient, levels.lowerBound, levels.upperBound)
        return (Float(level), UInt8(truncatingIfNeeded: level - levels.lowerBound))
    }

    func forKernel(_ canMove: Bool) -> quantcal_ggml_form {
        quantcal_ggml_form(
            low: Float(levels.lowerBound), high: Float(levels.upperBound),
            factor_low: Float(factors.lowerBound), factor_high: Float(factors.upperBound),
            minimum_factor_high: Float(minimumFactors?.upperBound ?? 0), is_iq4: isIQ4 ? 1 : 0,
            can_move: canMove && hasFactors ? 1 : 0)
    }
}

/// Of each part; the scales of a block are those of all its parts.
struct GgmlScales {
    let scales, minimumScales: UnsafeMutablePointer<Float>
    let factors, minimumFactors: UnsafeMutablePointer<Float>

    func advanced(by parts: Int) -> GgmlScales {
        GgmlScales(
            scales: scales + parts, minimumScales: minimumScales + parts, factors: factors + parts,
            minimumFactors: minimumFactors + parts)
    }

    var forKernel: quantcal_ggml_scales {
        quantcal_ggml_scales(
            scales: UnsafePointer(scales), minimum_scales: UnsafePointer(minimumScales), factors: factors,
            minimum_factors: minimumFactors)
    }
}

/// What is known of a part, its elements being at their nearest levels.
enum GgmlFit: Int, CaseIterable {
    /// The weighted squared error.
    case error
    /// Weighted sums: of 1, of the numbers x, of the levels l, of l * l and of l * x.
    case weights, values, levels, squares, products

    static var count: Int { allCases.count }
}

extension GgmlParts {
    /// Fills the numbers of GgmlFit, each of all parts, and what is stored for the levels. If factors can move,
    /// they first do where the error of their part falls below the one that `fits` has: the factor by one
    /// towards what is best for the levels that it has, or the other way where there is a minimum, whose factor
    /// becomes what is best for them. Weights that are
    /// not given are 1.
    func tune(
        _ form: GgmlForm, _ scales: GgmlScales, canMove: Bool, _ fits: UnsafeMutablePointer<Float>,
        _ levels: UnsafeMutablePointer<UInt8>? = nil
    ) {
        if let kernel = Kernels.ggmlTune {
            return kernel(
                x, weights, count, length, form.forKernel(canMove), scales.forKernel, fits, levels)
        }
        tuneReference(form, scales, canMove: canMove, fits, levels)
    }

    func tuneReference(
        _ form: GgmlForm, _ scales: GgmlScales, canMove: Bool, _ fits: UnsafeMutablePointer<Float>,
        _ levels: UnsafeMutablePointer<UInt8>? = nil
    ) {
        for part in 0..<count {
            let scale = SIMD2(scales.scales[part], scales.minimumScales[part])
            var factors = SIMD2(scales.factors[part], scales.minimumFactors[part])
            if canMove && form.hasFactors {
                var known = SIMD8<Float>()
                for fit in 0..<GgmlFit.count { known[fit] = fits[fit * count + part] }
                factors = moved(part, form, factors, scale, known)
            }
            (scales.factors[part], scales.minimumFactors[part]) = (factors.x, factors.y)
            let sums = sums(part, form, scale * factors, levels)
            for fit in 0..<GgmlFit.count { fits[fit * count + part] = sums[fit] }
        }
    }

    /// The factors with the least error of those given and of where they may go.
    private func moved(
        _ part: Int, _ form: GgmlForm, _ start: SIMD2<Float>, _ scale: SIMD2<Float>, _ known: SIMD8<Float>
    ) -> SIMD2<Float> {
        var (factors, least) = (start, known[GgmlFit.error.rawValue])
        func attempt(_ factor: Float) {
            let moved = form.fitting(factor, start, scale, known)
            let error = sums(part, form, scale * moved, nil)[GgmlFit.error.rawValue]
            if error < least { (factors, least) = (moved, error) }
        }
        let step = form.step(start, scale, known)
        attempt(form.bounded(start.x + step))
        if form.minimumFactors != nil {
            attempt(start.x)
            attempt(form.bounded(start.x - step))
        }
        return factors
    }

    /// For a step and a minimum.
    private func sums(
        _ part: Int, _ form: GgmlForm, _ grid: SIMD2<Float>, _ levels: UnsafeMutablePointer<UInt8>?
    ) -> SIMD8<Float> {
        var sums = SIMD8<Float>()
        let (step, minimum) = (grid.x, grid.y)
        let inverse = step != 0 ? 1 / step : 0
        for index in part * length..<(part + 1) * length {
            let (x, weight) = (x[index], weights.map { $0[index] } ?? 1)
            let (level, stored) = form.level((x + minimum) * inverse)
            levels?[index] = stored
            let difference = step * level - minimum - x
            let weighted = weight * level
            sums[0] += weight * difference * difference
            sums[1] += weight
            sums[2] += weight * x
            sums[3] += weighted
            sums[4] += weighted * level
            sums[5] += weighted * x
        }
        return sums
    }
}

extension GgmlForm {
    /// From a factor to its neighbour on the side of what is best for the levels that are known.
    @inline(__always) fileprivate func step(
        _ start: SIMD2<Float>, _ scale: SIMD2<Float>, _ fits: SIMD8<Float>
    ) -> Float {
        func fit(_ fit: GgmlFit) -> Float { fits[fit.rawValue] }
        var best = fit(.products) / fit(.squares)
        if minimumFactors != nil {
            best =
                (fit(.weights) * fit(.products) - fit(.levels) * fit(.values))
                / (fit(.weights) * fit(.squares) - fit(.levels) * fit(.levels))
        }
        return best / scale.x < start.x ? -1 : 1
    }

    @inline(__always) fileprivate func bounded(_ factor: Float) -> Float {
        min(max(factor, Float(factors.lowerBound)), Float(factors.upperBound))
    }

    /// A factor with the minimum's that is best for it and for the levels that are known.
    @inline(__always) fileprivate func fitting(
        _ factor: Float, _ start: SIMD2<Float>, _ scale: SIMD2<Float>, _ fits: SIMD8<Float>
    ) -> SIMD2<Float> {
        guard let minimumFactors else { return [factor, start.y] }
        let (levels, values) = (fits[GgmlFit.levels.rawValue], fits[GgmlFit.values.rawValue])
        let minimum = (scale.x * factor * levels - values) / fits[GgmlFit.weights.rawValue]
        return [factor, Float(GgmlRounding.nearest(minimum / scale.y, 0, minimumFactors.upperBound))]
    }
}
