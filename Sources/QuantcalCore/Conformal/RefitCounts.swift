/// What a test point has with one model that was refitted with it.
struct RefitCount {
    /// 1 and one more for each calibration point before or beside it: the numerator of its p-value over n + 1.
    let rank: Int
    /// How many points would be rejected if it were promising.
    let rejections: Int
}

/// Room for each thread to count what one test point j has, from scores of a model that knows the calibration points and
/// j as one that is not promising: V_i of the former, V_l of all test points. The rejections are those
/// of the Benjamini-Hochberg procedure for p_j = 0 and, for each other l,
///
///     p_l = (number of V_i <= V_l  +  1 if V_j <= V_l) / (n + 1).
///
/// Both sides are sorted; then the last of r points that may all be rejected is found from the last point on.
struct RefitCounts: ~Copyable {
    struct Item: RadixItem { let key: UInt64 }

    private let n: Int
    private let level: SelectionLevel
    private let keys: Scratch<Item>
    private let counters: Scratch<UInt>

    init(_ n: Int, _ level: SelectionLevel, threads: Int) throws(QuantcalError) {
        let keys = try Scratch<Item>(threads * 2 * (n + level.m))
        let counters = try Scratch<UInt>(threads * RadixLevels<Item>.countersNeeded)
        self.keys = keys
        self.counters = counters
        (self.n, self.level) = (n, level)
    }

    /// Where a thread puts the keys of up to n calibration scores, before it counts.
    func calibration(_ thread: Int) -> UnsafeMutablePointer<Item> {
        keys.buffer.baseAddress! + thread * 2 * (n + level.m)
    }

    /// For as many calibration scores as `known` (others are beyond all test scores) and the scores of all test points, none NaN.
    func count<T: Scalar>(_ known: Int, test: UnsafePointer<T>, point j: Int, _ thread: Int) -> RefitCount {
        let m = level.m
        let own = Double(test[j]).rankingKey
        let first = calibration(thread)
        let asked = first + 2 * n
        for l in 0..<j { asked[l] = Item(key: Double(test[l]).rankingKey) }
        for l in j..<m - 1 { asked[l] = Item(key: Double(test[l + 1]).rankingKey) }
        let levels = RadixLevels<Item>(
            counters: counters.buffer.baseAddress! + thread * RadixLevels<Item>.countersNeeded)
        let reference = levels.sort(first, spare: first + n, known)
        let others = levels.sort(asked, spare: asked + m, m - 1)
        let before = Search.first(in: 0..<known) { reference[$0].key > own }
        var (rejections, next) = (m, known)
        while rejections > 1 {
            let key = others[rejections - 2].key
            while next > 0, reference[next - 1].key > key { next -= 1 }
            if level.admits(next + (own <= key ? 1 : 0), of: n + 1, rejections) { break }
            rejections -= 1
        }
        return RefitCount(rank: before + 1, rejections: rejections)
    }
}
