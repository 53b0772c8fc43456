/// Conformal selection without a split, by any model that the caller refits.
///
/// For test point j and each model the caller fits the model to the calibration points and j, which has the outcome that it
/// has if selecting it is wrong, in a way that is symmetric in these n + 1 points. The scores of that fit say
/// what rank j has and how many points would be selected if it were promising; these two numbers are all that
/// the selection takes from them. So the caller keeps two small integers for each refit, and no scores.
///
/// Source: Bai, Jin (2024), "Optimized conformal selection", OptCS-Full for one model, OptCS-Full-MSel for
/// several. Departure: calibration points tied with a test point count against it, where the public code leaves
/// them out.
public enum ConformalRefitSelection {
    /// What a test point has with one model.
    public struct Rank: Equatable, Sendable {
        /// 1 to n + 1; the p-value is it by n + 1.
        public let rank: Int
        /// How many points would be selected if it were promising, itself among them.
        public let rejections: Int

        public init(rank: Int, rejections: Int) { (self.rank, self.rejections) = (rank, rejections) }
    }

    /// For each test point a row with a rank, and the rejections, for each model.
    public struct Ranks {
        let ranks: UnsafeBufferPointer<Int>
        let rejections: UnsafeBufferPointer<Int>
        let models: Int

        public init(ranks: UnsafeBufferPointer<Int>, rejections: UnsafeBufferPointer<Int>, models: Int) {
            (self.ranks, self.rejections, self.models) = (ranks, rejections, models)
        }
    }

    /// What test point j has, from the scores of a model that was refitted with it.
    public static func rank(
        calibration: UnsafeBufferPointer<Double>, test: UnsafeBufferPointer<Double>, j: Int, q: Double
    ) throws(QuantcalError) -> Rank { try count(calibration, test, j, q) }

    public static func rank(
        calibration: UnsafeBufferPointer<Float>, test: UnsafeBufferPointer<Float>, j: Int, q: Double
    ) throws(QuantcalError) -> Rank { try count(calibration, test, j, q) }

    private static func count<T: Scalar>(
        _ calibration: UnsafeBufferPointer<T>, _ test: UnsafeBufferPointer<T>, _ j: Int, _ q: Double
    ) throws(QuantcalError) -> Rank {
        let (n, m) = (calibration.count, test.count)
        try requireSizes(n, m)
        guard (0..<m).contains(j) else {
            throw QuantcalError(
                .domain, "j is \(UInt(bitPattern: j)); j must be 0 to m - 1, which is \(m - 1)")
        }
        try Require.level(q, "q")
        try Require.notNaN(calibration, "calibration")
        try Require.notNaN(test, "test")
        let counts = try RefitCounts(n, SelectionLevel(q: q, m: m), threads: 1)
        let keys = counts.calibration(0)
        for i in 0..<n { keys[i] = RefitCounts.Item(key: Double(calibration[i]).rankingKey) }
        let found = counts.count(n, test: test.baseAddress!, point: j, 0)
        return Rank(rank: found.rank, rejections: found.rejections)
    }

    /// Points to rank: any number of calibration points, and a test point at least.
    public static func requireSizes(_ n: Int, _ m: Int) throws(QuantcalError) {
        try StepUp.requireNumber(n, "n")
        try StepUp.requireNumber(m, "m")
        guard m > 0 else { throw QuantcalError(.size, "m is 0; there must be a test point") }
    }

    /// Selects among test points with n calibration points; writes which model each had to `chosen`; returns
    /// how many are selected.
    public static func select(
        _ found: Ranks, n: Int, q: Double, options: ConformalSelection.Options,
        output: ConformalSelection.Output, chosen: UnsafeMutablePointer<Int>?
    ) throws(QuantcalError) -> Int {
        let pruning = try ConformalModelSelection.pruning(options)
        try ConformalModelSelection.requireModels(found.models)
        try Require.level(q, "q")
        try StepUp.requireNumber(n, "n")
        let (models, m) = (found.models, found.ranks.count / found.models)
        try StepUp.requireNumber(m, "m")
        try require(found.ranks, "ranks", upTo: n + 1, "n + 1")
        try require(found.rejections, "rejections", upTo: m, "m")
        guard m > 0 else { return 0 }
        let level = try SelectionLevel(q: q, m: m)
        let choices = try ModelChoices(m, seed: options.seed)
        for model in 0..<models {
            let random = choices.random(model)
            for j in 0..<m {
                let place = j * models + model
                choices.offer(
                    j, model, rejections: found.rejections[place], before: found.ranks[place], random)
            }
        }
        return try choices.select(n, level, pruning, output, chosen)
    }

    private static func require(
        _ counts: UnsafeBufferPointer<Int>, _ name: String, upTo limit: Int, _ what: String
    ) throws(QuantcalError) {
        guard let index = counts.firstIndex(where: { $0 < 1 || $0 > limit }) else { return }
        // Above Int.max it arrives negative.
        throw QuantcalError(
            .domain,
            "\(name)[\(index)] is \(UInt(bitPattern: counts[index])); \(name) must be 1 to \(what), which is \(limit)"
        )
    }
}
