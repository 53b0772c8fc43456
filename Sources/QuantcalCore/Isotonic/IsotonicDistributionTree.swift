/// The antitonic fit of shares that grow: each of a row of groups has a whole weight, a part of it has
/// been reached, and the fit is the nearest falling sequence to the shares reached. It is made of
/// blocks of neighbours that share one value, and is kept while parts grow, one group at a time.
///
/// The fit is the left slope of the least concave majorant of the cumulative sums. A balanced tree over
/// the groups keeps that hull as Overmars and van Leeuwen (1981, "Maintenance of configurations in the
/// plane") do: each node knows the one edge of its range's hull that spans the node's own group, the
/// seam of its two sides. When a part grows, only the seams above it change, and each is found
/// by one walk down both sides at once. So a change costs O(log^2 m) for m groups, however large the
/// blocks are; pooling the changed block again would cost its length.
///
/// Node g is group g: the root of a range is its middle, so the tree needs no links. All sums are of
/// numbers >= 0 that lie side by side, so nothing cancels, whatever the spread of the weights.
struct IsotonicDistributionTree: ~Copyable {
    /// What has been reached of some neighbouring groups, and their whole weight.
    struct Sum: BitwiseCopyable {
        var part = 0.0
        var whole = 0.0

        var share: Double { part / whole }

        @inline(__always) static func + (a: Sum, b: Sum) -> Sum {
            Sum(part: a.part + b.part, whole: a.whole + b.whole)
        }

        @inline(__always) func isAtMost(_ other: Sum) -> Bool { part * other.whole <= other.part * whole }
    }

    /// A run of groups that share one value.
    struct Block {
        var groups: Range<Int>
        var sum: Sum
    }

    /// The range of a node is: the groups on its left, its own group, the groups on its right; and in its
    /// fit: `head`, the block that holds its own group, `tail`.
    private struct Node: BitwiseCopyable {
        var group = Sum()
        var left = Sum()
        var right = Sum()
        var head = Sum()
        var block = Sum()
        var tail = Sum()
        var blockStart: UInt32 = 0
        var blockEnd: UInt32 = 0
    }

    private let memory: Scratch<Node>
    private var nodes: UnsafeMutablePointer<Node> { memory.buffer.baseAddress! }
    let count: Int

    /// Groups of which nothing is reached yet; weights are positive.
    init(weights: UnsafeBufferPointer<Double>) throws(QuantcalError) {
        count = weights.count
        memory = try Scratch<Node>(count)
        for group in 0..<count {
            (nodes + group).initialize(to: Node(group: Sum(part: 0, whole: weights[group])))
        }
        build(0, count)
    }

    /// The block of the fit that holds a group.
    func block(of group: Int) -> Block {
        var start = 0
        var end = count
        while true {
            let middle = Self.middle(start, end)
            let node = nodes + middle
            if group < Int(node.pointee.blockStart) {
                end = middle
            } else if group >= Int(node.pointee.blockEnd) {
                start = middle + 1
            } else {
                let groups = Int(node.pointee.blockStart)..<Int(node.pointee.blockEnd)
                return Block(groups: groups, sum: node.pointee.block)
            }
        }
    }

    /// `amount` more of a group is reached.
    func add(_ amount: Double, to group: Int) { add(amount, to: group, 0, count) }

    private static func middle(_ start: Int, _ end: Int) -> Int { (start + end) >> 1 }

    private func build(_ start: Int, _ end: Int) {
        guard start < end else { return }
        let middle = Self.middle(start, end)
        build(start, middle)
        build(middle + 1, end)
        refresh(middle, start, end)
    }

    /// The depth is at most 33.
    private func add(_ amount: Double, to group: Int, _ start: Int, _ end: Int) {
        let middle = Self.middle(start, end)
        if group < middle {
            add(amount, to: group, start, middle)
        } else if group > middle {
            add(amount, to: group, middle + 1, end)
        } else {
            nodes[middle].group.part += amount
        }
        refresh(middle, start, end)
    }

    private func total(_ start: Int, _ end: Int) -> Sum {
        guard start < end else { return Sum() }
        let node = nodes + Self.middle(start, end)
        return node.pointee.left + node.pointee.group + node.pointee.right
    }

    /// Finds the seam of a node anew from the two sides below it.
    private func refresh(_ middle: Int, _ start: Int, _ end: Int) {
        let node = nodes + middle
        node.pointee.left = total(start, middle)
        node.pointee.right = total(middle + 1, end)
        var seam = Seam(left: (start, middle), right: (middle + 1, end), group: node.pointee.group)
        seam.find(nodes)
        node.pointee.head = seam.head
        node.pointee.block = seam.upToMiddle + seam.fromMiddle
        node.pointee.tail = seam.tail
        node.pointee.blockStart = UInt32(truncatingIfNeeded: seam.left.start)
        node.pointee.blockEnd = UInt32(truncatingIfNeeded: seam.right.end)
    }

    /// The search for a seam: the range in which the block begins and that in which it ends, both of
    /// which shrink until they are empty.
    ///
    /// Each step looks at the middle block of either range. It belongs to the seam, and so does all between
    /// it and the middle, or it stays outside, and so does all beyond it. `between`, what lies between the
    /// two blocks, decides if its value is not strictly between theirs. If it is, the lines
    /// through the two blocks' edges of the hull meet; on whichever side of the middle they do, the block
    /// of the other side cannot be part of the seam.
    private struct Seam {
        var left: (start: Int, end: Int)
        var right: (start: Int, end: Int)
        /// What surely is in the seam: left of the middle; and from the middle group on.
        var upToMiddle = Sum()
        var fromMiddle: Sum
        /// What surely is not.
        var head = Sum()
        var tail = Sum()

        init(left: (Int, Int), right: (Int, Int), group: Sum) {
            (self.left, self.right, fromMiddle) = (left, right, group)
        }

        @inline(__always) mutating func find(_ nodes: UnsafeMutablePointer<Node>) {
            while left.start < left.end, right.start < right.end {
                let (l, r) = (middle(left.start, left.end), middle(right.start, right.end))
                let (onLeft, onRight) = (nodes + l, nodes + r)
                let before = onLeft.pointee.tail + upToMiddle
                let after = fromMiddle + onRight.pointee.head
                let between = before + after
                if onLeft.pointee.block.isAtMost(between) {
                    takeLeft(l, onLeft)
                } else if between.isAtMost(onRight.pointee.block) {
                    takeRight(r, onRight)
                } else if Self.linesMeetLeft(onLeft.pointee.block, before, after, onRight.pointee.block) {
                    leaveLeft(l, onLeft)
                } else {
                    leaveRight(r, onRight)
                }
            }
            while left.start < left.end {
                let l = middle(left.start, left.end)
                let between = nodes[l].tail + upToMiddle + fromMiddle
                if nodes[l].block.isAtMost(between) {
                    takeLeft(l, nodes + l)
                } else {
                    leaveLeft(l, nodes + l)
                }
            }
            while right.start < right.end {
                let r = middle(right.start, right.end)
                let between = upToMiddle + (fromMiddle + nodes[r].head)
                if between.isAtMost(nodes[r].block) {
                    takeRight(r, nodes + r)
                } else {
                    leaveRight(r, nodes + r)
                }
            }
        }

        /// Whether, above the middle, the line through the left block is above that through the right one.
        @inline(__always)
        private static func linesMeetLeft(_ left: Sum, _ before: Sum, _ after: Sum, _ right: Sum) -> Bool {
            let fall = left.part * before.whole - before.part * left.whole
            let rise = after.part * right.whole - right.part * after.whole
            return rise * left.whole < fall * right.whole
        }

        @inline(__always) private mutating func takeLeft(_ l: Int, _ node: UnsafeMutablePointer<Node>) {
            upToMiddle = node.pointee.group + node.pointee.right + upToMiddle
            left.end = l
        }

        @inline(__always) private mutating func leaveLeft(_ l: Int, _ node: UnsafeMutablePointer<Node>) {
            head = head + node.pointee.left + node.pointee.group
            left.start = l + 1
        }

        @inline(__always) private mutating func takeRight(_ r: Int, _ node: UnsafeMutablePointer<Node>) {
            fromMiddle = fromMiddle + node.pointee.left + node.pointee.group
            right.start = r + 1
        }

        @inline(__always) private mutating func leaveRight(_ r: Int, _ node: UnsafeMutablePointer<Node>) {
            tail = node.pointee.group + node.pointee.right + tail
            right.end = r
        }
    }
}
