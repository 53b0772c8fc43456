/// A calibrator as bytes, and back. After the head:
///
///     group count    i32
///     weighted       i32: 0 or 1
///     last group     i32: 0 its own points, 1 all points
///     reserved       i32: 0
///     counts         u64 for each group, or one if there are none
///     points         score: f64; if weighted, weight: f64; group by group, sorted by score and weight
///
/// Equal calibrators have equal bytes.
extension ConformalCalibrator {
    private static var kind: StaticString { "QCCALIBR" }
    private static var version: UInt64 { 1 }

    private var pointSize: Int { options.isWeighted ? 16 : 8 }

    private func size(points: Int) -> Int {
        StoredBytes.headBytes + 16 + options.rowCount * 8 + points * pointSize + StoredBytes.checksumBytes
    }

    /// How many bytes `serialize` writes.
    public var serializedSize: Int {
        get throws(QuantcalError) {
            switch content {
            case .plain(let store): size(points: try store.scores().items.count)
            case .weighted(let store): size(points: try store.scores().items.count)
            }
        }
    }

    /// Writes `serializedSize` bytes.
    public func serialize(_ bytes: UnsafeMutableRawPointer) throws(QuantcalError) {
        switch content {
        case .plain(let store): write(try store.scores(), bytes)
        case .weighted(let store): write(try store.scores(), bytes)
        }
    }

    private func write<Item>(_ scores: CalibrationScores<Item>, _ bytes: UnsafeMutableRawPointer) {
        var writer = ByteWriter(bytes, kind: Self.kind, version: Self.version)
        writer.put(Int32(options.groupCount))
        writer.put(Int32(options.isWeighted ? 1 : 0))
        writer.put(options.lastGroup.rawValue)
        writer.put(Int32(0))
        for group in 0..<options.rowCount {
            writer.put(UInt64(scores.starts[group + 1] - scores.starts[group]))
        }
        for item in scores.items {
            writer.put(item.score)
            if Item.isWeighted { writer.put(item.weight) }
        }
        writer.finish()
    }

    /// Reads what `serialize` has written, or refuses it: nothing in the bytes is trusted.
    public convenience init(bytes: UnsafeRawBufferPointer) throws(QuantcalError) {
        var reader = try ByteReader(
            bytes, kind: Self.kind, version: Self.version, name: "a conformal calibrator")
        let options = try Self.options(&reader)
        if options.isWeighted {
            self.init(options, .weighted(try Self.read(options, &reader)))
        } else {
            self.init(options, .plain(try Self.read(options, &reader)))
        }
    }

    private static func options(_ reader: inout ByteReader) throws(QuantcalError) -> Options {
        let groupCount = Int(try reader.get(Int32.self))
        let weighted = try reader.get(Int32.self)
        let lastGroup = LastGroup(rawValue: try reader.get(Int32.self))
        let reserved = try reader.get(Int32.self)
        guard groupCount >= 0, (0...1).contains(weighted), let lastGroup, reserved == 0,
            groupCount > 0 || lastGroup == .own
        else { throw reader.failure("their options are impossible") }
        return try Options(groupCount: groupCount, isWeighted: weighted == 1, lastGroup: lastGroup)
    }

    private static func read<Item: CalibrationItem>(
        _ options: Options, _ reader: inout ByteReader
    ) throws(QuantcalError) -> CalibrationStore<Item> {
        let groups = options.rowCount
        let pointSize = UInt64(Item.isWeighted ? 16 : 8)
        guard reader.remaining >= groups * 8 else { throw reader.failure("they end too soon") }
        let room = UInt64(reader.remaining - groups * 8)
        let starts = try Scratch<Int>(groups + 1)
        starts.buffer[0] = 0
        for group in 0..<groups {
            let count = try reader.get(UInt64.self)
            guard count <= room / pointSize else { throw reader.failure("a group has too many points") }
            starts.buffer[group + 1] = starts.buffer[group] + Int(count)
            // Both are at most the number of bytes, so this sum cannot overflow.
            guard UInt64(starts.buffer[group + 1]) <= room / pointSize else {
                throw reader.failure("their groups have too many points")
            }
        }
        let count = starts.buffer[groups]
        guard UInt64(count) * pointSize == room else {
            throw reader.failure("their number contradicts the counts in them")
        }
        var items = GrowableBuffer<Item>()
        try items.reserve(count)
        for group in 0..<groups {
            for index in starts.buffer[group]..<starts.buffer[group + 1] {
                let item: Item = try point(&reader)
                guard index == starts.buffer[group] || !Item.precedes(item, items.start[index - 1]) else {
                    throw reader.failure("the points of a group are not sorted")
                }
                try items.append(item)
            }
        }
        // Of the others in all, the last group has at least as many.
        guard options.lastGroup == .own || count - starts.buffer[groups - 1] >= starts.buffer[groups - 1]
        else {
            throw reader.failure("their last group has not all points")
        }
        let sums = try CalibrationSums(items.elements, UnsafeBufferPointer(starts.buffer))
        return CalibrationStore(
            groupCount: groups, sorted: CalibrationScores(memory: items, starts: starts, sums: sums))
    }

    private static func point<Item: CalibrationItem>(
        _ reader: inout ByteReader
    ) throws(QuantcalError) -> Item {
        let score = try reader.getDouble()
        guard !score.isNaN, score != 0 || score.sign == .plus else {
            throw reader.failure("a score is \(score)")
        }
        guard Item.isWeighted else { return Item(score: score, weight: 1) }
        let weight = try reader.getDouble()
        // Not -0 either.
        guard weight.isFinite, weight.sign == .plus else { throw reader.failure("a weight is \(weight)") }
        return Item(score: score, weight: weight)
    }
}
