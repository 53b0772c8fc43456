/// A state as bytes, and back.
///
/// All numbers are little-endian; a block or point is its fields one after the other.
///
///     "QCISTATE"            8 bytes
///     version               u32: 1
///     loss                  i32: 0 squared, 1 quantile
///     direction             i32: 0 increasing, 1 decreasing
///     upper solution        i32: 0 or 1
///     level                 f64; 0 for squared
///     largest |y|, weight   f64, f64
///     blocks, points        u64, u64
///     blocks                squared: first, last, sum (high, low), weight (high, low): 6 f64
///                           quantile: first, last: 2 f64; points: u64
///     points                quantile: value, weight: 2 f64
///     checksum              u64: FNV-1a of all bytes before it
///
/// Equal states have equal bytes. Nothing that is read is trusted: what a state promises about its blocks
/// is checked again.
enum IsotonicStateBytes {
    static var magic: UInt64 { 0x4554_4154_5349_4351 }
    static var version: UInt32 { 1 }
    static var headerSize: Int { 64 }
    static var checksumSize: Int { 8 }

    /// Source: Fowler, Noll, Vo (1991), the 64-bit form.
    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    static func malformed(_ what: String) -> QuantcalError {
        QuantcalError(.format, "bytes are not a state: \(what)")
    }

    struct Writer {
        var place: UnsafeMutableRawPointer

        mutating func put(_ value: UInt64) {
            place.storeBytes(of: value.littleEndian, as: UInt64.self)
            place += 8
        }

        mutating func put(_ value: Int32) {
            place.storeBytes(of: value.littleEndian, as: Int32.self)
            place += 4
        }

        mutating func put(_ value: Double) { put(value.bitPattern) }
    }

    /// Reads on from a place; the size was checked before.
    struct Reader {
        var place: UnsafeRawPointer

        mutating func integer() -> UInt64 {
            defer { place += 8 }
            return UInt64(littleEndian: place.loadUnaligned(as: UInt64.self))
        }

        mutating func small() -> Int32 {
            defer { place += 4 }
            return Int32(littleEndian: place.loadUnaligned(as: Int32.self))
        }

        mutating func number() -> Double { Double(bitPattern: integer()) }

        /// A finite number, and no -0, which is never written.
        mutating func finite(_ name: String) throws(QuantcalError) -> Double {
            let number = number()
            guard number.isFinite, number != 0 || number.sign == .plus else {
                throw malformed("\(name) is \(number)")
            }
            return number
        }
    }
}

/// A loss whose blocks can be written and read.
protocol IsotonicSerializableLoss: IsotonicChainLoss {
    static var blockSize: Int { get }
    func put(_ block: Block, _ writer: inout IsotonicStateBytes.Writer)
    /// The next block, of what `members` have left; these are read and checked before.
    func block(
        _ reader: inout IsotonicStateBytes.Reader, _ members: UnsafeBufferPointer<IsotonicMember>
    ) throws(QuantcalError) -> Block
}

extension IsotonicSquaredLoss: IsotonicSerializableLoss {
    static var blockSize: Int { 48 }

    func put(_ block: Block, _ writer: inout IsotonicStateBytes.Writer) {
        for number in [block.first, block.last, block.sum.high, block.sum.low] { writer.put(number) }
        writer.put(block.weight.high)
        writer.put(block.weight.low)
    }

    func block(
        _ reader: inout IsotonicStateBytes.Reader, _ members: UnsafeBufferPointer<IsotonicMember>
    ) throws(QuantcalError) -> Block {
        let block = Block(
            first: try reader.finite("the x of a block"), last: try reader.finite("the x of a block"),
            sum: DoubleDouble(high: reader.number(), low: reader.number()),
            weight: DoubleDouble(high: reader.number(), low: reader.number()))
        for part in [block.sum, block.weight] {
            guard part.isCanonical else { throw IsotonicStateBytes.malformed("a sum is not normal") }
        }
        return block
    }
}

extension IsotonicQuantileLoss: IsotonicSerializableLoss {
    static var blockSize: Int { 24 }

    func put(_ block: Block, _ writer: inout IsotonicStateBytes.Writer) {
        writer.put(block.first)
        writer.put(block.last)
        writer.put(UInt64(block.memberCount))
    }

    func block(
        _ reader: inout IsotonicStateBytes.Reader, _ members: UnsafeBufferPointer<IsotonicMember>
    ) throws(QuantcalError) -> Block {
        let (first, last) = (try reader.finite("the x of a block"), try reader.finite("the x of a block"))
        let count = reader.integer()
        guard count > 0, count <= UInt64(members.count) else {
            throw IsotonicStateBytes.malformed("a block has \(count) points of \(members.count)")
        }
        let points = members[..<Int(count)]
        for index in points.indices.dropFirst() {
            guard !IsotonicMember.precedes(points[index], points[index - 1]) else {
                throw IsotonicStateBytes.malformed("the points of a block are not sorted")
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
        let counts = counts
        return IsotonicStateBytes.headerSize + counts.blocks * blockSize + counts.members * 16
            + IsotonicStateBytes.checksumSize
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
        var writer = IsotonicStateBytes.Writer(place: bytes)
        writer.put(IsotonicStateBytes.magic)
        writer.put(Int32(IsotonicStateBytes.version))
        let level: Double? = if case .quantile(let level) = options.loss { level } else { nil }
        writer.put(Int32(level == nil ? 0 : 1))
        writer.put(options.direction.rawValue)
        writer.put(Int32(options.isUpper ? 1 : 0))
        writer.put(level ?? 0)
        writer.put(largestValue)
        writer.put(largestWeight)
        writer.put(UInt64(counts.blocks))
        writer.put(UInt64(counts.members))
        switch content {
        case .squared(let chain): put(chain, &writer)
        case .quantile(let chain): put(chain, &writer)
        }
        let size = writer.place - bytes
        writer.put(IsotonicStateBytes.checksum(UnsafeRawBufferPointer(start: bytes, count: size)))
    }

    private func put<Loss: IsotonicSerializableLoss>(
        _ chain: IsotonicChain<Loss>, _ writer: inout IsotonicStateBytes.Writer
    ) {
        for block in chain.blocks.elements { chain.loss.put(block, &writer) }
        for member in chain.members.elements {
            writer.put(member.value)
            writer.put(member.weight)
        }
    }
}
