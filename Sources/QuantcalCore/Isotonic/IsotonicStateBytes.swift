/// A state as bytes, and back. After the head:
///
///     loss                  i32: 0 squared, 1 quantile
///     direction             i32: 0 increasing, 1 decreasing
///     upper solution        i32: 0 or 1
///     reserved              i32: 0
///     level                 f64; 0 for squared
///     largest |y|, weight   f64, f64
///     blocks, points        u64, u64
///     blocks                squared: first, last, sum (high, low), weight (high, low): 6 f64
///                           quantile: first, last: 2 f64; points: u64
///     points                quantile: value, weight: 2 f64
///
/// Equal states have equal bytes.
enum IsotonicStateBytes {
    static var kind: StaticString { "QCISTATE" }
    static var version: UInt64 { 1 }
    /// All but blocks and points.
    static var frameSize: Int { StoredBytes.headBytes + 56 + StoredBytes.checksumBytes }
    static var memberSize: Int { 16 }
}

extension ByteReader {
    fileprivate mutating func sum() throws(QuantcalError) -> DoubleDouble {
        let sum = DoubleDouble(high: try getDouble(), low: try getDouble())
        guard sum.isCanonical else { throw failure("a sum is not normal") }
        return sum
    }
}

/// A loss whose blocks can be written and read.
protocol IsotonicSerializableLoss: IsotonicChainLoss {
    static var blockSize: Int { get }
    func put(_ block: Block, _ writer: inout ByteWriter)
    /// The next block, of what `members` have left; these are read and checked before.
    func block(
        _ reader: inout ByteReader, _ members: UnsafeBufferPointer<IsotonicMember>
    ) throws(QuantcalError) -> Block
}

extension IsotonicSquaredLoss: IsotonicSerializableLoss {
    static var blockSize: Int { 48 }

    func put(_ block: Block, _ writer: inout ByteWriter) {
        for number in [block.first, block.last, block.sum.high, block.sum.low] { writer.put(number) }
        writer.put(block.weight.high)
        writer.put(block.weight.low)
    }

    func block(
        _ reader: inout ByteReader, _ members: UnsafeBufferPointer<IsotonicMember>
    ) throws(QuantcalError) -> Block {
        Block(
            first: try reader.finite("the x of a block"), last: try reader.finite("the x of a block"),
            sum: try reader.sum(), weight: try reader.sum())
    }
}

extension IsotonicQuantileLoss: IsotonicSerializableLoss {
    static var blockSize: Int { 24 }

    func put(_ block: Block, _ writer: inout ByteWriter) {
        writer.put(block.first)
        writer.put(block.last)
        writer.put(UInt64(block.memberCount))
    }

    func block(
        _ reader: inout ByteReader, _ members: UnsafeBufferPointer<IsotonicMember>
    ) throws(QuantcalError) -> Block {
        let (first, last) = (try reader.finite("the x of a block"), try reader.finite("the x of a block"))
        let count = try reader.get(UInt64.self)
        guard count > 0, count <= UInt64(members.count) else {
            throw reader.failure("a block has \(count) points of \(members.count)")
        }
        let points = members[..<Int(count)]
        for index in points.indices.dropFirst() {
            guard !IsotonicMember.precedes(points[index], points[index - 1]) else {
                throw reader.failure("the points of a block are not sorted")
            }
        }
        return Block(
            first: first, last: last, value: quantile(UnsafeBufferPointer(rebasing: points)),
            memberCount: Int(count))
    }
}

extension DoubleDouble {
    /// Finite, and written in the one way that `normalized` gives.
    fileprivate var isCanonical: Bool {
        high.isFinite && low.isFinite && high + low == high
            && !(high == 0 && high.sign == .minus) && !(low == 0 && low.sign == .minus)
    }
}

extension IsotonicState {
    /// How many bytes `serialize` writes.
    public var serializedSize: Int {
        IsotonicStateBytes.frameSize + counts.blocks * blockSize + counts.members
            * IsotonicStateBytes.memberSize
    }

    private var counts: (blocks: Int, members: Int) {
        switch content {
        case .squared(let chain): (chain.blocks.count, chain.members.count)
        case .quantile(let chain): (chain.blocks.count, chain.members.count)
        }
    }

    private var blockSize: Int {
        switch content {
        case .squared: IsotonicSquaredLoss.blockSize
        case .quantile: IsotonicQuantileLoss.blockSize
        }
    }

    /// Writes `serializedSize` bytes.
    public func serialize(_ bytes: UnsafeMutableRawPointer) {
        var writer = ByteWriter(bytes, kind: IsotonicStateBytes.kind, version: IsotonicStateBytes.version)
        let level: Double? = if case .quantile(let level) = options.loss { level } else { nil }
        writer.put(Int32(level == nil ? 0 : 1))
        writer.put(options.direction.rawValue)
        writer.put(Int32(options.isUpper ? 1 : 0))
        writer.put(Int32(0))
        writer.put(level ?? 0.0)
        writer.put(largestValue)
        writer.put(largestWeight)
        writer.put(UInt64(counts.blocks))
        writer.put(UInt64(counts.members))
        switch content {
        case .squared(let chain): put(chain, &writer)
        case .quantile(let chain): put(chain, &writer)
        }
        writer.finish()
    }

    private func put<Loss: IsotonicSerializableLoss>(
        _ chain: IsotonicChain<Loss>, _ writer: inout ByteWriter
    ) {
        for block in chain.blocks.elements { chain.loss.put(block, &writer) }
        for member in chain.members.elements {
            writer.put(member.value)
            writer.put(member.weight)
        }
    }
}
