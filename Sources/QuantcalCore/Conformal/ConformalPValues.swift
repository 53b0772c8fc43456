/// Conformal p-values: how much of the weight of calibration points and test point together is at least as strange
/// as the test point. With exchangeable points a p-value is at most t with probability at most t; a
/// randomised one with probability t exactly.
///
/// Source: Vovk, Gammerman, Shafer (2005); weights: Hu, Lei (2024), Jin, Candes (2023).
public enum ConformalPValues {
    public typealias Options = ConformalCalibrator.PValueOptions

    private static let grain = 1 << 15

    public static func pValues(
        calibration: ConformalPoints<Double>, test: ConformalPoints<Double>, options: Options,
        into p: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) { try compute(calibration, test, options, p) }

    public static func pValues(
        calibration: ConformalPoints<Float>, test: ConformalPoints<Float>, options: Options,
        into p: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) { try compute(calibration, test, options, p) }

    private static func compute<T: Scalar>(
        _ calibration: ConformalPoints<T>, _ test: ConformalPoints<T>, _ options: Options,
        _ p: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) {
        try validate(calibration.scores, test.scores)
        let masses = try ConformalMasses(calibration: calibration, test: test)
        let first: ConformalRanking.First = options.tail == .upper ? .largest : .smallest
        let uniforms = uniforms(seed: options.seed, first: options.firstPoint)
        if masses.areUnits {
            return try count(calibration.scores, test.scores, first: first, uniforms, p)
        }
        let ranking = try ConformalRanking(
            calibration: calibration.scores, test: test.scores, first: first, masses: masses)
        write(ranking, masses, uniforms, p)
    }

    /// The p-values of points that all count alike; so only calibration points need be sorted.
    static func count<T: Scalar>(
        _ calibration: UnsafeBufferPointer<T>, _ test: UnsafeBufferPointer<T>, first: ConformalRanking.First,
        _ uniforms: ConformalUniforms, _ p: UnsafeMutablePointer<Double>
    ) throws(QuantcalError) {
        let sorted = try SortedKeys(calibration)
        let n = calibration.count
        let whole = Double(n + 1)
        Parallel.forEachRange(of: test.count, grain: grain) { range in
            guard uniforms.areRandom else {
                let isLower = first == .smallest
                return sorted.count(test, range, orEqual: isLower) { index, count in
                    p[index] = Double((isLower ? count : n - count) + 1) / whole
                }
            }
            for index in range {
                let key = SortedKeys.key(test[index])
                let (below, upTo) = (sorted.count(below: key), sorted.count(upTo: key))
                p[index] =
                    ConformalShare(
                        before: UInt64(first == .smallest ? below : n - upTo),
                        beside: UInt64(upTo - below + 1), whole: UInt64(n + 1), uniforms.units(index)
                    ).value
            }
        }
    }

    static func write(
        _ ranking: borrowing ConformalRanking, _ masses: borrowing ConformalMasses,
        _ uniforms: ConformalUniforms, _ p: UnsafeMutablePointer<Double>
    ) {
        for place in 0..<ranking.count {
            let index = Int(ranking.order[place].index)
            p[index] = ConformalShare(ranking, place, masses, uniforms.units(index)).value
        }
    }

    static func validate<T: Scalar>(
        _ calibration: UnsafeBufferPointer<T>, _ test: UnsafeBufferPointer<T>, columns: Int = 1
    ) throws(QuantcalError) {
        try StepUp.requireNumber(calibration.count / columns, "n")
        try StepUp.requireNumber(test.count / columns)
        try Require.notNaN(calibration, "calibration")
        try Require.notNaN(test, "test")
    }

    /// All 1 without a seed.
    static func uniforms(seed: UInt64?, first: UInt64 = 0) -> ConformalUniforms {
        ConformalUniforms(seed.map { Philox(seed: $0, purpose: .conformalPValue) }, first: first)
    }
}

/// The p-value of the point at a place: [mass before + U (own mass + mass beside)] / (total + own mass), U in
/// units of 2^-53.
struct ConformalShare {
    /// In units of 2^-53, at most 2^115.
    private let part: UInt128
    private let whole: UInt64

    init(
        _ ranking: borrowing ConformalRanking, _ place: Int, _ masses: borrowing ConformalMasses,
        _ units: UInt64
    ) {
        let own = masses.test(Int(ranking.order[place].index))
        self.init(
            before: ranking.below.buffer[place], beside: ranking.tied.buffer[place] + own,
            whole: masses.total + own, units)
    }

    /// (before + U beside) / whole.
    init(before: UInt64, beside: UInt64, whole: UInt64, _ units: UInt64) {
        part = UInt128(before) << 53 + UInt128(beside) * UInt128(units)
        self.whole = whole
    }

    /// part / whole.
    init(part: UInt64, whole: UInt64) { (self.part, self.whole) = (UInt128(part) << 53, whole) }

    var value: Double {
        // By halves, as the general conversion is slow. Without weights and random numbers both are exact, and the
        // quotient is rounded once.
        let high = Double(UInt64(truncatingIfNeeded: part >> 64)) * 0x1p64
        return (high + Double(UInt64(truncatingIfNeeded: part))) * 0x1p-53 / Double(whole)
    }

    /// Whether it is at most q k / m, exactly.
    func isAtMost(_ level: SelectionLevel, _ k: Int) -> Bool {
        let left = part.multipliedFullWidth(by: UInt128(level.denominator))
        let right = (UInt128(whole) << 53).multipliedFullWidth(by: UInt128(level.numerator * UInt64(k)))
        return (left.high, left.low) <= (right.high, right.low)
    }
}
