/// Distribution functions of a row of groups, as their changes: at each threshold, in ascending
/// order, runs of neighbouring groups whose values rise to a common one. A group's value is that of the
/// last run over it, 0 before the first. So memory follows the number of changes, not groups
/// times thresholds.
///
/// Functions rise with the threshold, exactly, and are in the order of their groups: whoever adds runs sees
/// to that (`IsotonicDistributionChain`, `IsotonicDistributionOrder`).
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

    /// The runs over a group, in order; returns how many: at most one for each threshold.
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
    @inline(__always) static func forEachNode(of run: Run, _ groups: Int, _ body: (Int) -> Void) {
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
    @inline(__always) static func forEachAncestor(of group: Int, _ groups: Int, _ body: (Int) -> Void) {
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

        init(groups: Int) { self.groups = groups }

        /// The runs of the next threshold so far.
        var open: UnsafeMutableBufferPointer<Run> {
            UnsafeMutableBufferPointer(rebasing: runs.buffer[(ends.buffer.last ?? 0)...])
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

        /// Adds runs of those groups whose latest values are others, and brings these up to date.
        mutating func append(
            _ groups: Range<Int>, _ latest: UnsafeMutableBufferPointer<Double>, value: (Int) -> Double
        ) throws(QuantcalError) {
            var group = groups.lowerBound
            while group < groups.upperBound {
                let start = group
                let common = value(start)
                while group < groups.upperBound, latest[group] != common, value(group) == common {
                    latest[group] = common
                    group += 1
                }
                if group > start { try append(start..<group, common) } else { group += 1 }
            }
        }

        mutating func endThreshold() throws(QuantcalError) { try ends.append(runs.count) }

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
            return IsotonicDistributionRuns(
                groups: groups, runs: runs, ends: ends, offsets: places, entries: listed,
                thresholdOfRun: thresholdOfRun)
        }
    }
}
