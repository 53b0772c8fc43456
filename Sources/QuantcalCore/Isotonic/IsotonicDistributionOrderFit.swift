/// The fit of an isotonic distributional regression whose covariates have several coordinates: at every
/// threshold, the nearest functions that fall along the componentwise order to the groups' shares of outcomes up
/// to it. Thresholds are passed in ascending order; an outcome that is passed raises the share of its group.
///
/// Source: Henzi, Ziegel, Gneiting (2021), for the regression; they solve a quadratic programme at each threshold.
/// Here the fits are exact (`OrderSquared`), and only what may have changed is fitted anew (`IsotonicDistributionRefit`).
enum IsotonicDistributionOrderFit {
    /// As much work is worth a report.
    private static let workBetweenReports = 1 << 18

    /// `thresholds` gets the distinct outcomes.
    static func fit(
        _ sample: borrowing IsotonicDistributionSample, thresholds: inout GrowableBuffer<Double>,
        _ progress: Progress
    ) throws(QuantcalError) -> IsotonicDistributionRuns {
        guard !sample.hasCensored else {
            throw QuantcalError(
                .size, "dimensions is \(sample.covariates.dimensions); with censored outcomes it must be 1")
        }
        let (nodes, order) = try sample.covariates.partialOrder(progress: progress.part(from: 0, to: 0))
        return try fit(sample, nodes, order, &thresholds, progress)
    }

    private static func fit<Order: PartialOrder>(
        _ sample: borrowing IsotonicDistributionSample, _ nodes: OrderNodes, _ order: Order,
        _ thresholds: inout GrowableBuffer<Double>, _ progress: Progress
    ) throws(QuantcalError) -> IsotonicDistributionRuns {
        let observations = UnsafeBufferPointer(sample.observations.buffer)
        let groups = sample.groups
        let nodeOfGroup = try nodes.numbers(points: groups)
        let node = { (group: Int) in Int(nodeOfGroup.buffer[group]) }
        let done = Done()
        let refit = try IsotonicDistributionRefit(
            order, progress: Progress(progress.report.map { report in { _ in report(done.fraction) } }))
        var total = DoubleDouble()
        for observation in observations {
            refit.addWeight(observation.weight, to: node(Int(observation.group)))
            total += observation.weight
        }
        refit.start()
        var builder = IsotonicDistributionRuns.Builder(groups: groups + 1)
        let latest = try Scratch<Double>(zeroed: groups + 1)
        var passed = DoubleDouble()
        var (start, unreported) = (0, 0)
        try progress(0)
        while start < observations.count {
            let end = IsotonicDistributionFit.endOfOutcome(start, observations)
            for observation in observations[start..<end] {
                refit.reach(observation.weight, of: node(Int(observation.group)))
                passed += observation.weight
            }
            try refit.settle()
            try builder.append(0..<groups, latest.buffer) { refit.values[node($0)] }
            // The group behind all others is all outcomes together.
            let share = max(latest.buffer[groups], min(1, passed / total))
            try builder.append(groups..<groups + 1, latest.buffer) { _ in share }
            try builder.endThreshold()
            try thresholds.append(observations[start].outcome)
            start = end
            done.fraction = Double(start) / Double(observations.count)
            unreported += order.count
            if unreported >= workBetweenReports, start < observations.count {
                try progress(done.fraction)
                unreported = 0
            }
        }
        return try builder.finish()
    }

    /// How much of the work is done.
    private final class Done {
        var fraction = 0.0
    }
}
