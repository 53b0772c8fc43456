import Quantcal
import Testing

@Suite struct CalibrationErrorProperties {
    struct Options {
        var bins = 15
        var target = CalibrationTarget.topLabel
        var binning = CalibrationBinning.equalWidth
        var norm = CalibrationNorm.l1
        var edges = CalibrationEdges.right
    }

    /// A plain loop over points and bins: which points lie between two edges, or are next in order.
    private static func plainError(
        _ probabilities: Matrix<Double>, _ labels: [Int64], _ weights: [Double], _ options: Options,
        edge: (Int, Int) -> Double
    ) -> Double {
        let columns = options.target == .classwise ? Array(0..<probabilities.columns) : [-1]
        let errors = columns.map { column -> Double in
            let points = labels.indices.map { row -> (p: Double, hit: Double, weight: Double) in
                let p = Array(probabilities[row: row])
                let place = column >= 0 ? column : p.firstIndex(of: p.max()!)!
                return (p[place], labels[row] == Int64(place) ? 1 : 0, weights[row])
            }
            let bins = (0..<options.bins).map { bin in
                options.binning == .equalWidth
                    ? points.filter { point in
                        let low = edge(bin, options.bins)
                        let high = edge(bin + 1, options.bins)
                        return options.edges == .right
                            ? (point.p > low || bin == 0) && point.p <= high
                            : point.p >= low && (point.p < high || bin == options.bins - 1)
                    } : []
            }
            return plainNorm(
                options.binning == .equalWidth ? bins : plainEqualMass(points, options.bins), options.norm)
        }
        switch options.norm {
        case .l1: return errors.reduce(0, +) / Double(errors.count)
        case .l2: return (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
        case .max: return errors.max()!
        }
    }

    private typealias Points = [(p: Double, hit: Double, weight: Double)]

    /// Weights are multiples of 1/8 here, so sums of them are exact.
    private static func plainEqualMass(_ points: Points, _ bins: Int) -> [Points] {
        let total = points.reduce(0) { $0 + $1.weight }
        var filled = Array(repeating: Points(), count: bins)
        for value in Set(points.map(\.p)) {
            // A value lies in the first bin whose end is beyond everything below the value.
            let below = points.filter { $0.p < value }.reduce(0) { $0 + $1.weight }
            let bin = (0..<bins).first { below * Double(bins) < Double($0 + 1) * total } ?? bins - 1
            filled[bin] += points.filter { $0.p == value }
        }
        return filled
    }

    private static func plainNorm(_ bins: [Points], _ norm: CalibrationNorm) -> Double {
        let total = bins.joined().reduce(0) { $0 + $1.weight }
        var error = 0.0
        for bin in bins {
            let weight = bin.reduce(0) { $0 + $1.weight }
            guard weight > 0 else { continue }
            let gap = abs(bin.reduce(0) { $0 + $1.weight * ($1.p - $1.hit) }) / weight
            switch norm {
            case .l1: error += weight / total * gap
            case .l2: error += weight / total * gap * gap
            case .max: error = max(error, gap)
            }
        }
        return norm == .l2 ? error.squareRoot() : error
    }

    private static var allOptions: [Options] {
        [1, 2, 7, 10, 15, 100].flatMap { bins in
            CalibrationTarget.allCases.flatMap { target in
                CalibrationBinning.allCases.flatMap { binning in
                    CalibrationNorm.allCases.flatMap { norm in
                        CalibrationEdges.allCases.map {
                            Options(bins: bins, target: target, binning: binning, norm: norm, edges: $0)
                        }
                    }
                }
            }
        }
    }

    /// Multiples of 1/40 hit many edges and tie.
    private static func data(rows: Int, classes: Int, seed: UInt64) throws -> (
        Matrix<Double>, [Int64], [Double]
    ) {
        var random = TestRandom(seed: seed)
        let elements = random.array(rows * classes) { Double($0.integer(0...40)) / 40 }
        let labels = (0..<rows).map { _ in Int64(random.integer(0...(classes - 1))) }
        var weights = random.array(rows) { Double($0.integer(0...16)) / 8 }
        weights[0] = 1
        return (try Matrix(rows: rows, columns: classes, elements: elements), labels, weights)
    }

    @Test func equalsAPlainLoop() throws {
        for (seed, shape) in [(1, (200, 3)), (2, (57, 2)), (3, (3, 5))] {
            let (probabilities, labels, weights) = try Self.data(
                rows: shape.0, classes: shape.1, seed: UInt64(seed))
            for options in Self.allOptions {
                let plain = Self.plainError(probabilities, labels, weights, options) {
                    Double($0) / Double($1)
                }
                let result = try calibrationError(
                    probabilities: probabilities, labels: labels, weights: weights, bins: options.bins,
                    target: options.target, binning: options.binning, norm: options.norm, edges: options.edges
                )
                #expect(abs(result.error - plain) < 1e-13, "\(shape) \(options)")
                let total = result.bins.reduce(0) { $0 + $1.weight }
                let tables = options.target == .classwise ? shape.1 : 1
                #expect(total == Double(tables) * weights.reduce(0, +))
            }
        }
    }

    @Test func equalsAPlainLoopInSinglePrecision() throws {
        let (probabilities, labels, weights) = try Self.data(rows: 150, classes: 3, seed: 4)
        let singles = try Matrix(rows: 150, columns: 3, elements: probabilities.elements.map { Float($0) })
        let widened = try Matrix(rows: 150, columns: 3, elements: singles.elements.map { Double($0) })
        for options in Self.allOptions {
            let plain = Self.plainError(widened, labels, weights, options) { Double(Float($0) / Float($1)) }
            let result = try calibrationError(
                probabilities: singles, labels: labels, weights: weights.map { Float($0) },
                bins: options.bins,
                target: options.target, binning: options.binning, norm: options.norm, edges: options.edges)
            #expect(abs(result.error - plain) < 1e-13, "\(options)")
        }
    }

    @Test func doesNotDependOnThreadsOrTheOrderOfRows() throws {
        let (probabilities, labels, _) = try Self.data(rows: 150_000, classes: 2, seed: 5)
        for binning in CalibrationBinning.allCases {
            for target in CalibrationTarget.allCases {
                try ThreadCount.expectNoInfluence {
                    try calibrationError(
                        probabilities: probabilities, labels: labels, target: target, binning: binning
                    ).error
                }
            }
            let turned = try calibrationError(
                probabilities: Matrix(
                    rows: 150_000, columns: 2,
                    elements: (0..<150_000).reversed().flatMap { probabilities[row: $0] }),
                labels: labels.reversed(), binning: binning)
            let straight = try calibrationError(
                probabilities: probabilities, labels: labels, binning: binning)
            #expect(abs(turned.error - straight.error) < 1e-13)
        }
    }
}
