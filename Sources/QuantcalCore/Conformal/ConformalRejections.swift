/// How many hypotheses the Benjamini-Hochberg procedure rejects, for each test point j, if the p-value of j is set to 0
/// and that of every other point l to
///
///     (A_l + w_j 1{j before l}) / (W + w_j),
///
/// A_l being the calibration mass before l: the numbers R_j of weighted conformal selection. In all
/// O((n + m) log(n + m)), where the definition takes m sorts.
///
/// With the points in order, A_(r) at place r, t_r = q r / m, and j behind the points tied with it, at place
/// pos, moving j to the front leaves the places after pos as they are. So R_j is the last place r > pos with
///
///     A_(r) + w_j <= t_r (W + w_j),   that is  w_j <= (t_r W - A_(r)) / (1 - t_r),
///
/// by a binary search in maxima of the right side from behind; or if there is none, the last r <= pos with
///
///     A_(r-1) <= t_r (W + w_j),       that is  A_(r-1) / t_r - W <= w_j,
///
/// by a walk through a tree of minima. (Where tied points count as before each other, calibration points as well, A_(r)
/// has the mass of those tied, and j stands in front of its ties.) Masses are integers: both bounds on w_j are rounded to the integer that
/// decides the same.
///
/// Source: Jin, Candes (2023), "Model-free selective inference under covariate shift via weighted conformal
/// p-values", for the numbers.
struct ConformalRejections: ~Copyable {
    /// Where a point counts that is tied with another: neither is before the other, or each is.
    enum Ties {
        case after, before
    }

    private static let never = Int64.max
    private static let largest = Int64(1) << 62

    private let count: Int
    /// By place r - 1: the largest mass for which this place or a later one holds.
    private let behind: Scratch<Int64>
    /// A tree of minima over places: the smallest mass for which a place holds.
    private let tree: Scratch<Int64>
    private let leaves: Int

    init(
        _ ranking: borrowing ConformalRanking, total: UInt64, level: SelectionLevel, ties: Ties
    ) throws(QuantcalError) {
        let count = ranking.count
        let leaves = 1 << (Int.bitWidth - max(count - 1, 0).leadingZeroBitCount)
        let behind = try Scratch<Int64>(count)
        let tree = try Scratch<Int64>(2 * leaves)
        let (below, tied) = (ranking.below.buffer, ranking.tied.buffer)
        let beside: UInt64 = ties == .before ? .max : 0
        let (whole, base) = (Int128(total), Int128(level.denominator))
        for leaf in count..<max(count, leaves) { tree.buffer[leaves + leaf] = Self.never }
        var before = Int128(0)
        for place in 0..<count {
            let share = Int128(level.numerator) * Int128(place + 1)
            tree.buffer[leaves + place] = Self.leastMass(before, share, base, whole)
            before = Int128(below[place] + (tied[place] & beside))
            behind.buffer[place] = Self.largestMass(before, share, base, whole)
        }
        for place in stride(from: count - 2, through: 0, by: -1) {
            behind.buffer[place] = max(behind.buffer[place], behind.buffer[place + 1])
        }
        for node in stride(from: leaves - 1, through: 1, by: -1) {
            tree.buffer[node] = min(tree.buffer[2 * node], tree.buffer[2 * node + 1])
        }
        self.behind = behind
        self.tree = tree
        (self.count, self.leaves) = (count, leaves)
    }

    /// (t W - A) / (1 - t) rounded down, t = share / base; -1 if it is negative.
    private static func largestMass(
        _ before: Int128, _ share: Int128, _ base: Int128, _ whole: Int128
    ) -> Int64 {
        let excess = share * whole - before * base
        return excess < 0 ? -1 : Int64(min(excess / (base - share), Int128(largest)))
    }

    /// A / t - W rounded up, t = share / base, at least 0.
    private static func leastMass(
        _ before: Int128, _ share: Int128, _ base: Int128, _ whole: Int128
    ) -> Int64 {
        guard before > 0 else { return 0 }
        guard share > 0 else { return never }
        let needed = (before * base + share - 1) / share - whole
        return needed > Int128(largest) ? never : Int64(max(needed, 0))
    }

    /// For a point of the given mass, tied with those at `group`.
    func rejections(group: Range<Int>, mass: UInt64, ties: Ties) -> Int {
        let mass = Int64(mass)
        let place = ties == .after ? group.upperBound - 1 : group.lowerBound
        let later = Search.first(in: place + 1..<count) { behind.buffer[$0] < mass }
        return later > place + 1 ? later : 1 + lastPlace(upTo: place, mass)
    }

    /// The last place of those up to `place` whose least mass is at most `mass`. The first always is.
    private func lastPlace(upTo place: Int, _ mass: Int64) -> Int {
        var node = leaves + place
        if tree.buffer[node] <= mass { return place }
        while node & 1 == 0 || tree.buffer[node - 1] > mass { node >>= 1 }
        node -= 1
        while node < leaves {
            node = 2 * node + 1
            if tree.buffer[node] > mass { node -= 1 }
        }
        return node - leaves
    }
}
