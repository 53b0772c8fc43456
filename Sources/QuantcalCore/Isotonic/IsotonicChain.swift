/// What a mergeable fit keeps of neighbouring keys that share a value: a block.
protocol IsotonicChainBlock: BitwiseCopyable {
    /// The first and the last key, that is, value of x.
    var first: Double { get }
    var last: Double { get set }
    /// How many points are kept.
    var memberCount: Int { get }
}

/// A point that is kept: a value and its weight.
struct IsotonicMember: BitwiseCopyable {
    var value: Double
    var weight: Double

    /// Scratch for so many points: for sorting them, or a breakpoint of each and for sorting those.
    static func scratch(_ points: Int) throws(QuantcalError) -> Scratch<
        (IsotonicMember, IsotonicMember, IsotonicMember)
    > {
        try Scratch(points)
    }

    /// An order of all points, so that a set of them is written in one way only.
    @inline(__always) static func precedes(_ a: Self, _ b: Self) -> Bool {
        a.value < b.value || (a.value == b.value && a.weight < b.weight)
    }
}

/// A loss in a form whose blocks can be made larger, but never taken apart.
protocol IsotonicChainLoss {
    associatedtype Block: IsotonicChainBlock

    /// Whether blocks need their points.
    static var keepsPoints: Bool { get }

    /// The block of one key. Its points, sorted here, are kept if the block counts them.
    func block(
        key: Double, of points: UnsafeMutableBufferPointer<IsotonicMember>,
        scratch: UnsafeMutableRawPointer
    ) -> Block

    /// Two blocks of the same key as one. Their points are neighbours in memory, those of `b` at `seam`.
    func joined(
        _ a: Block, _ b: Block, seam: UnsafeMutablePointer<IsotonicMember>,
        scratch: UnsafeMutableRawPointer
    ) -> Block

    /// Pools two neighbouring ranges, each of which is in order: the blocks of the joint fit are left at
    /// `blocks`, and counted. The points of the right range begin at `seam`.
    func pool(
        _ blocks: UnsafeMutablePointer<Block>, left: Int, right: Int,
        seam: UnsafeMutablePointer<IsotonicMember>, scratch: UnsafeMutableRawPointer
    ) -> Int

    /// Whether a block must not be followed by another: their values are out of order, or equal.
    func violates(_ a: Block, _ b: Block) -> Bool

    /// The value and the weight of a block, and its points.
    func value(_ block: Block) -> Double
    func weight(_ block: Block, _ members: UnsafePointer<IsotonicMember>) -> Double
}

extension IsotonicChainLoss {
    /// Pools single keys to the blocks of their fit, by halves. Returns how many are left.
    func poolKeys(
        _ blocks: UnsafeMutablePointer<Block>, _ count: Int, _ members: UnsafeMutablePointer<IsotonicMember>,
        scratch: UnsafeMutableRawPointer
    ) -> Int {
        guard count > 1 else { return count }
        let half = count / 2
        let seam = members + (0..<half).reduce(0) { $0 + blocks[$1].memberCount }
        let left = poolKeys(blocks, half, members, scratch: scratch)
        let right = poolKeys(blocks + half, count - half, seam, scratch: scratch)
        (blocks + left).update(from: blocks + half, count: right)
        return pool(blocks, left: left, right: right, seam: seam, scratch: scratch)
    }
}

/// A fit of a range of keys that can be continued on both sides: the first key, the blocks of the fit of
/// all keys between, the last key. The keys at the ends are not pooled, because a point that comes next
/// may have the same key, and a pooled block cannot be taken apart.
///
/// Source: the level sets of an isotonic fit are optimal one by one (Spouge, Wan, Wilbur 2003), so the
/// fit of two neighbouring ranges is that of their blocks.
final class IsotonicChain<Loss: IsotonicChainLoss> {
    let loss: Loss
    private(set) var blocks = GrowableBuffer<Loss.Block>()
    /// The points of all blocks, in the order of the blocks.
    private(set) var members = GrowableBuffer<IsotonicMember>()

    /// Points of a key that is not yet a block.
    private var pending = 0

    init(_ loss: Loss) { self.loss = loss }

    func copy() throws(QuantcalError) -> IsotonicChain {
        let copy = IsotonicChain(loss)
        try copy.append(self)
        return copy
    }

    // MARK: Making one

    /// Room for blocks, and for their points; or, if the loss keeps none, for those of one key.
    func reserve(blocks blockCount: Int, members memberCount: Int) throws(QuantcalError) {
        try blocks.reserve(blockCount)
        try members.reserve(memberCount)
    }

    /// Adds a point to the key that is being made; its place was reserved.
    @inline(__always) func add(_ member: IsotonicMember) {
        members.start[members.count + pending] = member
        pending += 1
    }

    /// Makes a block of the points added since the last one, if there are any.
    @inline(__always) func closeKey(_ key: Double, _ scratch: UnsafeMutableRawPointer) {
        guard pending > 0 else { return }
        let points = UnsafeMutableBufferPointer(start: members.start + members.count, count: pending)
        let block = loss.block(key: key, of: points, scratch: scratch)
        add(block)
        members.count += block.memberCount
        pending = 0
    }

    /// Adds a point of a block that is to come; its place was reserved.
    func append(_ member: IsotonicMember) {
        members.start[members.count] = member
        members.count += 1
    }

    /// Adds a block, whose points stand at the end of the members.
    @inline(__always) func add(_ block: Loss.Block) {
        blocks.start[blocks.count] = block
        blocks.count += 1
    }

    /// Pools the single keys between the first and the last.
    func poolKeys(_ scratch: UnsafeMutableRawPointer) {
        guard blocks.count > 3 else { return }
        let (all, last) = (blocks.start, blocks.count - 1)
        let count = loss.poolKeys(all + 1, last - 1, members.start + all[0].memberCount, scratch: scratch)
        all[count + 1] = all[last]
        blocks.count = count + 2
        blocks.trim()
    }

    /// Pools the first and the last key too: the fit, and no longer a chain.
    func poolEnds() throws(QuantcalError) {
        guard blocks.count > 1 else { return }
        let scratch = try IsotonicMember.scratch(members.count)
        let (all, last) = (blocks.start, blocks.count - 1)
        let inside = loss.pool(
            all, left: 1, right: last - 1, seam: members.start + all[0].memberCount,
            scratch: scratch.buffer.baseAddress!)
        let seam = members.start + (members.count - all[last].memberCount)
        all[inside] = all[last]
        blocks.count = loss.pool(
            all, left: inside, right: 1, seam: seam, scratch: scratch.buffer.baseAddress!)
    }

    // MARK: Merging

    /// Puts another chain's blocks and points behind these, as they are.
    private func append(_ other: borrowing IsotonicChain) throws(QuantcalError) {
        try blocks.reserve(blocks.count + other.blocks.count)
        try members.reserve(members.count + other.members.count)
        (blocks.start + blocks.count).update(from: other.blocks.start, count: other.blocks.count)
        (members.start + members.count).update(from: other.members.start, count: other.members.count)
        blocks.count += other.blocks.count
        members.count += other.members.count
    }

    /// Continues with the keys of `other`, none of which is below the last one here. On an error nothing
    /// has changed.
    func merge(_ other: borrowing IsotonicChain) throws(QuantcalError) {
        let left = blocks.count
        guard left > 0, other.blocks.count > 0 else { return try append(other) }
        let scratch = try IsotonicMember.scratch(membersThatMayMeet(other))
        var seam = members.count
        try append(other)
        // From here on nothing fails.
        let all = blocks.start
        let isShared = all[left - 1].last == all[left].first
        seam -= all[left - 1].memberCount
        if isShared {
            all[left - 1] = loss.joined(
                all[left - 1], all[left], seam: members.start + seam + all[left - 1].memberCount,
                scratch: scratch.buffer.baseAddress!)
            (all + left).update(from: all + left + 1, count: blocks.count - left - 1)
            blocks.count -= 1
        }
        // One key, or two, and then the other's blocks.
        let cuts = isShared ? [left - 1, left] : [left - 1, left, left + 1]
        poolInside(cuts, seam: seam, scratch.buffer.baseAddress!)
    }

    /// Pools what lies between the first and the last key, given where its parts begin, each of which is
    /// in order; `seam` is where the points of the first of these begin.
    private func poolInside(
        _ cuts: [Int], seam: Int, _ scratch: UnsafeMutableRawPointer
    ) {
        let all = blocks.start
        let last = blocks.count - 1
        guard last > 0 else { return }
        var end = min(max(cuts[0], 1), last)
        var seam = seam
        for (part, cut) in cuts.enumerated() {
            let next = part + 1 < cuts.count ? cuts[part + 1] : last
            let range = min(max(cut, 1), last)..<min(max(next, 1), last)
            // The first key's points, if it is this part.
            if cut == 0 { seam += all[0].memberCount }
            let points = range.reduce(0) { $0 + all[$1].memberCount }
            (all + end).update(from: all + range.lowerBound, count: range.count)
            end =
                1
                + loss.pool(
                    all + 1, left: end - 1, right: range.count, seam: members.start + seam, scratch: scratch)
            seam += points
        }
        all[end] = all[last]
        blocks.count = end + 1
    }

    /// A bound for the number of points that a merge moves. Pooling never leaves the values between the
    /// extremes at the seam, so blocks beyond those stay as they are.
    private func membersThatMayMeet(_ other: borrowing IsotonicChain) -> Int {
        let (here, there) = (blocks.elements, other.blocks.elements)
        let edge = [
            here.last, there.first, here.dropFirst().dropLast().last, there.dropFirst().dropLast().first,
        ]
        .compactMap { $0 }
        var count = here[here.count - 1].memberCount + there[0].memberCount
        for block in here.dropFirst().dropLast().reversed() {
            guard edge.contains(where: { loss.violates(block, $0) }) else { break }
            count += block.memberCount
        }
        for block in there.dropFirst().dropLast() {
            guard edge.contains(where: { loss.violates($0, block) }) else { break }
            count += block.memberCount
        }
        return count
    }
}
