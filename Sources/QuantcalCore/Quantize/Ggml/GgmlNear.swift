/// Blocks of 32 with one scale and little squared error, every element counting the same, or those of eight
/// bits by their weights; GgmlFitted has the others.
///
/// Beside ggml's scale there are others, each for its nearest levels; what is decoded by ggml's bytes stays
/// where none is surely better, so that no comparison needs more than single precision.
///
/// Of four and five bits the other scale is the best of ten, found in integers: the numbers in units of
/// which the extreme is 2^13 / top, nine multipliers around ggml's, and then what fits the levels of the
/// best of them, as its levels and sums of products need no more than 16 bits. Of eight bits it is what
/// fits ggml's levels best, and then what fits the levels of that.
enum GgmlNear {
    /// A half and its inverse.
    private struct Scale {
        let half: HalfBits
        let value, inverse: Float

        init(_ scale: Float) {
            half = HalfBits(single: scale)
            value = half.single
            inverse = GgmlRounding.inverse(value)
        }
    }

    /// The sum of 32, in the order in which kernels fold.
    @inline(__always) static func folded(_ term: (Int) -> Float) -> Float {
        var sums = SIMD16<Float>()
        for index in 0..<16 { sums[index] = term(index) + term(index + 16) }
        let eight = sums.lowHalf + sums.highHalf
        let four = eight.lowHalf + eight.highHalf
        let two = four.lowHalf + four.highHalf
        return two.x + two.y
    }

    private static func error(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?, _ levels: UnsafePointer<Int32>,
        _ scale: Float
    ) -> Float {
        folded { index in
            let difference = scale * Float(levels[index]) - x[index]
            return (weights?[index] ?? 1) * (difference * difference)
        }
    }

    /// What an error must be below so that what is decoded is surely nearer than with another one: sums in
    /// single precision that are not tiny are far closer to the truth. One that is not finite is large.
    static func surely(below error: Float) -> Float {
        let bounded = error < 0x1p126 ? error : 0x1p126
        return error <= 0x1p-100 ? 0 : bounded * (1 - 0x1p-13)
    }

    private static func setNearest(
        _ x: UnsafePointer<Float>, _ scale: Scale, _ bounds: ClosedRange<Int32>,
        _ levels: UnsafeMutablePointer<Int32>
    ) {
        for index in 0..<32 {
            levels[index] = GgmlRounding.nearest(
                x[index] * scale.inverse, bounds.lowerBound, bounds.upperBound)
        }
    }

    static func withLevels(
        _ body: (UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: 64) {
            body($0.baseAddress!, $0.baseAddress! + 32)
        }
    }
}

// MARK: Four and five bits

extension GgmlNear {
    /// Sixteen blocks, of which the first `count` are written.
    static func encodeIntegers<B: GgmlSmallInteger>(
        _ kind: B.Type, _ x: UnsafePointer<Float>, _ count: Int, _ blocks: UnsafeMutablePointer<UInt8>
    ) {
        if let kernel = Kernels.ggmlNearIntegers { return kernel(x, count, Int32(B.bits), blocks) }
        encodeIntegersReference(kind, x, count, blocks)
    }

    static func encodeIntegersReference<B: GgmlSmallInteger>(
        _ kind: B.Type, _ x: UnsafePointer<Float>, _ count: Int, _ blocks: UnsafeMutablePointer<UInt8>
    ) {
        withLevels { theirs, ours in
            withGgmlLevels { stored in
                for block in 0..<count {
                    let (x, target) = (x + 32 * block, blocks + block * B.type.blockBytes)
                    let top = Int32(1) << Int32(B.bits - 1)
                    let (scale, levels) = nearest(x, top, theirs, ours)
                    for index in 0..<32 { stored[index] = UInt8(truncatingIfNeeded: levels[index] + top) }
                    target.store(half: scale, at: 0)
                    B.writeLevels(stored, target)
                }
            }
        }
    }

    /// The better of two scales and its levels, which go from -top to top - 1.
    private static func nearest(
        _ x: UnsafePointer<Float>, _ top: Int32, _ theirs: UnsafeMutablePointer<Int32>,
        _ ours: UnsafeMutablePointer<Int32>
    ) -> (Float, UnsafeMutablePointer<Int32>) {
        let extreme = ggmlExtreme(x, 32)
        let scale = extreme / Float(-top)
        let inverse = GgmlRounding.inverse(scale)
        for index in 0..<32 {
            let level = GgmlRounding.truncated(x[index] * inverse + (Float(top) + 0.5), 2 * top - 1)
            theirs[index] = level - top
        }
        let spanning = Scale(scale)
        let found = Scale(searched(x, extreme, top))
        setNearest(x, found, -top...top - 1, ours)
        let isBetter =
            error(x, nil, ours, found.value) < surely(below: error(x, nil, theirs, spanning.value))
        return isBetter ? (found.value, ours) : (spanning.value, theirs)
    }

    /// Sums of products of levels and numbers, and of squared levels.
    private struct Sums {
        var products: Int32 = 0
        var squares: Int32 = 0

        /// How much of the squares of the numbers their best multiple of the levels takes away.
        var gain: Float { Float(products) * Float(products) / Float(squares) }
    }

    private static func searched(_ x: UnsafePointer<Float>, _ extreme: Float, _ top: Int32) -> Float {
        let unit = extreme * (Float(top) / 8192)
        let factor = GgmlRounding.inverse(unit)
        return withUnsafeTemporaryAllocation(of: Int32.self, capacity: 32) { numbers in
            for index in 0..<32 { numbers[index] = GgmlRounding.nearest(x[index] * factor) }
            let numbers = UnsafePointer(numbers.baseAddress!)
            var (best, gain) = (Sums(), Float(0))
            func attempt(_ multiplier: Int32) {
                let trial = sums(numbers, multiplier, top)
                if trial.gain > gain { (best, gain) = (trial, trial.gain) }
            }
            for step: Int32 in -4...4 { attempt(-(4 * top + step) * top) }
            attempt(
                GgmlRounding.nearest(Float(best.squares) * 32768 / Float(best.products), -32767, 32767))
            return Float(best.products) / Float(best.squares) * unit
        }
    }

    /// For levels that are numbers times multiplier / 2^15, ties up.
    private static func sums(_ numbers: UnsafePointer<Int32>, _ multiplier: Int32, _ top: Int32) -> Sums {
        var sums = Sums()
        for index in 0..<32 {
            let level = min(max((numbers[index] &* multiplier &+ 0x4000) >> 15, -top), top - 1)
            sums.products &+= level &* numbers[index]
            sums.squares &+= level &* level
        }
        return sums
    }
}

// MARK: Eight bits

extension GgmlNear {
    /// Sixteen blocks, of which the first `count` are written.
    static func encodeBytes(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?, _ count: Int,
        _ blocks: UnsafeMutablePointer<UInt8>
    ) {
        if let kernel = Kernels.ggmlNearBytes { return kernel(x, weights, count, blocks) }
        encodeBytesReference(x, weights, count, blocks)
    }

    static func encodeBytesReference(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?, _ count: Int,
        _ blocks: UnsafeMutablePointer<UInt8>
    ) {
        withLevels { theirs, ours in
            for block in 0..<count {
                let (x, target) = (x + 32 * block, blocks + block * GgmlQ8_0.type.blockBytes)
                let (scale, levels) = nearest(x, weights.map { $0 + 32 * block }, theirs, ours)
                target.store(half: scale, at: 0)
                for index in 0..<32 { target[2 + index] = UInt8(truncatingIfNeeded: levels[index]) }
            }
        }
    }

    /// The best of three scales and its levels.
    private static func nearest(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?,
        _ theirs: UnsafeMutablePointer<Int32>, _ ours: UnsafeMutablePointer<Int32>
    ) -> (Float, UnsafeMutablePointer<Int32>) {
        let scale = ggmlPeak(x, 32) / 127
        let inverse = GgmlRounding.inverse(scale)
        for index in 0..<32 { theirs[index] = GgmlRounding.awayFromZero(x[index] * inverse) }
        let spanning = Scale(scale)
        let bound = surely(below: error(x, weights, theirs, spanning.value))
        var best = fitting(x, weights, theirs)
        setNearest(x, best, -127...127, ours)
        var least = error(x, weights, ours, best.value)
        let second = fitting(x, weights, ours)
        setNearest(x, second, -127...127, ours)
        let error = error(x, weights, ours, second.value)
        if error < least { (best, least) = (second, error) }
        guard least < bound else { return (spanning.value, theirs) }
        setNearest(x, best, -127...127, ours)
        return (best.value, ours)
    }

    /// The scale that fits levels best.
    private static func fitting(
        _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>?, _ levels: UnsafePointer<Int32>
    ) -> Scale {
        let products = folded { (weights?[$0] ?? 1) * Float(levels[$0]) * x[$0] }
        return Scale(products / folded { (weights?[$0] ?? 1) * Float(levels[$0]) * Float(levels[$0]) })
    }
}

// MARK: The types

extension GgmlSmallInteger where Self: GgmlEncodable {
    static func encodeBest(_ batch: GgmlBatch) {
        guard let importance = batch.importance else {
            if hasMinimum {
                GgmlFitted(Self.self).encodeRanges(batch.x, batch.count, batch.blocks)
            } else {
                GgmlNear.encodeIntegers(Self.self, batch.x, batch.count, batch.blocks)
            }
            return
        }
        encode(batch)
        GgmlFitted(Self.self).improve(
            batch.x, importance.weights, batch.count, batch.work.levels, batch.blocks)
    }
}

extension GgmlQ8_0 {
    static func encodeBest(_ batch: GgmlBatch) {
        GgmlNear.encodeBytes(batch.x, batch.importance?.weights, batch.count, batch.blocks)
    }
}
