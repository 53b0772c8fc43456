/// The distribution function at one place after another, each as all its jumps at once. What is known
/// of the last two groups is kept, since the next place may lie beside them too.
struct IsotonicDistributionRows: ~Copyable {
    struct Jump: BitwiseCopyable {
        var threshold: UInt32
        /// The distribution function from there on.
        var value: Double
    }

    typealias Jumps = UnsafeBufferPointer<Jump>

    /// Jumps that are kept: of a group, or if that is nil of the bound that several groups set.
    private struct Slot: BitwiseCopyable {
        var group: UInt32?
        var count = 0
    }

    private let distribution: IsotonicDistribution
    private let room: Int
    private let slots: Scratch<Slot>
    /// The runs over a group, their jumps, those of both slots, and those of two lists in one.
    private let list: Scratch<UInt32>
    private let single: Scratch<Jump>
    private let kept: Scratch<Jump>
    private let merged: Scratch<Jump>

    init(_ distribution: IsotonicDistribution) throws(QuantcalError) {
        let room = distribution.thresholdCount
        let slots = try Scratch<Slot>(2)
        let list = try Scratch<UInt32>(room)
        let single = try Scratch<Jump>(room)
        let kept = try Scratch<Jump>(2 * room)
        let merged = try Scratch<Jump>(room)
        slots.buffer.initialize(repeating: Slot())
        self.distribution = distribution
        self.room = room
        self.slots = slots
        self.list = list
        self.single = single
        self.kept = kept
        self.merged = merged
    }

    /// The jumps at a place, ascending. Valid until the next call.
    func row(_ place: IsotonicDistributionCovariates.Place) -> Jumps {
        if place.share == 1 { return jumps(slot(place.after, keeping: nil, max)) }
        let before = slot(place.before, keeping: slot(holding: place.after), min)
        if place.share == 0 { return jumps(before) }
        let after = slot(place.after, keeping: before, max)
        return merge(jumps(before), jumps(after)) { place.interpolate($0, $1) }
    }

    private func jumps(_ slot: Int) -> Jumps {
        Jumps(rebasing: kept.buffer[slot * room..<slot * room + slots.buffer[slot].count])
    }

    private func slot(holding groups: UnsafeBufferPointer<UInt32>) -> Int? {
        groups.count == 1 ? slots.buffer.firstIndex { $0.group == groups[0] } : nil
    }

    /// The slot that has the jumps of the bound that some groups set, or now gets them; `other` stays as it is.
    @inline(__always) private func slot(
        _ groups: UnsafeBufferPointer<UInt32>, keeping other: Int?, _ bound: (Double, Double) -> Double
    ) -> Int {
        if let slot = slot(holding: groups) { return slot }
        let slot = other == 0 ? 1 : 0
        let target = kept.buffer.baseAddress! + slot * room
        var count = write(groups[0], target)
        for group in groups.dropFirst() {
            let added = write(group, single.buffer.baseAddress!)
            let both = merge(
                Jumps(start: target, count: count), Jumps(rebasing: single.buffer[..<added]), bound)
            target.update(from: both.baseAddress!, count: both.count)
            count = both.count
        }
        slots.buffer[slot] = Slot(group: groups.count == 1 ? groups[0] : nil, count: count)
        return slot
    }

    /// Writes the jumps of a group; returns how many.
    private func write(_ group: UInt32, _ target: UnsafeMutablePointer<Jump>) -> Int {
        let found = list.buffer.baseAddress!
        let count = distribution.functions.runs.list(Int(group), into: found)
        for index in 0..<count {
            let (threshold, value) = distribution.functions.runs.jump(Int(found[index]))
            target[index] = Jump(threshold: threshold, value: value)
        }
        return count
    }

    /// The jumps of what two functions make together.
    @inline(__always) private func merge(
        _ one: Jumps, _ other: Jumps, _ value: (Double, Double) -> Double
    ) -> Jumps {
        var (onOne, onOther) = (0, 0)
        var (atOne, atOther, last) = (0.0, 0.0, 0.0)
        var count = 0
        while onOne < one.count || onOther < other.count {
            let nextOne = onOne < one.count ? one[onOne].threshold : .max
            let nextOther = onOther < other.count ? other[onOther].threshold : .max
            let threshold = min(nextOne, nextOther)
            if nextOne == threshold { (atOne, onOne) = (one[onOne].value, onOne + 1) }
            if nextOther == threshold { (atOther, onOther) = (other[onOther].value, onOther + 1) }
            let now = value(atOne, atOther)
            guard now != last else { continue }
            merged.buffer[count] = Jump(threshold: threshold, value: now)
            (last, count) = (now, count + 1)
        }
        return Jumps(rebasing: merged.buffer[..<count])
    }
}
