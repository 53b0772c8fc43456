/// The latest scores, at most `limit` of them: a new one takes the place of the oldest. O(log n) for each
/// score that comes and each order statistic.
final class OnlineScores {
    let limit: Int
    private var tree = OrderStatisticTree()
    /// The slot of the oldest, once all are taken: slots are a ring.
    private var oldest = 0

    /// `limit` is at least 1.
    init(limit: Int) { self.limit = limit }

    var count: Int { tree.count }

    /// Makes room for more scores. After an error nothing has changed.
    func reserve(_ more: Int) throws(QuantcalError) {
        let (wanted, overflow) = count.addingReportingOverflow(more)
        try tree.reserve(slots: min(limit, overflow ? Int.max : wanted))
    }

    /// A score that is not NaN; there is room.
    func append(_ score: Double) {
        guard count == limit else { return tree.insert(score + 0, slot: count) }
        tree.remove(slot: oldest)
        tree.insert(score + 0, slot: oldest)
        oldest = oldest + 1 == limit ? 0 : oldest + 1
    }

    /// A score by its age: 0 is the oldest.
    subscript(_ place: Int) -> Double {
        tree.value(at: place < count - oldest ? oldest + place : place - (count - oldest))
    }

    /// The score that `rank` others stand before.
    func select(_ rank: Int) -> Double { tree.select(rank) }

    func count(below score: Double) -> Int { tree.count(below: score) }

    func count(upTo score: Double) -> Int {
        score == .infinity ? count : tree.count(below: score.nextUp)
    }

    /// Calls `body` with each score and how many are newer, in ascending order, as long as it returns true.
    func forEach(_ body: (_ score: Double, _ newer: Int) -> Bool) {
        let (count, oldest) = (count, oldest)
        tree.forEach { score, slot in
            let place = slot >= oldest ? slot - oldest : slot + count - oldest
            return body(score, count - 1 - place)
        }
    }

    /// The conformal threshold at a level that may have left the range of levels: all scores at 0 or below,
    /// none at 1 or above.
    func threshold(level: Double) throws(QuantcalError) -> Double {
        let rank = try rank(level: level)
        if rank <= 0 { return -.infinity }
        return rank > count ? .infinity : select(rank - 1)
    }

    /// The rank of that threshold: n + 1 for all scores, 0 for none.
    func rank(level: Double) throws(QuantcalError) -> Int {
        if level <= 0 { return count + 1 }
        if level >= 1 { return 0 }
        return try ConformalRank.rank(n: count, alpha: level)
    }

    /// The largest magnitude of those that are finite.
    var largestMagnitude: Double {
        guard count > 0 else { return 0 }
        let finite = tree.count(below: .infinity)
        return finite == 0 ? 0 : max(abs(select(0)), abs(select(finite - 1)))
    }
}
