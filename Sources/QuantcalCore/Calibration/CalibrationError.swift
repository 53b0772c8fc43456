/// Binned calibration error: how far mean confidence is from the mean outcome, bin by bin.
///
/// Source: Naeini, Cooper, Hauskrecht (2015); Guo et al. (2017); classwise: Kumar, Liang, Ma (2019).
/// Departure: which bin an edge belongs to is an option, and equal-mass bins never split ties.
public enum CalibrationError {
    public enum Target: Int32, CaseIterable, Sendable {
        case topLabel = 0
        case classwise = 1
    }

    public enum Binning: Int32, CaseIterable, Sendable {
        case equalWidth = 0
        case equalMass = 1
    }

    public enum Norm: Int32, CaseIterable, Sendable {
        case l1 = 0
        case l2 = 1
        case max = 2
    }

    public enum Edges: Int32, CaseIterable, Sendable {
        case right = 0
        case left = 1
    }

    public struct Options: Sendable {
        public var bins = 15
        public var target = Target.topLabel
        public var binning = Binning.equalWidth
        public var norm = Norm.l1
        public var edges = Edges.right
        public init() {}

        public func check() throws(QuantcalError) {
            guard (1...maximumBins).contains(bins) else {
                throw QuantcalError(.options, "bins is \(bins); bins must be 1 to \(maximumBins)")
            }
        }

        /// Rows of the bin table.
        public func tableRows(classes: Int) -> Int { target == .classwise ? classes * bins : bins }
    }

    static let maximumBins = 1_000_000

    /// `table` has `tableRows` rows of weight, mean confidence, mean outcome.
    public static func error(
        probabilities: UnsafeBufferPointer<Double>, labels: UnsafeBufferPointer<Int64>,
        weights: UnsafeBufferPointer<Double>?, classes: Int, options: Options,
        table: UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) -> Double {
        try compute(.init(probabilities, labels, weights, classes), options, table)
    }

    public static func error(
        probabilities: UnsafeBufferPointer<Float>, labels: UnsafeBufferPointer<Int64>,
        weights: UnsafeBufferPointer<Float>?, classes: Int, options: Options,
        table: UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) -> Double {
        try compute(.init(probabilities, labels, weights, classes), options, table)
    }

    private static func compute<T: RankedScalar>(
        _ forecasts: Forecasts<T>, _ options: Options, _ table: UnsafeMutablePointer<Double>?
    ) throws(QuantcalError) -> Double {
        try options.check()
        try forecasts.check()
        let targets = options.target == .classwise ? forecasts.classes : 1
        let bins = try Scratch<Bin>(options.bins * targets)
        for target in 0..<targets {
            let part = UnsafeMutableBufferPointer(
                rebasing: bins.buffer[target * options.bins..<(target + 1) * options.bins])
            let pick: Forecasts<T>.Pick = options.target == .classwise ? .column(target) : forecasts.topPick
            switch options.binning {
            case .equalWidth: try EqualWidthBins.fill(part, forecasts, pick, options.edges)
            case .equalMass: try EqualMassBins.fill(part, forecasts, pick)
            }
        }
        if let table {
            for (index, bin) in bins.buffer.enumerated() { bin.write(to: table + 3 * index) }
        }
        return combine(bins.buffer, options)
    }

    /// One norm within each target, and the same across targets.
    private static func combine(_ bins: UnsafeMutableBufferPointer<Bin>, _ options: Options) -> Double {
        let targets = bins.count / options.bins
        var total = 0.0
        for target in 0..<targets {
            var weight = 0.0
            var sum = 0.0
            for bin in bins[target * options.bins..<(target + 1) * options.bins] where bin.weight > 0 {
                weight += bin.weight
                switch options.norm {
                case .l1: sum += bin.weight * bin.gap
                case .l2: sum += bin.weight * bin.gap * bin.gap
                case .max: sum = Swift.max(sum, bin.gap)
                }
            }
            if options.norm == .max { total = Swift.max(total, sum) } else { total += sum / weight }
        }
        switch options.norm {
        case .l1: return total / Double(targets)
        case .l2: return (total / Double(targets)).squareRoot()
        case .max: return total
        }
    }

    /// The sums of one bin.
    struct Bin: BitwiseCopyable {
        var weight = 0.0
        var confidence = 0.0
        var outcome = 0.0

        @inline(__always) mutating func add(_ confidence: Double, _ isHit: Bool, _ weight: Double) {
            self.weight += weight
            self.confidence += weight * confidence
            if isHit { outcome += weight }
        }

        static func += (a: inout Bin, b: Bin) {
            a.weight += b.weight
            a.confidence += b.confidence
            a.outcome += b.outcome
        }

        var gap: Double { abs(confidence - outcome) / weight }

        func write(to row: UnsafeMutablePointer<Double>) {
            row[0] = weight
            row[1] = weight > 0 ? confidence / weight : .nan
            row[2] = weight > 0 ? outcome / weight : .nan
        }
    }
}
