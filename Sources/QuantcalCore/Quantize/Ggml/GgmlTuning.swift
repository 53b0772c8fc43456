/// The scales of a batch of blocks with little squared error.
///
/// Two starts, the scales that ggml's encoder finds and those of a search with the weights that count, of
/// which each block keeps the better. From there factors move by one where the error of their part falls, and
/// the scales of the block follow by least squares, rounded to half precision; errors are always those of
/// what will be decoded, with every element at its nearest level.
struct GgmlTuning {
    let form: GgmlForm
    /// With weights, or all of the same.
    let parts: GgmlParts
    /// The scales that are kept, and those of an attempt.
    let kept: GgmlScales
    private let tried: GgmlScales
    /// Of both.
    private let keptFits, triedFits: UnsafeMutablePointer<Float>
    /// Rows of a number for each part: what is kept, then as many for the attempt.
    private let memory: UnsafeMutablePointer<Float>

    private static let scaleRows = 4
    private static let rows = scaleRows + GgmlFit.count

    static func with(_ form: GgmlForm, _ parts: GgmlParts, _ body: (GgmlTuning) -> Void) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * rows * parts.count) {
            $0.initialize(repeating: 0)
            body(GgmlTuning(form, parts, $0.baseAddress!))
        }
    }

    private init(_ form: GgmlForm, _ parts: GgmlParts, _ memory: UnsafeMutablePointer<Float>) {
        (self.form, self.parts, self.memory) = (form, parts, memory)
        let count = parts.count
        kept = GgmlScales(
            scales: memory, minimumScales: memory + count, factors: memory + 2 * count,
            minimumFactors: memory + 3 * count)
        keptFits = memory + Self.scaleRows * count
        tried = kept.advanced(by: Self.rows * count)
        triedFits = keptFits + Self.rows * count
    }

    private var blockCount: Int { parts.count / form.partCount }

    /// Betters the scales that are kept and sets their levels; `work` is for the search, and has the weights.
    /// Gives what the error of each block was, at the nearest levels, and is.
    func improve(
        _ work: GgmlWork, _ levels: UnsafeMutablePointer<UInt8>, _ report: (Int, Float, Float) -> Void
    ) {
        parts.tune(form, kept, canMove: false, keptFits)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: blockCount) { before in
            for block in 0..<blockCount { before[block] = error(block, keptFits) }
            if form.candidates > 0 {
                search(work)
                tryScales()
            }
            if form.hasFactors { parts.tune(form, kept, canMove: true, keptFits) }
            solveScales()
            tryScales()
            parts.tune(form, kept, canMove: true, keptFits, levels)
            for block in 0..<blockCount { report(block, before[block], error(block, keptFits)) }
        }
    }

    private func error(_ block: Int, _ fits: UnsafePointer<Float>) -> Float {
        let errors = fits + block * form.partCount
        guard form.partCount > 1 else { return errors[0] }
        var sums = eight(at: errors)
        if form.partCount > 8 { sums += eight(at: errors + 8) }
        let halves = sums.lowHalf + sums.highHalf
        let quarters = halves.lowHalf + halves.highHalf
        return quarters.x + quarters.y
    }

    /// Blocks have one part, eight or sixteen, which are looked at by eight: one by one that would take as long
    /// as some of the work on their elements.
    @inline(__always) private func eight(at numbers: UnsafePointer<Float>) -> SIMD8<Float> {
        UnsafeRawPointer(numbers).loadUnaligned(as: SIMD8<Float>.self)
    }

    /// Keeps what has been set to be tried for blocks where it is better.
    private func tryScales() {
        parts.tune(form, tried, canMove: false, triedFits)
        for block in 0..<blockCount where error(block, triedFits) < error(block, keptFits) {
            let target = memory + block * form.partCount
            let source = target + Self.rows * parts.count
            for row in 0..<Self.rows {
                let place = row * parts.count
                guard form.partCount > 1 else {
                    target[place] = source[place]
                    continue
                }
                for first in stride(from: place, to: place + form.partCount, by: 8) {
                    UnsafeMutableRawPointer(target + first).storeBytes(
                        of: eight(at: source + first), as: SIMD8<Float>.self)
                }
            }
        }
    }
}

extension GgmlTuning {
    /// Scales of the parts by a search, as factors of a scale that spans them.
    private func search(_ work: GgmlWork) {
        if form.minimumFactors != nil {
            let search = GgmlSearch.Offsets(
                top: form.levels.upperBound, first: -0.9, step: 1.8 / Float(form.candidates),
                count: form.candidates, measure: .gain)
            parts.searchOffsets(search, work.scales, work.minima, work.levels)
        } else {
            let weighted = GgmlParts(
                x: parts.x, weights: UnsafePointer(work.weights), count: parts.count, length: parts.length)
            if form.isIQ4 {
                weighted.searchIQ4(work.scales)
            } else {
                weighted.searchSigned(top: -form.levels.lowerBound, work.scales, work.levels)
            }
        }
        for part in stride(from: 0, to: parts.count, by: form.partCount) {
            let target = tried.advanced(by: part)
            span(work.scales + part, form.factors, target.scales, target.factors)
            guard let minimumFactors = form.minimumFactors else { continue }
            span(work.minima + part, minimumFactors, target.minimumScales, target.minimumFactors)
        }
    }

    /// Factors for numbers, the extreme one of which has the factor that is farthest from 0, and their scale.
    private func span(
        _ numbers: UnsafePointer<Float>, _ range: ClosedRange<Int32>, _ scales: UnsafeMutablePointer<Float>,
        _ factors: UnsafeMutablePointer<Float>
    ) {
        let farthest = -range.lowerBound > range.upperBound ? range.lowerBound : range.upperBound
        let scale = HalfBits(single: ggmlExtreme(numbers, form.partCount) / Float(farthest)).single
        let inverse = GgmlRounding.inverse(scale)
        scales.update(repeating: scale, count: form.partCount)
        for part in 0..<form.partCount {
            factors[part] = Float(
                GgmlRounding.nearest(inverse * numbers[part], range.lowerBound, range.upperBound))
        }
    }

    /// Sets the scales of each block to be tried, by least squares for its factors and levels.
    private func solveScales() {
        for first in stride(from: 0, to: parts.count, by: form.partCount) {
            let scales = kept.advanced(by: first)
            // Normal equations for scale * u - minimumScale * v, u = factor * level and v = minimumFactor.
            var (uu, uv, vv, ux, vx) = (0.0, 0.0, 0.0, 0.0, 0.0)
            for part in 0..<form.partCount {
                let (f, g) = (Double(scales.factors[part]), Double(scales.minimumFactors[part]))
                uu += f * f * fit(.squares, first + part)
                uv += f * g * fit(.levels, first + part)
                vv += g * g * fit(.weights, first + part)
                ux += f * fit(.products, first + part)
                vx += g * fit(.values, first + part)
            }
            var (scale, minimumScale) = (scales.scales[0], scales.minimumScales[0])
            let determinant = uu * vv - uv * uv
            if form.minimumFactors != nil, determinant > 0 {
                scale = half((ux * vv - uv * vx) / determinant)
                minimumScale = half((ux * uv - uu * vx) / determinant)
            } else if uu > 0 {
                scale = half((ux + Double(minimumScale) * uv) / uu)
            }
            for part in first..<first + form.partCount {
                (tried.scales[part], tried.minimumScales[part]) = (scale, minimumScale)
                tried.factors[part] = kept.factors[part]
                tried.minimumFactors[part] = kept.minimumFactors[part]
            }
        }
    }

    @inline(__always) private func fit(_ fit: GgmlFit, _ part: Int) -> Double {
        Double(keptFits[fit.rawValue * parts.count + part])
    }

    private func half(_ value: Double) -> Float { HalfBits(single: Float(value)).single }
}
