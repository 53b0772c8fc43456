import Synchronization

/// Scales and zero points of a matrix on a grid, group by group, by a rule.
///
/// Many groups are shared out to threads; of few, each is worked on by all threads, where its rule
/// compares candidates. Neither changes a result: a group's sums are always taken in order.
public struct RangeFitter: Sendable {
    let rule: RangeRule
    let target: RangeTarget
    /// What the rule's clip is for a spread of 1.
    let unitScale: Double

    /// What a rule may use for a group.
    struct Work {
        var threads = 1
        var progress = Progress.none
    }

    /// Floats saturate whatever the grid says.
    public init(
        _ grid: ScalarGrid, _ rule: RangeRule, hasZeros: Bool
    ) throws(QuantcalError) {
        try rule.check()
        guard hasZeros || rule.kind != .halfQuadratic else {
            throw QuantcalError(.nullPointer, "zeros is NULL; the half-quadratic rule needs it")
        }
        var saturating = grid
        saturating.overflow = .saturate
        self.rule = rule
        target = RangeTarget(try saturating.compiled(), hasZeros: hasZeros, rule)
        switch rule.kind {
        case .aciqGaussian, .aciqLaplace: unitScale = target.aciqClip(rule.kind) / target.reach
        case .gaussian: unitScale = target.bestScale(.gaussian)
        case .laplace: unitScale = target.bestScale(.laplace)
        default: unitScale = 1
        }
    }

    public func callAsFunction(
        _ values: UnsafePointer<Float>, _ layout: GroupLayout, _ importance: UnsafeBufferPointer<Float>?,
        _ progress: Progress, scales: UnsafeMutablePointer<Float>, zeros: UnsafeMutablePointer<Float>?
    ) throws(QuantcalError) { try fit(values, layout, nil, importance, progress, scales, zeros) }

    public func callAsFunction(
        _ values: UnsafePointer<HalfBits>, _ layout: GroupLayout, _ importance: UnsafeBufferPointer<Float>?,
        _ progress: Progress, scales: UnsafeMutablePointer<Float>, zeros: UnsafeMutablePointer<Float>?
    ) throws(QuantcalError) { try fit(values, layout, nil, importance, progress, scales, zeros) }

    public func callAsFunction(
        _ values: UnsafePointer<BFloat16Bits>, _ layout: GroupLayout,
        _ importance: UnsafeBufferPointer<Float>?, _ progress: Progress,
        scales: UnsafeMutablePointer<Float>, zeros: UnsafeMutablePointer<Float>?
    ) throws(QuantcalError) { try fit(values, layout, nil, importance, progress, scales, zeros) }

    /// With a mask, groups have the elements alone that it selects; importance is not for masks.
    func fit<T: WeightElement>(
        _ values: UnsafePointer<T>, _ layout: GroupLayout, _ mask: ElementMask?,
        _ importance: UnsafeBufferPointer<Float>?, _ progress: Progress,
        _ scales: UnsafeMutablePointer<Float>, _ zeros: UnsafeMutablePointer<Float>?
    ) throws(QuantcalError) {
        if let importance { try Require.weights(importance, "importance") }
        guard layout.groupCount > 0 else { return }
        let made =
            rule.kind == .minMax && mask == nil
            ? try layout.mappedRanges(values, progress) {
                target.parameters(Double($0.minimum), Double($0.maximum))
            } : try fitGroups(values, layout, mask, importance, progress)
        for group in 0..<layout.groupCount {
            scales[group] = made.buffer[group].scale
            zeros?[group] = made.buffer[group].zero
        }
    }

    /// Passes over a group's values, about.
    private var passes: Int {
        switch rule.kind {
        case .mse: rule.steps + rule.refinements
        case .leastSquares: rule.steps * 4
        case .dualClipping: rule.steps * rule.steps
        case .halfQuadratic: rule.iterations * 2
        default: 4
        }
    }

    private func fitGroups<T: WeightElement>(
        _ values: UnsafePointer<T>, _ layout: GroupLayout, _ mask: ElementMask?,
        _ importance: UnsafeBufferPointer<Float>?, _ progress: Progress
    ) throws(QuantcalError) -> Scratch<RangeTarget.Parameters> {
        let made = try Scratch<RangeTarget.Parameters>(layout.groupCount)
        let longest = layout.elements(inGroup: 0)
        let (work, overflow) = (layout.rows * layout.columns).multipliedReportingOverflow(by: passes)
        let threads = Parallel.threads(for: Int.max, work: overflow ? .max : work)
        let isShared = layout.groupCount >= 4 * threads
        let sharing = isShared ? threads : 1
        let singles = try GroupSingles<T>(longest, threads: sharing, mask)
        let perGroup = max(1, longest.multipliedReportingOverflow(by: passes).partialValue)
        let batch = isShared ? max(4 * threads, (1 << 24) / perGroup) : 1
        let failure = Atomic<Bool>(false)
        let isBad = Atomic<Bool>(false)
        let count = Double(layout.groupCount)
        for first in stride(from: 0, to: layout.groupCount, by: batch) {
            try progress(Double(first) / count)
            let inside =
                isShared
                ? Work()
                : Work(
                    threads: threads,
                    progress: progress.part(from: Double(first) / count, to: Double(first + 1) / count))
            let groups = min(batch, layout.groupCount - first)
            guard isShared else {
                guard
                    let sample = layout.sample(values, first, singles, 0, importance)
                else { throw layout.notFinite(values) }
                made.buffer[first] = try parameters(sample, inside)
                continue
            }
            Parallel.forEach(groups, threads: min(threads, groups)) { index, thread in
                guard let sample = layout.sample(values, first + index, singles, thread, importance) else {
                    return isBad.store(true, ordering: .relaxed)
                }
                do throws(QuantcalError) {
                    made.buffer[first + index] = try parameters(sample, inside)
                } catch { failure.store(true, ordering: .relaxed) }
            }
            if isBad.load(ordering: .relaxed) { throw layout.notFinite(values) }
            // Without a progress to stop it nothing else can fail.
            if failure.load(ordering: .relaxed) {
                throw QuantcalError(.noMemory, "no memory for the range of a group")
            }
        }
        return made
    }

    func parameters(
        _ sample: RangeSample, _ work: Work
    ) throws(QuantcalError) -> RangeTarget.Parameters {
        // Without anything but zeros there is nothing to choose.
        guard sample.range.minimum < sample.range.maximum else { return zeros(sample) }
        switch rule.kind {
        case .minMax: return minMax(sample)
        case .percentile: return try percentile(sample)
        case .mse: return try search(sample, work)
        case .entropy: return try entropy(sample, work)
        case .aciqGaussian, .aciqLaplace: return aciq(sample)
        case .gaussian, .laplace: return distribution(sample)
        case .halfQuadratic: return halfQuadratic(sample)
        case .leastSquares: return try leastSquares(sample, work)
        case .meanAbsolute, .learnedStep: return meanAbsolute(sample)
        case .dualClipping: return try dual(sample, work)
        }
    }

    /// Of zeros alone. A mean of 0 is raised to the smallest scale, so that levels without a 0 decode to next to 0.
    private func zeros(_ sample: RangeSample) -> RangeTarget.Parameters {
        rule.kind == .meanAbsolute && !target.hasZeros && sample.count > 0
            ? .init(scale: .leastNormalMagnitude, zero: 0) : minMax(sample)
    }

    func minMax(_ sample: RangeSample) -> RangeTarget.Parameters {
        target.parameters(sample.lower, sample.upper)
    }

    /// The min-max range times a number.
    func scaled(_ sample: RangeSample, by factor: Double) -> RangeTarget.Parameters {
        target.parameters(sample.lower * factor, sample.upper * factor)
    }
}

/// Where the values of a group are in single precision: in place, or in room for them, one for each
/// thread.
private struct GroupSingles<T: WeightElement>: ~Copyable {
    private let scratch: Scratch<Float>
    private let length: Int
    private let mask: ElementMask?

    init(_ length: Int, threads: Int, _ mask: ElementMask?) throws(QuantcalError) {
        self.length = T.self == Float.self && mask == nil ? 0 : length
        self.mask = mask
        let (count, overflow) = self.length.multipliedReportingOverflow(by: threads)
        scratch = try Scratch(overflow ? .max : count)
    }

    /// `count` values that begin at a row and column, row behind row if they are more than one row's; with
    /// a mask the selected ones.
    func singles(
        _ values: UnsafePointer<T>, row: Int, column: Int, _ count: Int, columns: Int, thread: Int
    ) -> (UnsafePointer<Float>, Int) {
        let start = values + row * columns + column
        if mask == nil, let already = start as? UnsafePointer<Float> { return (already, count) }
        let memory = scratch.buffer.baseAddress! + thread * length
        guard let mask else {
            T.widen(start, count, to: memory)
            return (UnsafePointer(memory), count)
        }
        var picked = 0
        for line in 0..<(column + count + columns - 1) / columns {
            picked += mask.pick(
                values + (row + line) * columns, row: row + line, column..<min(column + count, columns),
                into: memory + picked)
        }
        return (UnsafePointer(memory), picked)
    }
}

extension GroupLayout {
    /// A group's values; nil if they are not all finite.
    fileprivate func sample<T: WeightElement>(
        _ values: UnsafePointer<T>, _ group: Int, _ singles: borrowing GroupSingles<T>, _ thread: Int,
        _ importance: UnsafeBufferPointer<Float>?
    ) -> RangeSample? {
        let row = groupsInRow == 0 ? 0 : group / groupsInRow
        let column = groupsInRow == 0 ? 0 : group % groupsInRow * groupColumns
        let (numbers, count) = singles.singles(
            values, row: row, column: column, elements(inGroup: group), columns: columns, thread: thread)
        var range = ValueRange()
        guard ValueRange.widen(&range, by: numbers, GroupRun(inOneGroup: count)) else { return nil }
        return RangeSample(
            values: numbers, count: count, range: range, importance: importance, firstColumn: column)
    }
}
