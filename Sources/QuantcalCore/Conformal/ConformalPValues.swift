/// Conformal p-values: how much of the weight of calibration points and test point together is at least as strange
/// as the test point. With exchangeable points a p-value is at most t with probability at most t; a
/// randomised one with probability t exactly.
///
/// Source: Vovk, Gammerman, Shafer (2005); weights: Hu, Lei (2024), Jin, Candes (2023).
public enum ConformalPValues {
    public typealias Options = ConformalCalibrator.PValueOptions

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
        let ranking = try ConformalRanking(
            calibration: calibration.scores, test: test.scores,
            first: options.tail == .upper ? .largest : .smallest, masses: masses)
        let uniforms = uniforms(seed: options.seed, first: options.firstPoint)
        write(ranking, masses, uniforms, p)
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
        part =
            UInt128(ranking.below.buffer[place]) << 53
            + UInt128(ranking.tied.buffer[place] + own) * UInt128(units)
        whole = masses.total + own
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
