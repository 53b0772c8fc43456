import Glibc

/// Ranges by what they do to a model's predictions: candidates are those of a search for the least error, and the
/// caller measures each.
///
/// Source: Liu et al. (2023), PD-Quant: the divergence of predictions, and beside it the error of the layer.
/// Departure: there the scale is learned by gradients; here it is searched.
public struct PredictionRange {
    public struct Candidate {
        public let index: Int
        public let candidates: Int
        public let factor: Double
        /// The mean of |x - decoded|^norm.
        public let error: Double
        /// These change with the next candidate.
        public let quantized: UnsafeBufferPointer<Float>
        public let scales: UnsafeBufferPointer<Float>
        public let zeros: UnsafeBufferPointer<Float>?
    }

    public struct Outcome: Equatable, Sendable {
        public var index = 0
        public var factor = 0.0
        public var difference = 0.0
        public var error = 0.0
        public var loss = 0.0

        public init() {}
    }

    /// How far predictions are from those without rounding; nil stops the work.
    public typealias Measure = (Candidate) -> Double?

    private let fitter: RangeFitter
    private let fake: GridFake
    private let errorWeight: Double
    private let hasZeros: Bool

    public init(
        _ grid: ScalarGrid, _ rule: RangeRule, errorWeight: Double, hasZeros: Bool
    ) throws(QuantcalError) {
        guard rule.kind == .mse else {
            throw QuantcalError(
                .options,
                "kind is \(rule.kind.rawValue); differences are for \(RangeRule.Kind.mse.rawValue), MSE")
        }
        guard errorWeight.isFinite, errorWeight >= 0 else {
            throw QuantcalError(.domain, "error_weight is \(errorWeight); it must be finite and >= 0")
        }
        fitter = try RangeFitter(grid, rule, hasZeros: hasZeros)
        fake = try GridFake(grid, .identity)
        (self.errorWeight, self.hasZeros) = (errorWeight, hasZeros)
    }

    /// The room for one candidate, and what is known of the best.
    private struct Trial: ~Copyable {
        let quantized: Scratch<Float>
        let scales: Scratch<Float>
        let zeros: Scratch<Float>

        init(_ layout: GroupLayout) throws(QuantcalError) {
            let quantized = try Scratch<Float>(layout.rows * layout.columns)
            let scales = try Scratch<Float>(layout.groupCount)
            let zeros = try Scratch<Float>(layout.groupCount)
            self.quantized = quantized
            self.scales = scales
            self.zeros = zeros
        }
    }

    public func callAsFunction(
        _ values: UnsafePointer<Float>, _ layout: GroupLayout, _ progress: Progress,
        scales: UnsafeMutablePointer<Float>, zeros: UnsafeMutablePointer<Float>?, _ measure: Measure
    ) throws(QuantcalError) -> Outcome {
        var best = Outcome()
        guard layout.groupCount > 0 else { return best }
        let ranges = try layout.mappedRanges(values, .none) { $0 }
        let trial = try Trial(layout)
        let steps = fitter.rule.steps
        for index in 0..<steps {
            try progress(Double(index) / Double(steps))
            let found = try outcome(index, values, layout, ranges.buffer, trial, measure)
            if index == 0 || found.loss < best.loss { best = found }
        }
        set(best.factor, ranges.buffer, trial)
        scales.update(from: trial.scales.buffer.baseAddress!, count: layout.groupCount)
        zeros?.update(from: trial.zeros.buffer.baseAddress!, count: layout.groupCount)
        return best
    }

    private func set(
        _ factor: Double, _ ranges: UnsafeMutableBufferPointer<ValueRange>, _ trial: borrowing Trial
    ) {
        for group in ranges.indices {
            let (lower, upper) = (Double(ranges[group].minimum), Double(ranges[group].maximum))
            let made = fitter.target.parameters(lower * factor, upper * factor)
            trial.scales.buffer[group] = made.scale
            trial.zeros.buffer[group] = made.zero
        }
    }

    private func outcome(
        _ index: Int, _ values: UnsafePointer<Float>, _ layout: GroupLayout,
        _ ranges: UnsafeMutableBufferPointer<ValueRange>, _ trial: borrowing Trial, _ measure: Measure
    ) throws(QuantcalError) -> Outcome {
        var found = Outcome()
        (found.index, found.factor) = (index, fitter.rule.factor(index))
        set(found.factor, ranges, trial)
        let zeros = hasZeros ? UnsafeBufferPointer(trial.zeros.buffer) : nil
        let scales = UnsafeBufferPointer(trial.scales.buffer)
        try fake(
            values, layout, CompiledGrid.Parameters(scales: scales, zeros: zeros), .none,
            into: trial.quantized.buffer.baseAddress!, nil)
        found.error = error(values, trial.quantized.buffer)
        let answer = measure(
            Candidate(
                index: index, candidates: fitter.rule.steps, factor: found.factor, error: found.error,
                quantized: UnsafeBufferPointer(trial.quantized.buffer), scales: scales, zeros: zeros))
        guard let answer else {
            throw QuantcalError(.cancelled, "cancelled by the callback at candidate \(index)")
        }
        guard !answer.isNaN else {
            throw QuantcalError(
                .notFinite, "the difference of candidate \(index) is nan; a difference must not be NaN")
        }
        found.difference = answer
        // 0 times an infinite error is no part of the loss.
        found.loss = errorWeight > 0 ? answer + errorWeight * found.error : answer
        return found
    }

    /// In double, in the order of the elements.
    private func error(
        _ values: UnsafePointer<Float>, _ quantized: UnsafeMutableBufferPointer<Float>
    ) -> Double {
        let norm = fitter.rule.norm
        var sum = 0.0
        for index in quantized.indices {
            let error = abs(Double(values[index]) - Double(quantized[index]))
            sum += norm == 2 ? error * error : (norm == 1 ? error : pow(error, norm))
        }
        return sum / Double(quantized.count)
    }
}
