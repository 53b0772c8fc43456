/// Conformal selection without a split: test points that are promising by ridge regression on the same
/// calibration points that bound the share of false ones.
///
/// The outcome t >= 0 of a point is 0 if it is not promising. For test point j the model knows the calibration points and j with
/// t_j = 0, which is right if selecting j is wrong. Every one of these n + 1 points has as its score the
/// negative prediction without it (+infinity if t > 0), and every other test point that of their mean. All that is symmetric in the n + 1 points; so
/// what is true of scores that are fixed beforehand is true of these, and of a choice among penalties by the
/// number of rejections.
///
/// Source: Bai, Jin (2024), "Optimized conformal selection", OptCS-Full and OptCS-Full-MSel. Departures: the
/// n + 1 models of each test point by closed forms instead of as many refits; other test points are judged
/// by the mean of all n + 1, where the public code takes the one without j, which is not symmetric.
public enum ConformalRidgeSelection {
    /// Rows of calibration and test points, and the outcomes of the former.
    public struct Points<T: Scalar> {
        let x: UnsafeBufferPointer<T>
        let outcomes: UnsafeBufferPointer<T>
        let test: UnsafeBufferPointer<T>
        let columns: Int

        public init(
            x: UnsafeBufferPointer<T>, outcomes: UnsafeBufferPointer<T>, test: UnsafeBufferPointer<T>,
            columns: Int
        ) {
            (self.x, self.outcomes, self.test, self.columns) = (x, outcomes, test, columns)
        }
    }

    /// Selects among test points; writes the number of the penalty that each had to `chosen`; returns how
    /// many are selected.
    public static func select(
        _ points: Points<Double>, penalties: UnsafeBufferPointer<Double>, q: Double,
        options: ConformalSelection.Options, output: ConformalSelection.Output,
        chosen: UnsafeMutablePointer<Int>?
    ) throws(QuantcalError) -> Int { try compute(points, penalties, q, options, output, chosen) }

    public static func select(
        _ points: Points<Float>, penalties: UnsafeBufferPointer<Double>, q: Double,
        options: ConformalSelection.Options, output: ConformalSelection.Output,
        chosen: UnsafeMutablePointer<Int>?
    ) throws(QuantcalError) -> Int { try compute(points, penalties, q, options, output, chosen) }

    private static func compute<T: Scalar>(
        _ points: Points<T>, _ penalties: UnsafeBufferPointer<Double>, _ q: Double,
        _ options: ConformalSelection.Options, _ output: ConformalSelection.Output,
        _ chosen: UnsafeMutablePointer<Int>?
    ) throws(QuantcalError) -> Int {
        let pruning = try ConformalModelSelection.pruning(options)
        try ConformalModelSelection.requireModels(penalties.count)
        try requireColumns(points.columns)
        try Require.level(q, "q")
        try StepUp.requireNumber(points.outcomes.count, "n")
        try StepUp.requireNumber(points.test.count / points.columns)
        try Require.finite(points.x, "x")
        _ = try Require.notNegative(points.outcomes, "outcomes")
        try Require.finite(points.test, "test")
        try Require.finite(penalties, "penalties")
        if let index = penalties.firstIndex(where: { $0 <= 0 }) {
            throw QuantcalError(
                .domain, "penalties[\(index)] is \(penalties[index]); penalties must be positive")
        }
        let ridge = try ConformalRidge(
            points.x, points.test, outcomes: points.outcomes, columns: points.columns)
        guard ridge.m > 0 else { return 0 }
        let level = try SelectionLevel(q: q, m: ridge.m)
        let choices = try ModelChoices(ridge.m, seed: options.seed)
        let rooms = try ConformalRidgeRooms(ridge, level)
        for model in penalties.indices {
            try ridge.fit(penalties[model], "penalties[\(model)]")
            let random = choices.random(model)
            let failures = try Scratch<UInt8>(zeroed: ridge.m)
            Parallel.forEach(ridge.m, threads: rooms.threads) { j, thread in
                guard let found = rooms.count(of: j, ridge, thread) else {
                    failures.buffer[j] = 1
                    return
                }
                choices.offer(j, model, rejections: found.rejections, before: found.rank, random)
            }
            guard !failures.buffer.contains(1) else {
                throw QuantcalError(
                    .domain,
                    "penalties[\(model)] is \(penalties[model]); it is too small to leave a point out, in doubles"
                )
            }
        }
        return try choices.select(ridge.n, level, pruning, output, chosen)
    }

    public static func requireColumns(_ columns: Int) throws(QuantcalError) {
        guard (1...Int(Int32.max)).contains(columns) else {
            throw QuantcalError(
                .size, "columns is \(UInt(bitPattern: columns)); columns must be 1 to \(Int32.max)")
        }
    }
}

/// Room for each thread to score all points for one test point, and to count.
struct ConformalRidgeRooms: ~Copyable {
    /// 1 - h, below which rounding would decide.
    private static let leastRest = 0x1p-30

    let threads: Int
    private let numbers: Scratch<Double>
    private let counts: RefitCounts
    private let roomForNumbers: Int

    init(_ ridge: borrowing ConformalRidge, _ level: SelectionLevel) throws(QuantcalError) {
        let (n, m, columns) = (ridge.n, ridge.m, ridge.columns)
        let cost = Double(m) * Double(n + m) * Double(columns + 8)
        let threads = Parallel.threads(for: m, work: cost < 0x1p62 ? Int(cost) : .max)
        let forNumbers = 2 * n + m + 2 * columns
        let numbers = try Scratch<Double>(threads * forNumbers)
        counts = try RefitCounts(n, level, threads: threads)
        self.numbers = numbers
        (self.threads, roomForNumbers) = (threads, forNumbers)
    }

    /// What j has; nil if the fit nearly goes through a point.
    func count(of j: Int, _ ridge: borrowing ConformalRidge, _ thread: Int) -> RefitCount? {
        let (n, m, columns) = (ridge.n, ridge.m, ridge.columns)
        let products = numbers.buffer.baseAddress! + thread * roomForNumbers
        let residuals = products + n
        let test = residuals + n
        let own = test + m
        let mean = own + columns
        for column in 0..<columns { own[column] = ridge.z(column)[n + j] }
        let calibration = counts.calibration(thread)
        let (norm, fit) = (ridge.norms.buffer[n + j], ridge.fits.buffer[n + j])
        let share = 1 / (1 + norm)

        products.update(repeating: 0, count: n)
        for column in 0..<columns { ConformalRidge.add(own[column], ridge.z(column), to: products, n) }
        var known = 0
        var least = Double.infinity
        for i in 0..<n {
            let outcome = ridge.outcomes.buffer[i]
            let left = Self.leftOut(ridge.norms.buffer[i], ridge.fits.buffer[i], products[i], fit, share)
            least = min(least, left.rest)
            residuals[i] = (outcome - left.fit) / left.rest
            calibration[known] = RefitCounts.Item(key: (-(left.fit / left.rest)).rankingKey)
            known += outcome == 0 ? 1 : 0
        }
        let left = Self.leftOut(norm, fit, norm, fit, share)
        guard min(least, left.rest) >= Self.leastRest else { return nil }
        let score = -(left.fit / left.rest)

        var projection = 0.0
        for column in 0..<columns {
            mean[column] = ConformalRidge.dot(ridge.z(column), residuals, n) + own[column] * score
            projection += own[column] * mean[column]
        }
        test.update(repeating: 0, count: m)
        for column in 0..<columns {
            let removed = (mean[column] - own[column] * projection * share) / Double(n + 1)
            let coefficient = ridge.coefficients.buffer[column] - own[column] * fit * share - removed
            ConformalRidge.add(-coefficient, ridge.z(column) + n, to: test, m)
        }
        test[j] = score
        return counts.count(known, test: test, point: j, thread)
    }

    /// The fit and 1 - leverage of a point after test point j has come: its z.z and z.c, its z.z_j, and z_j.c
    /// and 1 / (1 + z_j.z_j).
    @inline(__always) private static func leftOut(
        _ norm: Double, _ fit: Double, _ product: Double, _ newFit: Double, _ share: Double
    ) -> (fit: Double, rest: Double) {
        (fit - product * newFit * share, 1 - (norm - product * product * share))
    }
}
