/// Binary search.
enum Search {
    /// The first place in a range for which `isBeyond` holds, or its end. It must hold for all places after
    /// one for which it does.
    @inline(__always) static func first(in range: Range<Int>, _ isBeyond: (Int) -> Bool) -> Int {
        var start = range.lowerBound
        var length = range.count
        while length > 0 {
            let half = length >> 1
            if isBeyond(start + half) {
                length = half
            } else {
                start += half + 1
                length -= half + 1
            }
        }
        return start
    }
}
