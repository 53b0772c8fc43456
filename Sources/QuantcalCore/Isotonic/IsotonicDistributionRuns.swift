/// Distribution functions of a row of groups, as their changes: at each threshold, in ascending
/// order, runs of neighbouring groups whose values rise to a common one. A group's value is that of the
/// last run over it, 0 before the first. So memory follows the number of changes, not groups
/// times thresholds.
///
/// Functions rise with the threshold and fall from group to group, exactly: rounding in the values that
/// come in is mended by the least change, so that no query ever sees a distribution function fall.
///
/// A segment tree over the groups holds each run at the O(log m) nodes that cover it. The runs at a node
/// are in the order of thresholds, so the value of a group at a threshold is found by a binary
/// search at each of its O(log m) ancestors.
struct IsotonicDistributionRuns: ~Copyable {
    struct Run: BitwiseCopyable {
        var start: UInt32
        var end: UInt32
        var value: Double
    }

    let groups: Int
    private let runs: GrowableBuffer<Run>
    /// The runs of threshold k are those from ends[k - 1] up to ends[k].
    private let ends: GrowableBuffer<Int>
    /// The runs at node v are entries[offsets[v]..<offsets[v + 1]].
    private let offsets: Scratch<Int>
    private let entries: Scratch<UInt32>
    /// The threshold of each run.
    private let thresholdOfRun: Scratch<UInt32>
    /// How many runs there are over a group, at most.
    let longestList: Int

    var thresholds: Int { ends.count }
    var count: Int { runs.count }
    subscript(run: Int) -> Run { runs.buffer[run] }

    /// The runs of a threshold.
    func runs(of threshold: Int) -> Range<Int> { Self.runs(of: threshold, ends.buffer) }

    private static func runs(of threshold: Int, _ ends: UnsafeMutableBufferPointer<Int>) -> Range<Int> {
        (threshold == 0 ? 0 : ends[threshold - 1])..<ends[threshold]
    }

    /// Where a run jumps, and to what value.
    @inline(__always) func jump(_ run: Int) -> (threshold: UInt32, value: Double) {
        (thresholdOfRun.buffer[run], runs.buffer[run].value)
    }

    /// The value of a group once so many thresholds are passed.
    func value(_ group: Int, after thresholds: Int) -> Double {
        guard thresholds > 0 else { return 0 }
        let limit = UInt32(truncatingIfNeeded: ends.buffer[thresholds - 1])
        var last: UInt32?
        Self.forEachAncestor(of: group, groups) { node in
            let (start, end) = (offsets.buffer[node], offsets.buffer[node + 1])
            let beyond = Search.first(in: start..<end) { entries.buffer[$0] >= limit }
            if beyond > start { last = max(last ?? 0, entries.buffer[beyond - 1]) }
        }
        return last.map { runs.buffer[Int($0)].value } ?? 0
    }

    /// The runs over a group, in order; returns how many. There is room for `longestList`.
    func list(_ group: Int, into found: UnsafeMutablePointer<UInt32>) -> Int {
        var count = 0
        Self.forEachAncestor(of: group, groups) { node in
            // Merged from behind, so that what is there stays out of the way.
            var next = offsets.buffer[node + 1]
            let first = offsets.buffer[node]
            var old = count
            count += next - first
            var free = count
            while next > first {
                free -= 1
                if old > 0, found[old - 1] > entries.buffer[next - 1] {
                    old -= 1
                    found[free] = found[old]
                } else {
                    next -= 1
                    found[free] = entries.buffer[next]
                }
            }
        }
        return count
    }

    /// Leaf `groups + g` is group g, and node v has 2v and 2v + 1 below it. The nodes that make up a run.
    @inline(__always) private static func forEachNode(of run: Run, _ groups: Int, _ body: (Int) -> Void) {
        var left = Int(run.start) + groups
        var right = Int(run.end) + groups
        while left < right {
            if left & 1 == 1 {
                body(left)
                left += 1
            }
            if right & 1 == 1 {
                right -= 1
                body(right)
            }
            left >>= 1
            right >>= 1
        }
    }

    /// The nodes that may hold runs over a group.
    @inline(__always) private static func forEachAncestor(of group: Int, _ groups: Int, _ body: (Int) -> Void)
    {
        var node = group + groups
        while node > 0 {
            body(node)
            node >>= 1
        }
    }

    /// Takes the runs, threshold by threshold.
    struct Builder: ~Copyable {
        let groups: Int
        private var runs = GrowableBuffer<Run>()
        private var ends = GrowableBuffer<Int>()
        /// The last value given to all groups of a node.
        private let latest: Scratch<Double>

        init(groups: Int) throws(QuantcalError) {
            latest = try Scratch(zeroed: 2 * groups)
            self.groups = groups
        }

        /// Adds a run to the next threshold. Those of one threshold come from left to right, disjoint.
        mutating func append(_ groups: Range<Int>, _ value: Double) throws(QuantcalError) {
            guard runs.count < Int(UInt32.max) else {
                throw QuantcalError(.noMemory, "the distribution functions change more than 2^32 times")
            }
            try runs.append(
                Run(
                    start: UInt32(truncatingIfNeeded: groups.lowerBound),
                    end: UInt32(truncatingIfNeeded: groups.upperBound), value: value))
        }

        /// Ends a threshold. Returns whether its values were in order, and if not has mended them.
        @discardableResult
        mutating func endThreshold() throws(QuantcalError) -> Bool {
            let all = runs.buffer
            let new = (ends.count == 0 ? 0 : ends.buffer[ends.count - 1])..<all.count
            var areInOrder = true
            func set(_ run: Int, _ value: Double) {
                areInOrder = areInOrder && value == all[run].value
                all[run].value = value
            }
            // No value is below its predecessor, nor below its right neighbour.
            for run in new.reversed() {
                let isFollowed = run + 1 < new.upperBound && all[run + 1].start == all[run].end
                let right = isFollowed ? all[run + 1].value : value(Int(all[run].end))
                set(run, max(all[run].value, right, value(Int(all[run].start))))
            }
            // Nor above its left neighbour, whose predecessor bounds all of those.
            for run in new {
                let isPreceded = run > new.lowerBound && all[run - 1].end == all[run].start
                set(
                    run, min(all[run].value, isPreceded ? all[run - 1].value : value(Int(all[run].start) - 1))
                )
            }
            for run in new { forEachNode(of: all[run], groups) { latest.buffer[$0] = all[run].value } }
            try ends.append(all.count)
            return areInOrder
        }

        /// The value of a group after the last threshold; beyond the last group 0, before the first 1.
        private func value(_ group: Int) -> Double {
            guard group >= 0 else { return 1 }
            guard group < groups else { return 0 }
            // Values rise, so the latest is the largest.
            var value = 0.0
            forEachAncestor(of: group, groups) { value = max(value, latest.buffer[$0]) }
            return value
        }

        consuming func finish() throws(QuantcalError) -> IsotonicDistributionRuns {
            let places = try Scratch<Int>(zeroed: 2 * groups + 1)
            let offset = places.buffer
            for run in runs.buffer { forEachNode(of: run, groups) { offset[$0 + 1] += 1 } }
            for node in 0..<2 * groups { offset[node + 1] += offset[node] }
            let listed = try Scratch<UInt32>(offset[2 * groups])
            for number in 0..<runs.count {
                forEachNode(of: runs.buffer[number], groups) {
                    listed.buffer[offset[$0]] = UInt32(truncatingIfNeeded: number)
                    offset[$0] += 1
                }
            }
            // Each offset has moved to where the next one was.
            for node in stride(from: 2 * groups, to: 0, by: -1) { offset[node] = offset[node - 1] }
            offset[0] = 0
            let thresholdOfRun = try Scratch<UInt32>(runs.count)
            for threshold in 0..<ends.count {
                for run in IsotonicDistributionRuns.runs(of: threshold, ends.buffer) {
                    thresholdOfRun.buffer[run] = UInt32(truncatingIfNeeded: threshold)
                }
            }
            let longest = try longestList()
            return IsotonicDistributionRuns(
                groups: groups, runs: runs, ends: ends, offsets: places, entries: listed,
                thresholdOfRun: thresholdOfRun, longestList: longest)
        }

        private func longestList() throws(QuantcalError) -> Int {
            let changes = try Scratch<Int>(zeroed: groups + 1)
            for run in runs.buffer {
                changes.buffer[Int(run.start)] += 1
                changes.buffer[Int(run.end)] -= 1
            }
            var (longest, current) = (0, 0)
            for change in changes.buffer {
                current += change
                longest = max(longest, current)
            }
            return longest
        }
    }
}
