/// The squared loss of a mergeable fit: a block keeps the sum of its values and of its weights, and no
/// points. Its value is the mean.
///
/// Sums are kept in twice the precision: if their bits suffice, as for whole numbers, they are exact, and
/// then the blocks do not depend on how the points were divided; if not, means agree to about 2^-100.
struct IsotonicSquaredLoss: IsotonicChainLoss {
    struct Block: IsotonicChainBlock {
        let first: Double
        var last: Double
        /// Of weights times values, in units of the scale.
        var sum: DoubleDouble
        var weight: DoubleDouble

        var memberCount: Int { 0 }
    }

    /// Powers of two that keep products of sums in range: 1 but for values or weights that come close to
    /// the ends of the range of numbers.
    struct Scale: Equatable {
        var value: Double
        var weight: Double

        /// What smaller weights count as: the largest is at least 2^500 times larger.
        static var leastWeight: Double { 0x1p-700 }

        /// For the largest magnitudes of values and of weights.
        init(_ value: Double, _ weight: Double) {
            self.value = PowerOfTwo.bringing(value, above: -200, below: 300)
            self.weight = PowerOfTwo.bringing(weight, above: -200, below: 150)
        }
    }

    static var keepsPoints: Bool { false }

    let isDecreasing: Bool
    let scale: Scale

    func block(
        key: Double, of points: UnsafeMutableBufferPointer<IsotonicMember>,
        scratch: UnsafeMutableRawPointer
    ) -> Block {
        var block = Block(first: key, last: key, sum: DoubleDouble(), weight: DoubleDouble())
        for point in points {
            let weight = max(point.weight * scale.weight, Scale.leastWeight)
            block.weight += weight
            block.sum.addProduct(weight, point.value * scale.value)
        }
        block.normalize()
        return block
    }

    func joined(
        _ a: Block, _ b: Block, seam: UnsafeMutablePointer<IsotonicMember>,
        scratch: UnsafeMutableRawPointer
    ) -> Block { a + b }

    /// A single key, or the first of several in order, is merged downwards until it fits; what follows
    /// is in order already.
    func pool(
        _ blocks: UnsafeMutablePointer<Block>, left: Int, right: Int,
        seam: UnsafeMutablePointer<IsotonicMember>, scratch: UnsafeMutableRawPointer
    ) -> Int {
        var height = left
        for index in left..<left + right {
            guard height > 0, violates(blocks[height - 1], blocks[index]) else {
                let rest = left + right - index
                if height != index { (blocks + height).update(from: blocks + index, count: rest) }
                return height + rest
            }
            var block = blocks[index]
            while height > 0, violates(blocks[height - 1], block) {
                block = blocks[height - 1] + block
                height -= 1
            }
            blocks[height] = block
            height += 1
        }
        return height
    }

    /// In one pass: halves would sum in another order, to no gain.
    func poolKeys(
        _ blocks: UnsafeMutablePointer<Block>, _ count: Int, _ members: UnsafeMutablePointer<IsotonicMember>,
        scratch: UnsafeMutableRawPointer
    ) -> Int {
        var height = 0
        for index in 0..<count {
            var block = blocks[index]
            while height > 0, violates(blocks[height - 1], block) {
                block = blocks[height - 1] + block
                height -= 1
            }
            blocks[height] = block
            height += 1
        }
        return height
    }

    @inline(__always) func violates(_ a: Block, _ b: Block) -> Bool {
        let order = a.orderOfMeans(b)
        return isDecreasing ? order <= 0 : order >= 0
    }

    func value(_ block: Block) -> Double { block.sum / block.weight / scale.value }

    func weight(_ block: Block, _ members: UnsafePointer<IsotonicMember>) -> Double {
        block.weight.value / scale.weight
    }
}

extension IsotonicSquaredLoss.Block {
    static func + (a: Self, b: Self) -> Self {
        var block = a
        block.last = b.last
        block.sum += b.sum
        block.weight += b.weight
        block.normalize()
        return block
    }

    /// One way to write a sum: the nearest double, and the rest.
    mutating func normalize() {
        sum = sum.normalized
        weight = weight.normalized
    }

    /// Below, at or above 0 as the mean of `self` is below, at or above that of `other`. Exact where the
    /// sums are whole numbers of up to 53 bits, and else to about 2^-100 of the terms.
    @inline(__always) func orderOfMeans(_ other: Self) -> Double {
        let (left, right) = (sum.high * other.weight.high, other.sum.high * weight.high)
        let difference = left - right
        if left.magnitude + right.magnitude < 0x1p-900, sum.high != 0 || other.sum.high != 0,
            weight.high < 1 || other.weight.high < 1
        {
            // Products of small weights: each mean is that of the same sums over a weight of about 1.
            return relativeToWeight.orderOfMeans(other.relativeToWeight)
        }
        if difference.magnitude > 0x1p-48 * (left.magnitude + right.magnitude) { return difference }
        let exact = DoubleDouble.twoSum(left, -right)
        let (leftError, rightError) = (
            DoubleDouble.twoProduct(sum.high, other.weight.high).error,
            DoubleDouble.twoProduct(other.sum.high, weight.high).error
        )
        let small =
            (sum.high * other.weight.low - other.sum.high * weight.low)
            + (sum.low * other.weight.high - other.sum.low * weight.high)
        return exact.sum + (((leftError - rightError) + exact.error) + small)
    }

    private var relativeToWeight: Self {
        var block = self
        let shift = -Int(weight.high.exponent)
        block.sum = sum.scaled(byExponent: shift)
        block.weight = weight.scaled(byExponent: shift)
        return block
    }

    /// The same sums in units of another scale.
    func rescaled(from old: IsotonicSquaredLoss.Scale, to new: IsotonicSquaredLoss.Scale) -> Self {
        let weightShift = Int(new.weight.exponent - old.weight.exponent)
        let valueShift = Int(new.value.exponent - old.value.exponent)
        var block = self
        block.weight = weight.scaled(byExponent: weightShift)
        block.sum = sum.scaled(byExponent: weightShift + valueShift)
        let least = IsotonicSquaredLoss.Scale.leastWeight
        if block.weight.high < least {
            let mean = Double(sign: .plus, exponent: valueShift, significand: sum / weight)
            block.weight = DoubleDouble(high: least)
            block.sum = DoubleDouble(high: mean * least)
        }
        block.normalize()
        return block
    }
}

extension DoubleDouble {
    fileprivate func scaled(byExponent exponent: Int) -> DoubleDouble {
        DoubleDouble(
            high: Double(sign: .plus, exponent: exponent, significand: high),
            low: Double(sign: .plus, exponent: exponent, significand: low))
    }
}
