/// The quantile loss of a mergeable fit: a block keeps all its points, sorted. Its value is a quantile of
/// them, of the values that minimise the loss the lowest or the highest.
///
/// Source: two ranges that are optimal alone have as joint fit min(left, t) and max(right, t), where t
/// minimises the loss of the points out of order: by level sets, Spouge, Wan, Wilbur (2003). Each side
/// costs a convex, piecewise linear function of t that is flat beyond its own values, so t is found by one
/// walk over their breakpoints, as in the slope trick.
struct IsotonicQuantileLoss: IsotonicChainLoss {
    struct Block: IsotonicChainBlock {
        let first: Double
        var last: Double
        var value: Double
        var memberCount: Int
    }

    static var keepsPoints: Bool { true }

    let isDecreasing: Bool
    /// Of several optimal values, the highest.
    let isUpper: Bool
    /// The level as the fraction that the caller meant, both parts divided by a power of two.
    private let numerator: Double
    private let denominator: Double

    init(isDecreasing: Bool, level: Double, isUpper: Bool) {
        (self.isDecreasing, self.isUpper) = (isDecreasing, isUpper)
        let fraction = IsotonicQuantileUnits.fraction(level)
        let unit = PowerOfTwo.bringing(Double(fraction.denominator), above: -1, below: 0)
        (numerator, denominator) = (Double(fraction.numerator) * unit, Double(fraction.denominator) * unit)
    }

    func block(
        key: Double, of points: UnsafeMutableBufferPointer<IsotonicMember>,
        scratch: UnsafeMutableRawPointer
    ) -> Block {
        sort(points, scratch)
        return Block(
            first: key, last: key, value: quantile(UnsafeBufferPointer(points)), memberCount: points.count)
    }

    func joined(
        _ a: Block, _ b: Block, seam: UnsafeMutablePointer<IsotonicMember>,
        scratch: UnsafeMutableRawPointer
    ) -> Block {
        joined(a, b, points: seam - a.memberCount, a.memberCount + b.memberCount, scratch)
    }

    private func sort(
        _ members: UnsafeMutableBufferPointer<IsotonicMember>, _ scratch: UnsafeMutableRawPointer
    ) {
        NaturalMergeSort.sort(
            members, scratch: scratch.bindMemory(to: IsotonicMember.self, capacity: members.count),
            IsotonicMember.precedes)
    }

    /// The block from `a` to `b`, of `count` points, which are sorted block by block.
    private func joined(
        _ a: Block, _ b: Block, points: UnsafeMutablePointer<IsotonicMember>, _ count: Int,
        _ scratch: UnsafeMutableRawPointer
    ) -> Block {
        let members = UnsafeMutableBufferPointer(start: points, count: count)
        sort(members, scratch)
        return Block(
            first: a.first, last: b.last, value: quantile(UnsafeBufferPointer(members)), memberCount: count)
    }

    func pool(
        _ blocks: UnsafeMutablePointer<Block>, left: Int, right: Int,
        seam: UnsafeMutablePointer<IsotonicMember>, scratch: UnsafeMutableRawPointer
    ) -> Int {
        guard left > 0, right > 0, violates(blocks[left - 1], blocks[left]) else { return left + right }
        var run = Run(begin: left, end: left, first: seam, count: 0)
        while run.begin > 0, violates(blocks[run.begin - 1], blocks[left]) { run.addBelow(blocks) }
        while run.end < left + right, violates(blocks[left - 1], blocks[run.end]) { run.addAbove(blocks) }
        let value = crossing(blocks, run, left, scratch)
        while run.begin < left - 1, isInOrder(blocks[run.begin].value, value) { run.dropFirst(blocks) }
        while run.end > left + 1, isInOrder(value, blocks[run.end - 1].value) { run.dropLast(blocks) }
        var count = left + right
        while true {
            blocks[run.begin] = joined(
                blocks[run.begin], blocks[run.end - 1], points: run.first, run.count, scratch)
            (blocks + run.begin + 1).update(from: blocks + run.end, count: count - run.end)
            count -= run.end - run.begin - 1
            run.end = run.begin + 1
            // Where sums of weights are rounded, the value of the joint block may be off by a point.
            if run.begin > 0, violates(blocks[run.begin - 1], blocks[run.begin]) {
                run.addBelow(blocks)
            } else if run.end < count, violates(blocks[run.begin], blocks[run.end]) {
                run.addAbove(blocks)
            } else {
                return count
            }
        }
    }

    func violates(_ a: Block, _ b: Block) -> Bool { !isInOrder(a.value, b.value) }

    func value(_ block: Block) -> Double { block.value }

    func weight(_ block: Block, _ members: UnsafePointer<IsotonicMember>) -> Double {
        total(UnsafeBufferPointer(start: members, count: block.memberCount)).value
    }

    @inline(__always) private func isInOrder(_ a: Double, _ b: Double) -> Bool {
        isDecreasing ? a > b : a < b
    }

    /// Neighbouring blocks, and their points.
    private struct Run {
        var begin: Int
        var end: Int
        var first: UnsafeMutablePointer<IsotonicMember>
        var count: Int

        mutating func addBelow(_ blocks: UnsafePointer<Block>) {
            begin -= 1
            first -= blocks[begin].memberCount
            count += blocks[begin].memberCount
        }

        mutating func addAbove(_ blocks: UnsafePointer<Block>) {
            count += blocks[end].memberCount
            end += 1
        }

        mutating func dropFirst(_ blocks: UnsafePointer<Block>) {
            first += blocks[begin].memberCount
            count -= blocks[begin].memberCount
            begin += 1
        }

        mutating func dropLast(_ blocks: UnsafePointer<Block>) {
            end -= 1
            count -= blocks[end].memberCount
        }
    }
}

/// Derivatives of the loss, as sums of the weights of points below a value, times the denominator of the
/// level, less all weight times its numerator. They are exact where weights are of similar size, so that
/// the lowest and the highest value that minimise are told apart.
extension IsotonicQuantileLoss {
    /// Where the derivative steps up, and by how much.
    private struct Breakpoint: BitwiseCopyable {
        var value: Double
        var step: DoubleDouble
    }

    /// Whether the derivative at the right of a value ends the search for the minimum.
    @inline(__always) private func isReached(_ slope: DoubleDouble) -> Bool {
        isUpper ? slope.value > 0 : slope.value >= 0
    }

    private func total(_ members: UnsafeBufferPointer<IsotonicMember>, scale: Double = 1) -> DoubleDouble {
        var total = DoubleDouble()
        for member in members { total += member.weight * scale }
        return total
    }

    /// A power of two by which products with weights stay in range.
    private func scale(_ members: UnsafeBufferPointer<IsotonicMember>) -> Double {
        PowerOfTwo.bringing(total(members).value, above: -400, below: 400)
    }

    /// The derivative below all of some points.
    private func slopeBelow(_ members: UnsafeBufferPointer<IsotonicMember>, _ scale: Double) -> DoubleDouble {
        let total = total(members, scale: scale)
        var slope = DoubleDouble()
        slope.addProduct(-numerator, total.high)
        slope.addProduct(-numerator, total.low)
        return slope
    }

    @inline(__always) private func step(_ member: IsotonicMember, _ scale: Double) -> DoubleDouble {
        var step = DoubleDouble()
        step.addProduct(denominator, member.weight * scale)
        return step
    }

    /// The lowest or highest value that minimises the loss of sorted points.
    func quantile(_ members: UnsafeBufferPointer<IsotonicMember>) -> Double {
        let scale = scale(members)
        var slope = slopeBelow(members, scale)
        var index = 0
        while index < members.count {
            let value = members[index].value
            // All weight at a value comes before the question whether it is the minimum.
            while index < members.count, members[index].value == value {
                slope += step(members[index], scale)
                index += 1
            }
            if isReached(slope) { return value }
        }
        return members[members.count - 1].value
    }

    /// The value that the blocks out of order around a seam should share. Blocks on the side of the high
    /// values resist falling below theirs, those on the other side rising above.
    private func crossing(
        _ blocks: UnsafeMutablePointer<Block>, _ run: Run, _ seam: Int, _ scratch: UnsafeMutableRawPointer
    ) -> Double {
        let scale = scale(UnsafeBufferPointer(start: run.first, count: run.count))
        let memory = scratch.bindMemory(to: Breakpoint.self, capacity: 2 * run.count)
        var slope = DoubleDouble()
        var count = 0
        var point = run.first
        for index in run.begin..<run.end {
            let members = UnsafeBufferPointer(start: point, count: blocks[index].memberCount)
            point += members.count
            let below = slopeBelow(members, scale)
            if (index < seam) != isDecreasing {
                slope += below
                count += fall(members, from: blocks[index].value, below, scale, memory + count)
            } else {
                count += rise(members, from: blocks[index].value, below, scale, memory + count)
            }
        }
        let breakpoints = UnsafeMutableBufferPointer(start: memory, count: count)
        NaturalMergeSort.sort(breakpoints, scratch: memory + run.count) { $0.value < $1.value }
        var index = 0
        while index < count {
            let value = breakpoints[index].value
            while index < count, breakpoints[index].value == value {
                slope += breakpoints[index].step
                index += 1
            }
            if isReached(slope) { return value }
        }
        return breakpoints[count - 1].value
    }

    /// The breakpoints below a block's value, at which the derivative arrives at 0. Returns how many.
    private func fall(
        _ members: UnsafeBufferPointer<IsotonicMember>, from value: Double, _ slopeBelow: DoubleDouble,
        _ scale: Double, _ breakpoints: UnsafeMutablePointer<Breakpoint>
    ) -> Int {
        var slope = slopeBelow
        var count = 0
        while members[count].value < value {
            let step = step(members[count], scale)
            breakpoints[count] = Breakpoint(value: members[count].value, step: step)
            slope += step
            count += 1
        }
        let rest = DoubleDouble(high: -slope.high, low: -slope.low)
        breakpoints[count] = Breakpoint(value: value, step: rest)
        return count + 1
    }

    /// The breakpoints from a block's value on, below which the derivative is 0. Returns how many.
    private func rise(
        _ members: UnsafeBufferPointer<IsotonicMember>, from value: Double, _ slopeBelow: DoubleDouble,
        _ scale: Double, _ breakpoints: UnsafeMutablePointer<Breakpoint>
    ) -> Int {
        var slope = slopeBelow
        var index = 0
        while index < members.count, members[index].value <= value {
            slope += step(members[index], scale)
            index += 1
        }
        breakpoints[0] = Breakpoint(value: value, step: slope)
        for (place, member) in members[index...].enumerated() {
            breakpoints[place + 1] = Breakpoint(value: member.value, step: step(member, scale))
        }
        return members.count - index + 1
    }
}
