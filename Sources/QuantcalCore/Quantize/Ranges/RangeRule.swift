/// How the range of a group is chosen, from which its scale and zero point follow. A kind looks at
/// its own fields only.
public struct RangeRule: Equatable, Sendable {
    public enum Kind: Int32, CaseIterable, Sendable {
        case minMax = 0
        case percentile = 1
        case mse = 2
        case entropy = 3
        case aciqGaussian = 4
        case aciqLaplace = 5
        case gaussian = 6
        case laplace = 7
        case halfQuadratic = 8
        case leastSquares = 9
        case meanAbsolute = 10
        case learnedStep = 11
        case dualClipping = 12
    }

    /// What a scale may be.
    public enum ScaleForm: Int32, CaseIterable, Sendable {
        case real = 0
        /// The largest magnitude and the largest level get the same exponent, as in OCP MX.
        case powerOfTwo = 1
        /// The smallest power of two that is not below.
        case powerOfTwoUp = 2
    }

    /// What a percentile is where it falls between two values.
    public enum Definition: Int32, CaseIterable, Sendable {
        case linear = 0
        case lower = 1
        case higher = 2
        case nearest = 3
        case midpoint = 4
        case invertedCdf = 5
    }

    public var kind = Kind.minMax
    public var scaleForm = ScaleForm.real
    public var definition = Definition.linear
    /// Candidates of a search.
    public var steps = 80
    /// Steps of golden section after a search.
    public var refinements = 0
    public var iterations = 20
    /// Of a histogram.
    public var bins = 2048
    public var percentile = 99.99
    /// The exponent of errors.
    public var norm = 2.0
    /// The candidates of a search are the min-max range times numbers from `high` down to `low`.
    public var low = 0.21
    public var high = 1.0
    public var strength = 10.0
    public var growth = 1.01

    public init() {}

    private static let presets: [(name: String, rule: RangeRule)] = [
        ("min_max", RangeRule()),
        ("power_of_two", made { $0.scaleForm = .powerOfTwo }),
        ("percentile", made { $0.kind = .percentile }),
        ("mse", made { $0.kind = .mse }),
        ("entropy", made { ($0.kind, $0.steps, $0.low) = (.entropy, 128, 0.0625) }),
        ("aciq_gaussian", made { $0.kind = .aciqGaussian }),
        ("aciq_laplace", made { $0.kind = .aciqLaplace }),
        ("gaussian", made { $0.kind = .gaussian }),
        ("laplace", made { $0.kind = .laplace }),
        ("half_quadratic", made { ($0.kind, $0.norm) = (.halfQuadratic, 0.7) }),
        (
            "least_squares",
            made { ($0.kind, $0.steps, $0.low, $0.high) = (.leastSquares, 19, 0.3, 1.2) }
        ),
        ("mean_absolute", made { $0.kind = .meanAbsolute }),
        ("learned_step", made { $0.kind = .learnedStep }),
        ("dual_clipping", made { ($0.kind, $0.steps, $0.low) = (.dualClipping, 26, 0.5) }),
    ]

    private static func made(_ change: (inout RangeRule) -> Void) -> RangeRule {
        var rule = RangeRule()
        change(&rule)
        return rule
    }

    /// The rule of a name.
    public static func named(_ name: String) throws(QuantcalError) -> RangeRule {
        if let preset = presets.first(where: { $0.name == name }) { return preset.rule }
        let known = presets.map(\.name).joined(separator: ", ")
        throw QuantcalError(.options, "name is \"\(name.prefix(40))\"; it must be one of \(known)")
    }

    /// The fields that the kind looks at.
    func check() throws(QuantcalError) {
        switch kind {
        case .percentile: try require(percentile, "percentile", 50...100)
        case .mse:
            try checkSearch()
            try require(refinements, "refinements", 0...100)
            try require(norm, "norm", 0.1...4)
        case .entropy:
            try checkSearch()
            try require(bins, "bins", 16...65536)
        case .halfQuadratic:
            try require(iterations, "iterations", 1...1000)
            try require(norm, "norm", 0.1...1)
            try require(strength, "strength", 1e-3...1e9)
            try require(growth, "growth", 1...10)
        case .dualClipping:
            try checkSearch()
            try require(steps, "steps", 1...256)
            try require(norm, "norm", 0.1...4)
        case .leastSquares:
            try checkSearch()
            try require(iterations, "iterations", 1...1000)
        case .meanAbsolute: try require(high, "high", 0.0009765625...16)
        default: break
        }
    }

    private func checkSearch() throws(QuantcalError) {
        try require(steps, "steps", 1...65536)
        try require(high, "high", 0.0009765625...16)
        try require(low, "low", 0.0009765625...high)
    }

    private func require<T: Comparable>(
        _ value: T, _ name: String, _ allowed: ClosedRange<T>
    ) throws(QuantcalError) {
        guard allowed.contains(value) else {
            throw QuantcalError(
                .options,
                "\(name) is \(value); it must be \(allowed.lowerBound) to \(allowed.upperBound)")
        }
    }

    /// The number that a search's candidate multiplies the min-max range by. The first is the widest.
    func factor(_ candidate: Int) -> Double {
        guard steps > 1 else { return high }
        return high - (high - low) * Double(candidate) / Double(steps - 1)
    }
}
