/// The distribution function at one place after another, each as all its jumps at once. What is known
/// of the last two groups is kept, since the next place may lie beside them too.
struct IsotonicDistributionRows: ~Copyable {
    struct Jump: BitwiseCopyable {
        var threshold: UInt32
        /// The distribution function from there on.
        var value: Double
    }

    private struct Slot {
        var group = -1
        var count = 0
    }

    private let distribution: IsotonicDistribution
    private let room: Int
    /// The runs over two groups.
    private let lists: Scratch<UInt32>
    private var slots = (Slot(), Slot())
    private let jumps: Scratch<Jump>

    init(_ distribution: IsotonicDistribution) throws(QuantcalError) {
        let room = distribution.functions.runs.longestList
        let lists = try Scratch<UInt32>(2 * room)
        let jumps = try Scratch<Jump>(2 * room)
        self.distribution = distribution
        self.room = room
        self.lists = lists
        self.jumps = jumps
    }

    /// The jumps at a place, ascending. Valid until the next call.
    mutating func row(_ place: IsotonicDistributionFunctions.Place) -> UnsafeBufferPointer<Jump> {
        let low = list(place.low, beside: place.high)
        let count =
            place.low == place.high
            ? write(low) : merge(low, list(place.high, beside: place.low), place)
        return UnsafeBufferPointer(rebasing: jumps.buffer[..<count])
    }

    /// The runs over a group, from a slot that does not hold those of `other`.
    private mutating func list(_ group: Int, beside other: Int) -> UnsafeBufferPointer<UInt32> {
        let first = lists.buffer.baseAddress!
        if slots.0.group == group { return UnsafeBufferPointer(start: first, count: slots.0.count) }
        if slots.1.group == group { return UnsafeBufferPointer(start: first + room, count: slots.1.count) }
        let takesFirst = slots.0.group != other
        let target = takesFirst ? first : first + room
        let slot = Slot(group: group, count: distribution.functions.runs.list(group, into: target))
        if takesFirst { slots.0 = slot } else { slots.1 = slot }
        return UnsafeBufferPointer(start: target, count: slot.count)
    }

    @inline(__always) private func run(_ number: UInt32) -> (threshold: UInt32, value: Double) {
        distribution.functions.runs.jump(Int(number))
    }

    private func write(_ list: UnsafeBufferPointer<UInt32>) -> Int {
        for (index, number) in list.enumerated() {
            let (threshold, value) = run(number)
            jumps.buffer[index] = Jump(threshold: threshold, value: value)
        }
        return list.count
    }

    /// The jumps of either list, and between the two values there.
    private func merge(
        _ low: UnsafeBufferPointer<UInt32>, _ high: UnsafeBufferPointer<UInt32>,
        _ place: IsotonicDistributionFunctions.Place
    ) -> Int {
        var (onLow, onHigh) = (0, 0)
        var (atLow, atHigh) = (0.0, 0.0)
        var count = 0
        while onLow < low.count || onHigh < high.count {
            let nextLow = onLow < low.count ? run(low[onLow]) : (.max, 0)
            let nextHigh = onHigh < high.count ? run(high[onHigh]) : (.max, 0)
            let threshold = min(nextLow.0, nextHigh.0)
            if nextLow.0 == threshold { (atLow, onLow) = (nextLow.1, onLow + 1) }
            if nextHigh.0 == threshold { (atHigh, onHigh) = (nextHigh.1, onHigh + 1) }
            jumps.buffer[count] = Jump(threshold: threshold, value: place.interpolate(atLow, atHigh))
            count += 1
        }
        return count
    }
}
