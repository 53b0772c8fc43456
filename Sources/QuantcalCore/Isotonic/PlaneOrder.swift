/// Distinct points of the plane under the componentwise order: a <= b if both coordinates are. Nodes are
/// numbered by the first coordinate, then the second; of the second only its rank is needed.
///
/// An upper set is the points on or above a staircase that falls from left to right, so the upper set of
/// greatest gain is found by a sweep, in O(n log n) and without flow. Let f(c) be the greatest gain of the
/// points so far if the staircase stands at height c or above; f does not increase, and only its steps
/// f(c) - f(c + 1) > 0 are held, in a set ordered by c. A point of gain z > 0 at height r adds z to the step
/// at r. A point of loss e takes e from the steps at r and below, the highest first: where they do not
/// amount to e it pays to lift the staircase to r + 1. Each point remembers for which heights that is so, and a
/// sweep back reads the staircase off.
final class PlaneOrder: PartialOrder {
    let count: Int
    private let ranks: Scratch<Int32>
    private let rankCount: Int
    private let steps: Scratch<Int128>
    private let heights: RankSet
    /// For a point of loss: above this height, up to its own, it lifts the staircase.
    private let lifts: Scratch<Int32>

    /// `ranks` of the second coordinate, by node, are below `rankCount`.
    init(ranks: consuming Scratch<Int32>, rankCount: Int) throws(QuantcalError) {
        count = ranks.buffer.count
        self.ranks = ranks
        self.rankCount = rankCount
        steps = try Scratch(zeroed: rankCount)
        heights = try RankSet(capacity: rankCount)
        lifts = try Scratch(count)
    }

    func join(_ members: UnsafeBufferPointer<Int32>) {}

    func cut(
        _ members: UnsafeBufferPointer<Int32>, gains: UnsafePointer<Int128>, largest: Bool,
        isUpper: UnsafeMutablePointer<Bool>, tick: () throws(QuantcalError) -> Void
    ) throws(QuantcalError) {
        let ranks = ranks.buffer.baseAddress!
        let steps = steps.buffer.baseAddress!
        let lifts = lifts.buffer.baseAddress!
        for (place, node) in members.enumerated() {
            let rank = Int(ranks[Int(node)])
            let gain = gains[place]
            if gain > 0 {
                if steps[rank] == 0 { heights.insert(rank) }
                steps[rank] &+= gain
            } else if gain < 0 || !largest {
                // The smallest set is rid of a point of no gain too, where it can be.
                lifts[place] = Int32(truncatingIfNeeded: take(0 &- gain, upTo: rank, steps, largest))
            }
        }
        // Where f is greatest: up to the lowest step.
        let lowest = heights.first
        var height = largest ? 0 : lowest < 0 ? rankCount : lowest
        var left = lowest
        while left >= 0 {
            steps[left] = 0
            heights.remove(left)
            left = heights.first
        }
        for place in members.indices.reversed() {
            let rank = Int(ranks[Int(members[place])])
            let mayLift = gains[place] < 0 || (gains[place] == 0 && !largest)
            if mayLift, Int(lifts[place]) < height, height <= rank { height = rank + 1 }
            isUpper[place] = rank >= height
        }
    }

    /// Takes a loss from the steps at `rank` and below. Returns the height above which they do not amount to
    /// it; where they amount to it exactly, lifting the staircase makes no difference, and is left out for
    /// the largest set.
    @inline(__always) private func take(
        _ loss: Int128, upTo rank: Int, _ steps: UnsafeMutablePointer<Int128>, _ largest: Bool
    ) -> Int {
        var loss = loss
        var height = heights.last(upTo: rank)
        while height >= 0 {
            if steps[height] > loss {
                steps[height] &-= loss
                return height
            }
            loss &-= steps[height]
            steps[height] = 0
            heights.remove(height)
            if loss == 0, largest { return height }
            height = heights.last(upTo: height)
            if loss == 0 { return height }
        }
        return -1
    }

    /// A Fenwick tree of sources' values over the ranks. What is as high as the highest of them needs no look.
    func forEachLow(
        _ values: UnsafePointer<Double>, sources: UnsafeBufferPointer<Int32>, _ body: (Int, Double) -> Void
    ) throws(QuantcalError) {
        let tree = try Scratch<Double>(rankCount + 1)
        tree.buffer.initialize(repeating: -.infinity)
        let cells = tree.buffer.baseAddress!
        let ranks = ranks.buffer.baseAddress!
        var top = -Double.infinity
        for source in sources { top = max(top, values[Int(source)]) }
        var entered = 0
        for node in Int(sources.first ?? 0)..<count {
            let rank = Int(ranks[node])
            if values[node] < top {
                var highest = -Double.infinity
                var cell = rank + 1
                while cell > 0 {
                    highest = max(highest, cells[cell])
                    cell &= cell - 1
                }
                if highest > values[node] { body(node, highest) }
            }
            guard entered < sources.count, sources[entered] == node else { continue }
            entered += 1
            var cell = rank + 1
            while cell <= rankCount, cells[cell] < values[node] {
                cells[cell] = values[node]
                cell += cell & -cell
            }
        }
    }

    /// A Fenwick tree of nodes over the ranks, each cell the best of its range.
    func best(
        _ values: UnsafePointer<Double>, reversed: Bool, into best: UnsafeMutablePointer<Int32>
    ) throws(QuantcalError) {
        let tree = try Scratch<Int32>(rankCount + 1)
        tree.buffer.initialize(repeating: -1)
        @inline(__always) func isBetter(_ a: Int32, _ b: Int32) -> Bool {
            b < 0 || (reversed ? values[Int(a)] < values[Int(b)] : values[Int(a)] > values[Int(b)])
        }
        for step in 0..<count {
            let node = reversed ? count - 1 - step : step
            let rank = Int(ranks.buffer[node])
            let cell = reversed ? rankCount - rank : rank + 1
            var found = Int32(truncatingIfNeeded: node)
            var place = cell
            while place > 0 {
                let candidate = tree.buffer[place]
                if candidate >= 0, isBetter(candidate, found) { found = candidate }
                place &= place - 1
            }
            best[node] = found
            place = cell
            while place <= rankCount, isBetter(found, tree.buffer[place]) {
                tree.buffer[place] = found
                place += place & -place
            }
        }
    }
}
