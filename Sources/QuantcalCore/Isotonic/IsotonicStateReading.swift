/// Reading a state from bytes that may be anything.
extension IsotonicState {
    private typealias Bytes = IsotonicStateBytes

    /// The header of a state, checked by itself.
    private struct Header {
        let options: Options
        let largestValue: Double
        let largestWeight: Double
        let blocks: Int
        let members: Int

        init(_ bytes: UnsafeRawBufferPointer) throws(QuantcalError) {
            let frame = Bytes.headerSize + Bytes.checksumSize
            guard bytes.count >= frame, let start = bytes.baseAddress else {
                throw Bytes.malformed("size is \(bytes.count), which is too small")
            }
            var reader = Bytes.Reader(place: start)
            guard reader.integer() == Bytes.magic else { throw Bytes.malformed("they begin otherwise") }
            let version = reader.small()
            guard version == Int32(Bytes.version) else { throw Bytes.malformed("the version is \(version)") }
            let body = UnsafeRawBufferPointer(rebasing: bytes.dropLast(Bytes.checksumSize))
            var end = Bytes.Reader(place: start + body.count)
            guard end.integer() == Bytes.checksum(body) else { throw Bytes.malformed("the checksum differs") }
            options = try Self.options(&reader)
            largestValue = try reader.finite("the largest y")
            largestWeight = try reader.finite("the largest weight")
            let (blocks, members) = (reader.integer(), reader.integer())
            // So many that their bytes cannot be counted are too many.
            let most = UInt64(bytes.count)
            let blockSize =
                options.loss == .squared ? IsotonicSquaredLoss.blockSize : IsotonicQuantileLoss.blockSize
            guard blocks <= most, members <= most,
                frame + Int(blocks) * blockSize + Int(members) * 16 == bytes.count
            else {
                throw Bytes.malformed("\(bytes.count) bytes are not \(blocks) blocks and \(members) points")
            }
            (self.blocks, self.members) = (Int(blocks), Int(members))
            guard largestValue >= 0, blocks == 0 ? largestWeight == 0 && largestValue == 0 : largestWeight > 0
            else { throw Bytes.malformed("the largest y or weight is not possible") }
        }

        private static func options(_ reader: inout Bytes.Reader) throws(QuantcalError) -> Options {
            let (loss, direction, upper) = (reader.small(), reader.small(), reader.small())
            let level = try reader.finite("level")
            guard let direction = Direction(rawValue: direction), 0...1 ~= loss, 0...1 ~= upper,
                loss == 0 ? level == 0 && upper == 0 : level > 0 && level < 1
            else { throw Bytes.malformed("the options are not possible") }
            return try Options(
                loss: loss == 0 ? .squared : .quantile(level: level), direction: direction,
                solution: upper == 1 ? .upper : .lower)
        }
    }

    /// The state that `serialize` wrote, or an error.
    public convenience init(bytes: UnsafeRawBufferPointer) throws(QuantcalError) {
        let header = try Header(bytes)
        let reader = Bytes.Reader(place: bytes.baseAddress! + Bytes.headerSize)
        let sizes = (header.largestValue, header.largestWeight)
        var total = 0.0
        let state = IsotonicState(header.options, (sizes.0, sizes.1, 0)) { $0 }
        switch state.content {
        case .squared(let chain):
            try chain.read(reader, header.blocks, header.members)
            try chain.checkSums(sizes.0, sizes.1)
            try chain.checkOrder()
            total = chain.totalWeight
        case .quantile(let chain):
            try chain.read(reader, header.blocks, header.members)
            try chain.checkSizes(sizes.0, sizes.1)
            try chain.checkOrder()
            total = chain.totalWeight
        }
        guard total.isFinite else { throw Bytes.malformed("the sum of weights is \(total)") }
        self.init(header.options, (sizes.0, sizes.1, total)) { _ in state.content }
    }
}

extension IsotonicChain where Loss: IsotonicSerializableLoss {
    fileprivate func read(
        _ start: IsotonicStateBytes.Reader, _ blockCount: Int, _ memberCount: Int
    ) throws(QuantcalError) {
        guard Loss.keepsPoints || memberCount == 0 else {
            throw IsotonicStateBytes.malformed("there are points of a loss that keeps none")
        }
        try reserve(blocks: blockCount, members: memberCount)
        var reader = start
        reader.place += blockCount * Loss.blockSize
        for _ in 0..<memberCount {
            let member = IsotonicMember(
                value: try reader.finite("a value"), weight: try reader.finite("a weight"))
            guard member.weight > 0 else {
                throw IsotonicStateBytes.malformed("a weight is \(member.weight)")
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
        guard unused.isEmpty else { throw IsotonicStateBytes.malformed("points belong to no block") }
    }

    /// Of blocks that are sound one by one: keys rise; the first and the last block are one key; values between rise or fall strictly.
    fileprivate func checkOrder() throws(QuantcalError) {
        let all = blocks.elements
        for (index, block) in all.enumerated() {
            let isEnd = index == 0 || index == all.count - 1
            guard isEnd ? block.first == block.last : block.first <= block.last,
                index == 0 || all[index - 1].last < block.first
            else { throw IsotonicStateBytes.malformed("the x of blocks are not in order") }
            guard index < 2 || isEnd || !loss.violates(all[index - 1], block) else {
                throw IsotonicStateBytes.malformed("the values of blocks are not in order")
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
    fileprivate func checkSums(_ value: Double, _ weight: Double) throws(QuantcalError) {
        let largest = value * loss.scale.value * (1 + 0x1p-40)
        // More points than memory can ever have held.
        let heaviest = weight * loss.scale.weight * 0x1p63
        for block in blocks.elements {
            guard block.weight.high >= IsotonicSquaredLoss.Scale.leastWeight, block.weight.high <= heaviest,
                block.sum.high.magnitude <= largest * block.weight.high
            else { throw IsotonicStateBytes.malformed("the sums of a block are not possible") }
        }
    }
}

extension IsotonicChain<IsotonicQuantileLoss> {
    /// The largest value and weight are those of the points.
    fileprivate func checkSizes(_ value: Double, _ weight: Double) throws(QuantcalError) {
        guard members.elements.lazy.map(\.value.magnitude).max() ?? 0 == value,
            members.elements.lazy.map(\.weight).max() ?? 0 == weight
        else { throw IsotonicStateBytes.malformed("the largest y or weight is that of no point") }
    }
}
