/// Reading a state from bytes that may be anything.
extension IsotonicState {
    /// What stands before the blocks, checked by itself.
    private struct Header {
        let options: Options
        let largestValue: Double
        let largestWeight: Double
        let blocks: Int
        let members: Int

        init(_ reader: inout ByteReader) throws(QuantcalError) {
            options = try Self.options(&reader)
            largestValue = try reader.finite("the largest y")
            largestWeight = try reader.finite("the largest weight")
            let (blocks, members) = (try reader.get(UInt64.self), try reader.get(UInt64.self))
            // So many that their bytes cannot be counted are too many.
            let most = UInt64(reader.remaining)
            let blockSize =
                options.loss == .squared ? IsotonicSquaredLoss.blockSize : IsotonicQuantileLoss.blockSize
            guard blocks <= most, members <= most,
                Int(blocks) * blockSize + Int(members) * IsotonicStateBytes.memberSize == reader.remaining
            else { throw reader.failure("they have no room for \(blocks) blocks and \(members) points") }
            (self.blocks, self.members) = (Int(blocks), Int(members))
            guard
                largestValue >= 0, blocks == 0 ? largestWeight == 0 && largestValue == 0 : largestWeight > 0
            else { throw reader.failure("the largest y or weight is not possible") }
        }

        private static func options(_ reader: inout ByteReader) throws(QuantcalError) -> Options {
            let (loss, direction) = (try reader.get(Int32.self), try reader.get(Int32.self))
            let (upper, reserved) = (try reader.get(Int32.self), try reader.get(Int32.self))
            let level = try reader.finite("level")
            guard let direction = Direction(rawValue: direction), 0...1 ~= loss, 0...1 ~= upper,
                reserved == 0, loss == 0 ? level == 0 && upper == 0 : level > 0 && level < 1
            else { throw reader.failure("the options are not possible") }
            return try Options(
                loss: loss == 0 ? .squared : .quantile(level: level), direction: direction,
                solution: upper == 1 ? .upper : .lower)
        }
    }

    /// The state that `serialize` wrote, or an error.
    public convenience init(bytes: UnsafeRawBufferPointer) throws(QuantcalError) {
        var reader = try ByteReader(
            bytes, kind: IsotonicStateBytes.kind, version: IsotonicStateBytes.version, name: "a state")
        let header = try Header(&reader)
        let sizes = (header.largestValue, header.largestWeight)
        var total = 0.0
        let state = IsotonicState(header.options, (sizes.0, sizes.1, 0)) { $0 }
        switch state.content {
        case .squared(let chain):
            try chain.read(reader, header.blocks, header.members)
            try chain.checkSums(sizes.0, sizes.1, reader)
            try chain.checkOrder(reader)
            total = chain.totalWeight
        case .quantile(let chain):
            try chain.read(reader, header.blocks, header.members)
            try chain.checkSizes(sizes.0, sizes.1, reader)
            try chain.checkOrder(reader)
            total = chain.totalWeight
        }
        guard total.isFinite else { throw reader.failure("the sum of weights is \(total)") }
        self.init(header.options, (sizes.0, sizes.1, total)) { _ in state.content }
    }
}

extension IsotonicChain where Loss: IsotonicSerializableLoss {
    fileprivate func read(
        _ start: ByteReader, _ blockCount: Int, _ memberCount: Int
    ) throws(QuantcalError) {
        guard Loss.keepsPoints || memberCount == 0 else {
            throw start.failure("there are points of a loss that keeps none")
        }
        try reserve(blocks: blockCount, members: memberCount)
        var reader = start
        reader.skip(blockCount * Loss.blockSize)
        for _ in 0..<memberCount {
            let member = IsotonicMember(
                value: try reader.finite("a value"), weight: try reader.finite("a weight"))
            guard member.weight > 0 else {
                throw reader.failure("a weight is \(member.weight)")
            }
            append(member)
        }
        reader = start
        var unused = members.elements
        for _ in 0..<blockCount {
            let block = try loss.block(&reader, unused)
            unused = UnsafeBufferPointer(rebasing: unused.dropFirst(block.memberCount))
            add(block)
        }
        guard unused.isEmpty else { throw reader.failure("points belong to no block") }
    }

    /// Of blocks that are sound one by one: keys rise; the first and the last block are one key; values between rise or fall strictly.
    fileprivate func checkOrder(_ reader: ByteReader) throws(QuantcalError) {
        let all = blocks.elements
        for (index, block) in all.enumerated() {
            let isEnd = index == 0 || index == all.count - 1
            guard isEnd ? block.first == block.last : block.first <= block.last,
                index == 0 || all[index - 1].last < block.first
            else { throw reader.failure("the x of blocks are not in order") }
            guard index < 2 || isEnd || !loss.violates(all[index - 1], block) else {
                throw reader.failure("the values of blocks are not in order")
            }
        }
    }

    fileprivate var totalWeight: Double {
        var members = members.start
        return blocks.elements.reduce(0) { total, block in
            defer { members += block.memberCount }
            return total + loss.weight(block, members)
        }
    }
}

extension IsotonicChain<IsotonicSquaredLoss> {
    /// Sums are of a size that values and weights can have; in particular their products do not overflow.
    fileprivate func checkSums(_ value: Double, _ weight: Double, _ reader: ByteReader) throws(QuantcalError)
    {
        let largest = value * loss.scale.value * (1 + 0x1p-40)
        // More points than memory can ever have held.
        let heaviest = weight * loss.scale.weight * 0x1p63
        for block in blocks.elements {
            guard block.weight.high >= IsotonicSquaredLoss.Scale.leastWeight, block.weight.high <= heaviest,
                block.sum.high.magnitude <= largest * block.weight.high
            else { throw reader.failure("the sums of a block are not possible") }
        }
    }
}

extension IsotonicChain<IsotonicQuantileLoss> {
    /// The largest value and weight are those of the points.
    fileprivate func checkSizes(_ value: Double, _ weight: Double, _ reader: ByteReader) throws(QuantcalError)
    {
        guard members.elements.lazy.map(\.value.magnitude).max() ?? 0 == value,
            members.elements.lazy.map(\.weight).max() ?? 0 == weight
        else { throw reader.failure("the largest y or weight is that of no point") }
    }
}
