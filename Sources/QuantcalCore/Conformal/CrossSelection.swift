/// The candidate of a rank for one test point, out of lists that are each sorted but for a shift.
///
/// With q the residual of that rank among all, the candidate lies between q plus the least and q plus the greatest
/// shift, in rounded arithmetic as well; that is a small part of each list if the models agree. From there on the
/// bracket is halved: by value, a few times, and then by the order of the type's numbers, which ends whatever the
/// values are. So a point costs O(K log n) for each of a few steps, and never n.
///
/// Compare Frederickson, Johnson (1982), selection in sorted lists.
struct CrossSelection<T: Scalar> {
    let residuals: UnsafePointer<T>
    let starts: UnsafePointer<Int>
    let listCount: Int
    /// Room for the live part of each list.
    let live: UnsafeMutablePointer<Part>
    /// Room for `gathered(lists:n:)` candidates.
    let gathered: UnsafeMutableBufferPointer<T>

    /// The residuals of a list whose candidates may be the one: from begin up to, not including, end.
    struct Part {
        var begin: Int
        var end: Int
        /// Where candidates begin to be above the middle of the bracket.
        var cut = 0
    }

    /// Below so many residuals in a list, on average, all candidates are looked at.
    private static var shortList: Int { 4 }
    /// Halvings by value, before those by order.
    private static var halvings: Int { 12 }
    /// So many candidates, and more for more lists, are looked at one by one.
    private static func few(lists: Int) -> Int { max(64, 2 * lists) }

    private static func isDirect(lists: Int, n: Int) -> Bool {
        n <= max(few(lists: lists), shortList * lists)
    }

    /// How many candidates there must be room for.
    static func gathered(lists: Int, n: Int) -> Int { isDirect(lists: lists, n: n) ? n : few(lists: lists) }

    /// The candidate of 1-based rank `rank`; `atRank` is the residual of that rank. No candidate is NaN.
    func select(rank: Int, atRank: T, shifts: UnsafePointer<T>) -> T {
        let n = starts[listCount]
        for list in 0..<listCount { live[list] = Part(begin: starts[list], end: starts[list + 1]) }
        if Self.isDirect(lists: listCount, n: n) { return gather(rank - 1, shifts) }
        var (least, greatest) = (shifts[0], shifts[0])
        for list in 1..<listCount {
            least = min(least, shifts[list])
            greatest = max(greatest, shifts[list])
        }
        return halve(rank - 1, from: least + atRank, to: greatest + atRank, shifts)
    }

    private func halve(_ wanted: Int, from low: T, to high: T, _ shifts: UnsafePointer<T>) -> T {
        // The candidate is in low ... high, and of 0-based rank `rank` among the live.
        var (low, high, rank) = (low, high, wanted)
        var count = 0
        for list in 0..<listCount {
            let (begin, end) = (live[list].begin, live[list].end)
            let from = Search.first(in: begin..<end) { shifts[list] + residuals[$0] >= low }
            let upTo = Search.first(in: from..<end) { shifts[list] + residuals[$0] > high }
            live[list] = Part(begin: from, end: upTo)
            rank -= from - begin
            count += upTo - from
        }
        var round = 0
        while count > Self.few(lists: listCount) {
            let (bottom, top) = (low.orderedKey, high.orderedKey)
            if bottom >= top { return high }
            var middle = low.middle(to: high)
            if round >= Self.halvings || !(middle >= low && middle < high) {
                middle = T(orderedKey: bottom + (top - bottom) / 2)
            }
            round += 1
            let below = cut(at: middle, shifts)
            if rank < below {
                for list in 0..<listCount { live[list].end = live[list].cut }
                (high, count) = (middle, below)
            } else {
                for list in 0..<listCount { live[list].begin = live[list].cut }
                (low, rank, count) = (middle.nextUp, rank - below, count - below)
            }
        }
        return gather(rank, shifts)
    }

    /// Cuts the live parts where candidates exceed `middle`; how many live ones do not.
    private func cut(at middle: T, _ shifts: UnsafePointer<T>) -> Int {
        var count = 0
        for list in 0..<listCount {
            let (part, shift) = (live[list], shifts[list])
            let cut = Search.first(in: part.begin..<part.end) { shift + residuals[$0] > middle }
            live[list].cut = cut
            count += cut - part.begin
        }
        return count
    }

    /// The live candidate of 0-based rank `rank`.
    private func gather(_ rank: Int, _ shifts: UnsafePointer<T>) -> T {
        let target = gathered.baseAddress!
        var count = 0
        if starts[listCount] == listCount {
            for list in 0..<listCount { target[list] = shifts[list] + residuals[list] }
            count = listCount
        } else {
            for list in 0..<listCount {
                let shift = shifts[list]
                for place in live[list].begin..<live[list].end {
                    target[count] = shift + residuals[place]
                    count += 1
                }
            }
        }
        return RadixSelection.select(rank: rank, in: UnsafeBufferPointer(start: target, count: count))
    }
}
