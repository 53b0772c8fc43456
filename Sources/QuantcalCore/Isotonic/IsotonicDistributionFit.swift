/// The fit of an isotonic distributional regression: at every threshold, the nearest falling sequence
/// to the groups' shares of outcomes up to it.
///
/// Thresholds are passed in ascending order. An outcome that is passed raises the share of one group;
/// then only the blocks from where that group's block begins after it, to where it ended before it, can
/// have changed, and they alone are stored.
///
/// Source: Henzi, Moesching, Duembgen (2022), "Accelerating the pool-adjacent-violators algorithm for
/// isotonic distributional regression". Departures: a tree finds the changed blocks, where they pool the
/// old block anew; and what is stored are changes.
enum IsotonicDistributionFit {
    typealias Observation = IsotonicDistributionSample.Observation

    private static let observationsBetweenReports = 1 << 12

    /// `thresholds` gets the distinct outcomes.
    static func fit(
        _ sample: borrowing IsotonicDistributionSample, thresholds: inout GrowableBuffer<Double>,
        _ progress: Progress
    ) throws(QuantcalError) -> IsotonicDistributionRuns {
        let observations = UnsafeBufferPointer(sample.observations.buffer)
        let groups = sample.groups
        let weights = try groupWeights(observations, groups)
        let tree = try IsotonicDistributionTree(weights: UnsafeBufferPointer(weights.buffer))
        let chain = try IsotonicDistributionChain(groups: groups)
        var builder = IsotonicDistributionRuns.Builder(groups: groups)
        var changes = GrowableBuffer<Change>()
        var start = 0
        var reported = 0
        try progress(0)
        while start < observations.count {
            let end = endOfOutcome(start, observations)
            changes.count = 0
            for observation in observations[start..<end] {
                let group = Int(observation.group)
                let before = tree.block(of: group).groups
                tree.add(observation.weight, to: group)
                let after = tree.block(of: group).groups
                try changes.append(
                    Change(
                        key: UInt32(truncatingIfNeeded: after.lowerBound),
                        end: UInt32(truncatingIfNeeded: before.upperBound)))
            }
            try store(changes.buffer, tree, &builder)
            chain.accept(builder.open)
            try builder.endThreshold()
            try thresholds.append(observations[start].outcome)
            start = end
            if start - reported >= observationsBetweenReports, start < observations.count {
                try progress(Double(start) / Double(observations.count))
                reported = start
            }
        }
        return try builder.finish()
    }

    /// Summed in the order of the outcomes, in which parts are, so that a share reaches exactly 1.
    private static func groupWeights(
        _ observations: UnsafeBufferPointer<Observation>, _ groups: Int
    ) throws(QuantcalError) -> Scratch<Double> {
        let weights = try Scratch<Double>(zeroed: groups)
        for observation in observations { weights.buffer[Int(observation.group)] += observation.weight }
        return weights
    }

    /// Where the observations with the outcome of `start` end.
    static func endOfOutcome(_ start: Int, _ observations: UnsafeBufferPointer<Observation>) -> Int {
        var end = start + 1
        while end < observations.count, observations[end].outcome == observations[start].outcome { end += 1 }
        return end
    }

    /// A range of groups whose values may have changed; the key is where it starts.
    private struct Change: RadixItem {
        var key: UInt32
        var end: UInt32
    }

    private struct Changes: RadixItems {
        let memory: UnsafeMutableBufferPointer<Change>
        var count: Int { memory.count }
        func key(_ index: Int) -> UInt32 { memory[index].key }
        func item(_ index: Int) -> Change { memory[index] }
        func store(_ item: Change, at place: Int) { memory[place] = item }
    }

    /// Stores the blocks in the ranges of groups that changed, which may overlap.
    private static func store(
        _ changes: UnsafeMutableBufferPointer<Change>, _ tree: borrowing IsotonicDistributionTree,
        _ builder: inout IsotonicDistributionRuns.Builder
    ) throws(QuantcalError) {
        if changes.count > 1 { try RadixSort.sort(Changes(memory: changes)) }
        var stored = 0
        for change in changes {
            var group = max(Int(change.key), stored)
            while group < change.end {
                let block = tree.block(of: group)
                let end = min(block.groups.upperBound, Int(change.end))
                try builder.append(group..<end, block.sum.share)
                group = end
            }
            stored = max(stored, Int(change.end))
        }
    }
}
