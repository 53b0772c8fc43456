/// The active set of a convex fit: a piecewise linear function by its values at nodes, and what the
/// normal equations need to know of the points between them.
///
/// A function that bends at the nodes only is a sum of hats, one for each node: 1 there, 0 at the others,
/// linear between. In this basis least squares is a tridiagonal system. Its entries are sums over the
/// points of a segment (from a node up to the next) that are kept relative to the segment's ends, so that
/// two segments join in constant time and without cancellation when the node between them goes.
///
/// The right-hand side is that of the residuals, and its solution a step from the present values: each fit
/// refines the one before.
struct IsotonicConvexNodes: ~Copyable {
    struct Node: BitwiseCopyable {
        /// Which point it is, and where.
        var point: Int
        var position: Double
        var value: Double
        /// What the last solution adds to the value.
        var step = 0.0
        var isNew = false
        var isDropped = false
        var segment = Segment()
    }

    /// Sums over the points from a node up to, not including, the next, but including the last point;
    /// a point's share is how far along it lies, 0 to 1.
    struct Segment: BitwiseCopyable {
        /// Of weight (1 - share)², weight (1 - share) share, and weight share².
        var (left, cross, right) = (0.0, 0.0, 0.0)
        /// Of weight residual (1 - share), and weight residual share.
        var (leftRest, rightRest) = (0.0, 0.0)

        @inline(__always) mutating func add(share: Double, weight: Double, residual: Double) {
            let other = 1 - share
            left += weight * other * other
            cross += weight * other * share
            right += weight * share * share
            leftRest += weight * residual * other
            rightRest += weight * residual * share
        }

        /// The function changes by so much at the ends.
        @inline(__always) mutating func change(_ atLeft: Double, _ atRight: Double) {
            leftRest -= atLeft * left + atRight * cross
            rightRest -= atLeft * cross + atRight * right
        }

        /// This segment and the next as one, of which it is the fraction `part`.
        @inline(__always) func joined(_ next: Segment, part: Double, nextPart: Double) -> Segment {
            Segment(
                left: left + nextPart * (2 * cross + nextPart * right) + nextPart * nextPart * next.left,
                cross: part * (cross + nextPart * right) + nextPart * (next.cross + part * next.left),
                right: part * part * right + next.right + part * (2 * next.cross + part * next.left),
                leftRest: leftRest + nextPart * (rightRest + next.leftRest),
                rightRest: part * (rightRest + next.leftRest) + next.rightRest)
        }
    }

    /// Before the first node of an increasing function lies a flat part: the sum of weights and of
    /// weighted residuals there.
    struct Flat: BitwiseCopyable {
        var (weight, rest) = (0.0, 0.0)
    }

    private let memory: Scratch<Node>
    private let pivots: Scratch<Double>
    private(set) var count = 0
    let capacity: Int
    let isIncreasing: Bool
    var flat = Flat()

    init(capacity: Int, isIncreasing: Bool) throws(QuantcalError) {
        let memory = try Scratch<Node>(capacity)
        let pivots = try Scratch<Double>(capacity)
        self.memory = memory
        self.pivots = pivots
        self.capacity = capacity
        self.isIncreasing = isIncreasing
    }

    subscript(index: Int) -> Node {
        @inline(__always) get { memory.buffer[index] }
        @inline(__always) nonmutating _modify { yield &memory.buffer[index] }
    }

    mutating func removeAll() { count = 0 }

    mutating func append(_ node: Node) {
        memory.buffer[count] = node
        count += 1
    }

    mutating func copy(_ other: borrowing IsotonicConvexNodes) {
        memory.buffer.baseAddress!.update(from: other.memory.buffer.baseAddress!, count: other.count)
        (count, flat) = (other.count, other.flat)
    }

    /// Where the function may bend one way only: at inner nodes, and where an increasing one leaves its
    /// flat part.
    var bends: Range<Int> { (isIncreasing ? 0 : 1)..<max(count - 1, isIncreasing ? 0 : 1) }

    /// The fraction of the way from node a to node c at which b lies, and the rest of it.
    @inline(__always) private func parts(_ a: Node, _ b: Node, _ c: Node) -> (Double, Double) {
        let whole = c.position - a.position
        return ((b.position - a.position) / whole, (c.position - b.position) / whole)
    }

    /// How far the chord of its neighbours lies above a node, in the values and in the step. After
    /// a flat part the chord goes on flat.
    @inline(__always) func gaps(_ index: Int) -> (value: Double, step: Double) {
        let (b, c) = (self[index], self[index + 1])
        guard index > 0 else { return (c.value - b.value, c.step - b.step) }
        let a = self[index - 1]
        let (part, rest) = parts(a, b, c)
        return (
            rest * (a.value - b.value) + part * (c.value - b.value),
            rest * (a.step - b.step) + part * (c.step - b.step)
        )
    }

    /// Gaps that differ from 0 by no more than this do so by rounding.
    @inline(__always) private func noise(_ index: Int) -> Double {
        let before = index > 0 ? self[index - 1].value.magnitude : 0
        return 0x1p-50 * (before + self[index].value.magnitude + self[index + 1].value.magnitude)
    }

    /// The fraction of the step at which a bend vanishes that would be the wrong way at its end; nil if
    /// it would not.
    @inline(__always) private func vanishing(_ index: Int) -> Double? {
        let (value, step) = gaps(index)
        guard value + step <= 0 else { return nil }
        return value <= noise(index) ? 0 : min(value / -step, 1)
    }

    /// Marks the nodes whose bend would be the wrong way after the step, and returns how much of the step
    /// can be gone before the first of them vanishes; nil if there is none.
    func markWrong() -> Double? {
        var first: Double?
        for index in bends {
            let fraction = vanishing(index)
            self[index].isDropped = fraction != nil
            if let fraction { first = min(first ?? 1, fraction) }
        }
        return first
    }

    /// Marks the nodes whose bend vanishes first.
    func markWrong(upTo fraction: Double) {
        for index in bends where self[index].isDropped {
            self[index].isDropped = vanishing(index)! <= fraction
        }
    }

    /// Marks the nodes that bend by no more than rounding.
    func markStraight() {
        for index in bends { self[index].isDropped = gaps(index).value <= noise(index) }
    }

    /// Whether every node was there already.
    var areOld: Bool { (0..<count).allSatisfy { !self[$0].isNew } }

    /// Solves for the steps to the least squares fit that bends at the nodes. Returns by how much it
    /// lowers the objective.
    mutating func solve() -> Double {
        var before = Segment()
        before.right = flat.weight
        before.rightRest = flat.rest
        var factor = 0.0
        for index in 0..<count {
            let segment = self[index].segment
            let diagonal = before.right + segment.left
            let isLinked = index > 0
            let link = isLinked ? before.cross : 0
            if isLinked { factor = link / pivots.buffer[index - 1] }
            // Where rounding leaves nothing of a pivot, the points do not determine the value.
            pivots.buffer[index] = max(diagonal - (isLinked ? factor * link : 0), diagonal * 0x1p-52)
            let rest = before.rightRest + segment.leftRest
            self[index].step = isLinked ? rest - factor * self[index - 1].step : rest
            before = segment
        }
        var gain = 0.0
        for index in stride(from: count - 1, through: 0, by: -1) {
            let reduced = self[index].step
            gain += reduced * (reduced / pivots.buffer[index])
            let next = index + 1 < count ? self[index].segment.cross * self[index + 1].step : 0
            self[index].step = (reduced - next) / pivots.buffer[index]
        }
        return gain
    }

    /// Goes a fraction of the way that `solve` found.
    mutating func advance(_ fraction: Double) {
        guard count > 0 else { return }
        flat.rest -= fraction * self[0].step * flat.weight
        for index in 0..<count {
            let step = fraction * self[index].step
            let next = index + 1 < count ? fraction * self[index + 1].step : 0
            self[index].value += step
            self[index].segment.change(step, next)
        }
    }

    /// Takes away the nodes marked as dropped: the function follows the chord there. Returns by how much
    /// that raises the objective.
    mutating func drop() -> Double {
        var kept = 0
        var change = 0.0
        for index in 0..<count {
            if self[index].isDropped {
                change += kept == 0 ? flatten(index) : straighten(kept - 1, index)
            } else {
                if kept != index { self[kept] = self[index] }
                kept += 1
            }
        }
        count = kept
        return change
    }

    /// A node of the flat part's end goes: the part reaches to the next node.
    private mutating func flatten(_ index: Int) -> Double {
        let node = self[index]
        let change = self[index + 1].value - node.value
        let rest = flat.rest + node.segment.leftRest
        let raised = change * (change * (flat.weight + node.segment.left) - 2 * rest)
        var segment = node.segment
        segment.change(change, 0)
        flat.rest += segment.leftRest + segment.rightRest - change * flat.weight
        flat.weight += segment.left + 2 * segment.cross + segment.right
        return raised
    }

    /// The node after the one at `before` goes: their segments become one.
    private mutating func straighten(_ before: Int, _ index: Int) -> Double {
        let (a, b, c) = (self[before], self[index], self[index + 1])
        let (part, rest) = parts(a, b, c)
        let change = rest * (a.value - b.value) + part * (c.value - b.value)
        let force = a.segment.rightRest + b.segment.leftRest
        let raised = change * (change * (a.segment.right + b.segment.left) - 2 * force)
        var (left, right) = (a.segment, b.segment)
        left.change(0, change)
        right.change(change, 0)
        self[before].segment = left.joined(right, part: part, nextPart: rest)
        return raised
    }
}
