/// Conformal selection: test points that are promising, with a bound on the expected share of false ones.
///
/// Without weights the Benjamini-Hochberg procedure on conformal p-values keeps the bound. With weights, these p-values
/// are not known to depend on each other in the way it needs; then each point has a procedure of its own, and
/// a pruning makes one selection of all.
///
/// Source: Jin, Candes (2023), "Selection by prediction with conformal p-values" and "Model-free selective
/// inference under covariate shift via weighted conformal p-values". Departure: the mass added for the sake of
/// point j is w_j, as in the paper, where a public implementation takes that of the other point.
public enum ConformalSelection {
    public enum Pruning: Int32, CaseIterable, Sendable {
        case standard, none, heterogeneous, homogeneous, deterministic
    }

    public struct Options: Sendable {
        public var pruning: Pruning
        /// Whether p-values are randomised.
        public var isRandomised: Bool
        public var seed: UInt64

        public init(pruning: Pruning = .standard, isRandomised: Bool = false, seed: UInt64 = 0) {
            (self.pruning, self.isRandomised, self.seed) = (pruning, isRandomised, seed)
        }

        func resolvedPruning(hasWeights: Bool) -> Pruning {
            pruning != .standard ? pruning : hasWeights ? .heterogeneous : .none
        }
    }

    /// Where the results go, an element for each test point.
    public struct Output {
        let selected: UnsafeMutablePointer<UInt8>
        let p: UnsafeMutablePointer<Double>?
        let e: UnsafeMutablePointer<Double>?

        public init(
            selected: UnsafeMutablePointer<UInt8>, p: UnsafeMutablePointer<Double>? = nil,
            e: UnsafeMutablePointer<Double>? = nil
        ) {
            (self.selected, self.p, self.e) = (selected, p, e)
        }
    }

    /// Selects among test points; returns how many.
    public static func select(
        calibration: ConformalPoints<Double>, test: ConformalPoints<Double>, q: Double, options: Options,
        output: Output
    ) throws(QuantcalError) -> Int { try compute(calibration, test, q, options, output) }

    public static func select(
        calibration: ConformalPoints<Float>, test: ConformalPoints<Float>, q: Double, options: Options,
        output: Output
    ) throws(QuantcalError) -> Int { try compute(calibration, test, q, options, output) }

    private static func compute<T: Scalar>(
        _ calibration: ConformalPoints<T>, _ test: ConformalPoints<T>, _ q: Double, _ options: Options,
        _ output: Output
    ) throws(QuantcalError) -> Int {
        try Require.level(q, "q")
        try ConformalPValues.validate(calibration.scores, test.scores)
        let hasWeights = calibration.weights != nil || test.weights != nil
        let masses = try ConformalMasses(calibration: calibration, test: test)
        guard test.scores.count > 0 else { return 0 }
        let level = try SelectionLevel(q: q, m: test.scores.count)
        let uniforms = ConformalPValues.uniforms(seed: options.isRandomised ? options.seed : nil)
        let pruning = options.resolvedPruning(hasWeights: hasWeights)
        if pruning == .none, masses.areUnits {
            guard uniforms.areRandom else {
                return try selectUpTo(calibration.scores, test.scores, level, output)
            }
            return try selectAtOnce(level, output) { p throws(QuantcalError) in
                try ConformalPValues.count(calibration.scores, test.scores, first: .smallest, uniforms, p)
            }
        }
        let ranking = try ConformalRanking(
            calibration: calibration.scores, test: test.scores, first: .smallest, masses: masses)
        guard pruning != .none else {
            return try selectAtOnce(level, output) { ConformalPValues.write(ranking, masses, uniforms, $0) }
        }
        let candidates = try candidates(ranking, masses, uniforms, level)
        let pruned = try ConformalPruning(rejections: candidates, pruning: pruning, seed: options.seed)
        if let p = output.p { ConformalPValues.write(ranking, masses, uniforms, p) }
        return pruned.write(output, level: level)
    }

    /// The Benjamini-Hochberg procedure on p-values that rise with the score.
    private static func selectUpTo<T: Scalar>(
        _ calibration: UnsafeBufferPointer<T>, _ test: UnsafeBufferPointer<T>, _ level: SelectionLevel,
        _ output: Output
    ) throws(QuantcalError) -> Int {
        let reach = try SelectionReach(calibration: calibration, test: test, level: level)
        if let p = output.p {
            try ConformalPValues.count(
                calibration, test, first: .smallest, ConformalPValues.uniforms(seed: nil), p)
        }
        // NaN is above nothing.
        let last = reach.last ?? .nan
        for index in test.indices { output.selected[index] = test[index] <= last ? 1 : 0 }
        if let e = output.e {
            let evidence = reach.count > 0 ? level.evidence(reach.count) : 0
            for index in test.indices { e[index] = test[index] <= last ? evidence : 0 }
        }
        return reach.count
    }

    /// The Benjamini-Hochberg procedure on the p-values that `write` gives.
    private static func selectAtOnce(
        _ level: SelectionLevel, _ output: Output,
        _ write: (UnsafeMutablePointer<Double>) throws(QuantcalError) -> Void
    ) throws(QuantcalError) -> Int {
        // All memory before the first result is written.
        let steps = try StepUp.Steps(level)
        let memory = try Scratch<Double>(output.p == nil ? level.m : 0)
        let p = output.p ?? memory.buffer.baseAddress!
        try write(p)
        let count = steps.count(UnsafeBufferPointer(start: p, count: level.m))
        let threshold = count > 0 ? level.threshold(count) : -1
        for index in 0..<level.m { output.selected[index] = p[index] <= threshold ? 1 : 0 }
        if let e = output.e {
            let evidence = count > 0 ? level.evidence(count) : 0
            for index in 0..<level.m { e[index] = p[index] <= threshold ? evidence : 0 }
        }
        return count
    }

    /// For each point the number R_j of its own procedure if that would select it, otherwise 0.
    private static func candidates(
        _ ranking: borrowing ConformalRanking, _ masses: borrowing ConformalMasses,
        _ uniforms: ConformalUniforms, _ level: SelectionLevel
    ) throws(QuantcalError) -> Scratch<Int32> {
        let counts = try ConformalRejections(ranking, total: masses.total, level: level, ties: .after)
        let result = try Scratch<Int32>(ranking.count)
        var start = 0
        while start < ranking.count {
            let group = ranking.group(from: start)
            for place in group {
                let index = Int(ranking.order[place].index)
                let number = counts.rejections(group: group, mass: masses.test(index), ties: .after)
                let share = ConformalShare(ranking, place, masses, uniforms.units(index))
                result.buffer[index] = share.isAtMost(level, number) ? Int32(number) : 0
            }
            start = group.upperBound
        }
        return result
    }
}
