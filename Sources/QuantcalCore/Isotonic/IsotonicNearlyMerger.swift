/// Makes the tree of a nearly-isotonic path: joins neighbouring groups in the order in which their lines
/// meet, O(n log n) by a heap of meetings.
///
/// Two neighbours never move apart: one that is above the next falls or stays, the next rises or stays; and
/// where they are in order, they close in or stay. Which of them is above is decided by y and kept until
/// they join: were it looked up again where they meet, a rounding error would part them for ever. For the
/// same reason a meeting that is found to lie in the past happens at once.
struct IsotonicNearlyMerger {
    typealias Node = IsotonicNearlyPath.Node

    /// What is known of a living group; kept at its first and its last leaf.
    private struct Group: BitwiseCopyable {
        var sum: IsotonicNearlySum
        var first: Int
        var last: Int
        var node: Int
    }

    private(set) var leafCount = 0
    private(set) var nodeCount = 0
    private(set) var scales = IsotonicNearlyPath.Scales()
    private let nodes: UnsafeMutablePointer<Node>

    /// `nodes` has room for twice as many nodes as there are points.
    init(_ nodes: UnsafeMutablePointer<Node>) { self.nodes = nodes }

    /// Takes at least one point of positive weight.
    mutating func merge<T: IsotonicScalar>(
        _ points: IsotonicSequence<T>, weightScale: Double, _ progress: Progress
    ) throws(QuantcalError) {
        try Require.finite(points.y, "y")
        try progress(0)
        // 1 unless values come so close to the ends of the range that a product of two sums could leave it.
        scales.value = PowerOfTwo.bringing(points.largestMagnitude, above: -400, below: 800)
        scales.weight = weightScale
        let groups = try Scratch<Group>(points.count)
        makeLeaves(points, groups.buffer.baseAddress!)
        let isAbove = try Scratch<Bool>(leafCount)
        for leaf in 0..<leafCount - 1 { isAbove.buffer[leaf] = nodes[leaf].mean > nodes[leaf + 1].mean }
        var meetings = try Meetings(leafCount - 1)
        for leaf in 0..<leafCount {
            nodes[leaf].slope = slope(groups.buffer[leaf], isAbove.buffer)
        }
        for border in 0..<leafCount - 1 {
            meetings.plan(border, meeting(groups.buffer[border], groups.buffer[border + 1], isAbove.buffer))
        }
        try join(groups.buffer, isAbove.buffer, &meetings, progress)
    }

    /// Runs of equal values are groups from the start; points of weight 0 belong to the group on their
    /// left, and only where there is none to that on their right.
    private mutating func makeLeaves<T: IsotonicScalar>(
        _ points: IsotonicSequence<T>, _ groups: UnsafeMutablePointer<Group>
    ) {
        for index in 0..<points.count {
            let weight = points.weight(index) * scales.weight
            let value = Double(points.value(index))
            if weight > 0, leafCount == 0 || nodes[leafCount - 1].mean != value {
                nodes[leafCount] = Node(
                    mean: value, slope: 0, birth: 0, parent: -1, end: 0, leafEnd: leafCount + 1)
                groups[leafCount] = Group(
                    sum: IsotonicNearlySum(), first: leafCount, last: leafCount, node: leafCount)
                leafCount += 1
            }
            guard leafCount > 0 else { continue }
            groups[leafCount - 1].sum.add(value * scales.value, weight)
            nodes[leafCount - 1].end = index + 1
        }
        nodeCount = leafCount
    }

    /// How many joins lie between two reports of progress.
    private static let joinsInTurn = 1 << 16

    private mutating func join(
        _ groups: UnsafeMutableBufferPointer<Group>, _ isAbove: UnsafeMutableBufferPointer<Bool>,
        _ meetings: inout Meetings, _ progress: Progress
    ) throws(QuantcalError) {
        var now = 0.0
        while let (border, lambda) = meetings.next() {
            // Meetings that differ by rounding errors are one.
            if lambda > now * (1 + 0x1p-48) { now = lambda }
            let left = groups[border]
            let right = groups[border + 1]
            let joined = Group(
                sum: left.sum + right.sum, first: left.first, last: right.last, node: nodeCount)
            groups[joined.first] = joined
            groups[joined.last] = joined
            nodes[nodeCount] = Node(
                mean: joined.sum.mean / scales.value, slope: slope(joined, isAbove), birth: now, parent: -1,
                end: nodes[right.node].end, leafEnd: joined.last + 1)
            nodes[left.node].parent = nodeCount
            nodes[right.node].parent = nodeCount
            nodeCount += 1
            if joined.first > 0 {
                meetings.plan(joined.first - 1, meeting(groups[joined.first - 1], joined, isAbove))
            }
            if joined.last + 1 < leafCount {
                meetings.plan(joined.last, meeting(joined, groups[joined.last + 1], isAbove))
            }
            let joins = nodeCount - leafCount
            if joins % Self.joinsInTurn == 0 { try progress(Double(joins) / Double(leafCount)) }
        }
    }

    /// A group is drawn up by a group before it that is above it, and down by one after it that is below.
    private func slope(_ group: Group, _ isAbove: UnsafeMutableBufferPointer<Bool>) -> Double {
        let isDrawnUp = group.first > 0 && isAbove[group.first - 1]
        let isDrawnDown = group.last + 1 < leafCount && isAbove[group.last]
        return isDrawnUp == isDrawnDown ? 0 : (isDrawnUp ? 1 : -1) / group.sum.weight.value
    }

    /// The lambda at which the lines of two neighbours meet; infinite if they are parallel, and not above
    /// 0 if they have passed each other by rounding.
    private func meeting(
        _ left: Group, _ right: Group, _ isAbove: UnsafeMutableBufferPointer<Bool>
    ) -> Double {
        let lead = left.sum.meanDifference(right.sum)
        let speed = nodes[right.node].slope - nodes[left.node].slope
        if speed != 0 { return lead / speed }
        return (isAbove[left.last] ? lead <= 0 : lead >= 0) ? 0 : .infinity
    }
}

/// The weighted sum of a group's values and the sum of its weights, in twice the precision.
struct IsotonicNearlySum: BitwiseCopyable {
    var values = DoubleDouble()
    var weight = DoubleDouble()

    mutating func add(_ value: Double, _ weight: Double) {
        values.addProduct(value, weight)
        self.weight += weight
    }

    static func + (a: Self, b: Self) -> Self {
        var sum = a
        sum.values += b.values
        sum.weight += b.weight
        return sum
    }

    var mean: Double { values / weight }

    /// The difference of two means; 0 if they are equal, where the sums are exact.
    func meanDifference(_ other: Self) -> Double {
        (values * other.weight - other.values * weight).value / (weight.value * other.weight.value)
    }
}

/// The next meeting of each pair of neighbours, by the border between them: a binary heap that may hold
/// plans that were given up, which are known by a time that is no longer the border's.
private struct Meetings: ~Copyable {
    private struct Plan: BitwiseCopyable {
        var time: Double
        var border: Int

        /// Earlier, or at the same time and further left.
        static func < (a: Plan, b: Plan) -> Bool {
            a.time < b.time || (a.time == b.time && a.border < b.border)
        }
    }

    private let heap: Scratch<Plan>
    private var count = 0
    /// The time that holds for a border; NaN when none does.
    private let times: Scratch<Double>

    /// Each border is planned once, and each join takes one plan away and makes two.
    init(_ borders: Int) throws(QuantcalError) {
        let heap = try Scratch<Plan>(2 * borders)
        let times = try Scratch<Double>(borders)
        self.heap = heap
        self.times = times
    }

    mutating func plan(_ border: Int, _ time: Double) {
        times.buffer[border] = time
        guard time < .infinity else { return }
        let plan = Plan(time: time, border: border)
        var place = count
        count += 1
        while place > 0, plan < heap.buffer[(place - 1) / 2] {
            heap.buffer[place] = heap.buffer[(place - 1) / 2]
            place = (place - 1) / 2
        }
        heap.buffer[place] = plan
    }

    /// Takes the earliest plan that still holds.
    mutating func next() -> (border: Int, time: Double)? {
        while count > 0 {
            let plan = takeFirst()
            guard times.buffer[plan.border] == plan.time else { continue }
            times.buffer[plan.border] = .nan
            return (plan.border, plan.time)
        }
        return nil
    }

    private mutating func takeFirst() -> Plan {
        let first = heap.buffer[0]
        count -= 1
        let moved = heap.buffer[count]
        var place = 0
        while 2 * place + 1 < count {
            var child = 2 * place + 1
            if child + 1 < count, heap.buffer[child + 1] < heap.buffer[child] { child += 1 }
            guard heap.buffer[child] < moved else { break }
            heap.buffer[place] = heap.buffer[child]
            place = child
        }
        heap.buffer[place] = moved
        return first
    }
}
