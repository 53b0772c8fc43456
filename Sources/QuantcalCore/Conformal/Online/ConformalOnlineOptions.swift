extension ConformalOnline {
    public enum Method: Int32, CaseIterable, Sendable {
        case aci = 0
        case agaci = 1
        case dtaci = 2
        case sfOGD = 3
        case saocp = 4
        case pid = 5
        case enbpi = 6
        case nexcp = 7

        /// Whether it takes signed residuals and gives both ends by itself.
        var isTwoSided: Bool { self == .agaci || self == .enbpi }
    }

    public enum Sides: Int32, CaseIterable, Sendable {
        case one = 0
        case two = 1
    }

    public enum Integrator: Int32, CaseIterable, Sendable {
        case tangent = 0
        case none = 1
    }

    public enum Rate: Int32, CaseIterable, Sendable {
        case scaled = 0
        case fixed = 1
    }

    public struct Options: Equatable, Sendable {
        public var method = Method.aci
        public var sides = Sides.one
        public var integrator = Integrator.tangent
        public var rateOf = Rate.scaled
        public var alpha = 0.1
        /// NaN stands for that of the method.
        public var start = Double.nan
        public var horizon = 100.0
        public var scoreBound = 1.0
        public var learningRate = 0.1
        public var saturation = 1.0
        public var integralGain = 1.0
        public var rho = 0.99
        public var cap = 0.0
        /// 0 is no limit.
        public var window = 0
        public var batch = 1
        public var lifetime = 8
        /// Empty stands for those of the method.
        public var gamma: [Double] = []

        public init() {}

        /// Takes the step sizes, but only as many as the method may have: no more is read.
        public mutating func take(gamma steps: UnsafeBufferPointer<Double>) throws(QuantcalError) {
            try checkGammaCount(steps.count)
            gamma = Array(steps)
        }
    }
}

extension ConformalOnline.Options {
    static let mostGammas = 1024
    static let largestBatch = 65536
    /// Beyond it a length means no more, and could not be counted in doubles.
    static let largestLength = 1 << 40

    /// The options with what the method has by itself filled in, or an error that names a field.
    func resolved() throws(QuantcalError) -> Self {
        try check(alpha, "alpha", "above 0 and below 1") { $0 > 0 && $0 < 1 }
        try check(horizon, "horizon", "1 to 1e15") { $0 >= 1 && $0 <= 1e15 }
        try check(scoreBound, "score_bound", "above 0 and at most 1e300") { $0 > 0 && $0 <= 1e300 }
        try check(learningRate, "learning_rate", "above 0 and at most 1e300") { $0 > 0 && $0 <= 1e300 }
        try check(saturation, "saturation", "above 0 and at most 1e300") { $0 > 0 && $0 <= 1e300 }
        try check(integralGain, "integral_gain", "0 to 1e300") { $0 >= 0 && $0 <= 1e300 }
        try check(rho, "rho", "above 0 and at most 1") { $0 > 0 && $0 <= 1 }
        try check(cap, "cap", "0 to 1e300") { $0 >= 0 && $0 <= 1e300 }
        try check(start, "start", "NaN or -1e300 to 1e300") { $0.isNaN || abs($0) <= 1e300 }
        try check(window, "window", 0...Self.largestLength)
        try check(batch, "batch", 1...Self.largestBatch)
        try check(lifetime, "lifetime", 1...Self.largestLength)
        var result = self
        // No -0: equal options have equal bytes.
        (result.integralGain, result.cap, result.start) = (integralGain + 0, cap + 0, start + 0)
        if start.isNaN {
            result.start = method == .aci || method == .agaci || method == .dtaci ? sideAlpha : 0
        }
        if method.isTwoSided { result.sides = .two }
        try result.resolveGamma()
        return result
    }

    /// The level of each side that has a rule of its own.
    var sideAlpha: Double { sides == .two && !method.isTwoSided ? alpha / 2 : alpha }

    private mutating func resolveGamma() throws(QuantcalError) {
        try checkGammaCount(gamma.count)
        if gamma.isEmpty {
            switch method {
            case .aci: gamma = [0.005]
            case .agaci, .dtaci: gamma = [0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128]
            default: break
            }
        }
        for (index, value) in gamma.enumerated() where !(value > 0 && value <= 1e300) {
            throw QuantcalError(
                value.isFinite ? .domain : .notFinite,
                "gamma[\(index)] is \(value); gamma must be above 0 and at most 1e300")
        }
    }

    private func checkGammaCount(_ count: Int) throws(QuantcalError) {
        let most =
            switch method {
            case .aci: 1
            case .agaci, .dtaci: Self.mostGammas
            default: 0
            }
        guard count <= most else {
            throw QuantcalError(
                .size, "gamma_count is \(count); for this method it must be at most \(most)")
        }
    }

    private func check(
        _ value: Double, _ name: String, _ range: String, _ isAllowed: (Double) -> Bool
    ) throws(QuantcalError) {
        guard isAllowed(value) else {
            throw QuantcalError(.options, "\(name) is \(value); it must be \(range)")
        }
    }

    private func check(_ value: Int, _ name: String, _ range: ClosedRange<Int>) throws(QuantcalError) {
        guard range.contains(value) else {
            throw QuantcalError(
                .options,
                "\(name) is \(UInt(bitPattern: value)); it must be \(range.lowerBound) to \(range.upperBound)"
            )
        }
    }

    private func newWindow(atMost most: Int = Int.max) -> OnlineScores {
        OnlineScores(limit: min(window == 0 ? Int.max : window, most))
    }

    /// The rules of options that were resolved: one, or one for each side.
    func rules() -> [any OnlineRule] {
        (0..<(sides == .two && !method.isTwoSided ? 2 : 1)).map { _ in rule(sideAlpha) }
    }

    private func rule(_ target: Double) -> any OnlineRule {
        switch method {
        case .aci: OnlineLevel(target: target, gamma: gamma[0], start: start, window: newWindow())
        case .agaci:
            OnlineAggregation(target: target, gammas: gamma, start: start, cap: cap, window: newWindow())
        case .dtaci:
            OnlineLevels(target: target, gammas: gamma, horizon: horizon, start: start, window: newWindow())
        case .sfOGD: OnlineDescent(target: target, bound: scoreBound, start: start)
        case .saocp:
            OnlineStrongDescent(target: target, bound: scoreBound, lifetime: lifetime, start: start)
        case .pid:
            OnlineControl(
                target: target, rate: learningRate,
                integrator: integrator == .none
                    ? nil : OnlineControl.Integrator(saturation: saturation, gain: integralGain),
                start: start, window: rateOf == .scaled ? newWindow() : nil)
        case .enbpi: OnlineResiduals(target: target, batch: batch, window: newWindow())
        case .nexcp:
            OnlineDecay(target: target, rho: rho, window: newWindow(atMost: OnlineDecay.memory(rho: rho)))
        }
    }
}
