/// Isotonic distributional regression of right-censored outcomes.
///
/// At every threshold, the place of the mean of a run of groups is taken by the Kaplan-Meier
/// survival of its observations, held within what its parts allow: shortest runs first,
///
///     survival(r, s) is brought between  max_k min(survival(r, k), survival(k + 1, s))
///                                   and  min_k max(survival(r, k), survival(k + 1, s)).
///
/// Then violators are pooled: survival rises from group to group. Without censoring Kaplan-Meier is the
/// share of outcomes above the threshold, which lies between its parts, and the fit is the usual one.
///
/// Source: S-IDR, Bladt, Henzi, van den Heuvel, Ziegel (2026). Survivals of all runs are kept and
/// brought up to date at each threshold; the bounded ones are found only within blocks that are
/// pooled, and kept until an event falls into the run.
struct IsotonicDistributionCensored: ~Copyable {
    typealias Observation = IsotonicDistributionSample.Observation

    private let groups: Int
    /// Of the runs from group r to group s, at r * groups + s: Kaplan-Meier survival, the bounded
    /// survival, and the threshold at which that was found, counted from 1.
    private let survival: Scratch<Double>
    private let bounded: Scratch<Double>
    private let found: Scratch<Int32>
    /// The weight of each group that is at risk, its weight of events at the threshold, and the last
    /// threshold with one.
    private let atRisk: Scratch<Double>
    private let dying: Scratch<Double>
    private let lastEvent: Scratch<Int32>
    /// The blocks pooled so far begin at these groups.
    private let starts: Scratch<Int>
    private let fitted: Scratch<Double>

    static func fit(
        _ sample: borrowing IsotonicDistributionSample, thresholds: inout GrowableBuffer<Double>,
        _ progress: Progress
    ) throws(QuantcalError) -> IsotonicDistributionRuns {
        let observations = UnsafeBufferPointer(sample.observations.buffer)
        let groups = sample.groups
        let state = try IsotonicDistributionCensored(groups: groups)
        let remaining = try state.remainingWeights(observations)
        let chain = try IsotonicDistributionChain(groups: groups)
        var builder = IsotonicDistributionRuns.Builder(groups: groups)
        var start = 0
        while start < observations.count {
            try progress(Double(start) / Double(observations.count))
            let end = IsotonicDistributionFit.endOfOutcome(start, observations)
            // At equal times events come before censorings: what is censored now is still at risk.
            if state.meetEvents(observations, start..<end, threshold: Int32(thresholds.count + 1)) {
                try state.store(state.pool(), &builder)
                chain.accept(builder.open)
                try builder.endThreshold()
                try thresholds.append(observations[start].outcome)
            }
            for place in start..<end {
                state.atRisk.buffer[Int(observations[place].group)] = remaining.buffer[place]
            }
            start = end
        }
        return try builder.finish()
    }

    private init(groups: Int) throws(QuantcalError) {
        let (cells, overflow) = groups.multipliedReportingOverflow(by: groups)
        let survival = try Scratch<Double>(overflow ? .max : cells)
        let bounded = try Scratch<Double>(cells)
        let found = try Scratch<Int32>(zeroed: cells)
        let atRisk = try Scratch<Double>(zeroed: groups)
        let dying = try Scratch<Double>(zeroed: groups)
        let lastEvent = try Scratch<Int32>(zeroed: groups)
        let starts = try Scratch<Int>(groups + 1)
        let fitted = try Scratch<Double>(zeroed: groups)
        survival.buffer.initialize(repeating: 1)
        bounded.buffer.initialize(repeating: 1)
        self.groups = groups
        self.survival = survival
        self.bounded = bounded
        self.found = found
        self.atRisk = atRisk
        self.dying = dying
        self.lastEvent = lastEvent
        self.starts = starts
        self.fitted = fitted
    }

    /// What of each observation's group lies behind it, summed from the end: where all that is at risk dies at
    /// once, the weight of events is the weight at risk to the last bit. Also sets what is at risk at first.
    private func remainingWeights(
        _ observations: UnsafeBufferPointer<Observation>
    ) throws(QuantcalError) -> Scratch<Double> {
        let remaining = try Scratch<Double>(observations.count)
        for place in observations.indices.reversed() {
            let group = Int(observations[place].group)
            remaining.buffer[place] = atRisk.buffer[group]
            atRisk.buffer[group] += observations[place].weight
        }
        return remaining
    }

    /// Brings the survivals of all runs up to date. Returns false if all outcomes here are censored.
    private func meetEvents(
        _ observations: UnsafeBufferPointer<Observation>, _ places: Range<Int>, threshold: Int32
    ) -> Bool {
        var lastGroup = -1
        for place in places.reversed() where !observations[place].isCensored {
            let group = Int(observations[place].group)
            dying.buffer[group] += observations[place].weight
            lastEvent.buffer[group] = threshold
            lastGroup = max(lastGroup, group)
        }
        guard lastGroup >= 0 else { return false }
        for first in 0...lastGroup {
            let row = survival.buffer.baseAddress! + first * groups
            var (risk, deaths) = (0.0, 0.0)
            for last in first..<groups {
                risk += atRisk.buffer[last]
                deaths += dying.buffer[last]
                if deaths > 0 { row[last] *= 1 - deaths / risk }
            }
        }
        for place in places { dying.buffer[Int(observations[place].group)] = 0 }
        return true
    }

    /// Pools violators on the bounded survivals. Returns the number of blocks.
    private func pool() -> Int {
        var blocks = 0
        for group in 0..<groups {
            starts.buffer[blocks] = group
            blocks += 1
            while blocks > 1 {
                let (before, start) = (starts.buffer[blocks - 2], starts.buffer[blocks - 1])
                guard bound(before, start - 1) > bound(start, group) else { break }
                findBounds(before, start, group + 1)
                blocks -= 1
            }
        }
        starts.buffer[blocks] = groups
        return blocks
    }

    /// The bounded survival of a run that has been found; a single group needs no bounds.
    @inline(__always) private func bound(_ first: Int, _ last: Int) -> Double {
        let cell = first * groups + last
        return first == last ? survival.buffer[cell] : bounded.buffer[cell]
    }

    /// Finds the bounded survivals of the runs from before `middle` to behind it, those on either side being
    /// known; except of those in which nothing has happened since they were last found.
    private func findBounds(_ start: Int, _ middle: Int, _ end: Int) {
        var lastOnLeft: Int32 = 0
        for first in (start..<middle).reversed() {
            lastOnLeft = max(lastOnLeft, lastEvent.buffer[first])
            var lastEventIn = lastOnLeft
            for last in middle..<end {
                lastEventIn = max(lastEventIn, lastEvent.buffer[last])
                let cell = first * groups + last
                // Found at threshold 0: never. Without an event survival is 1 and needs no bounds.
                if found.buffer[cell] >= lastEventIn { continue }
                bounded.buffer[cell] = bounds(first, last)
                found.buffer[cell] = lastEventIn
            }
        }
    }

    private func bounds(_ first: Int, _ last: Int) -> Double {
        var (low, high) = (0.0, 1.0)
        for split in first..<last {
            let (left, right) = (bound(first, split), bound(split + 1, last))
            low = max(low, min(left, right))
            high = min(high, max(left, right))
        }
        return max(low, min(high, survival.buffer[first * groups + last]))
    }

    /// Stores the values that have changed.
    private func store(
        _ blocks: Int, _ builder: inout IsotonicDistributionRuns.Builder
    ) throws(QuantcalError) {
        for block in 0..<blocks {
            let range = starts.buffer[block]..<starts.buffer[block + 1]
            let value = 1 - bound(range.lowerBound, range.upperBound - 1)
            try builder.append(range, fitted.buffer) { _ in value }
        }
    }
}
