/// A holdout's budget as bytes: its options and how far it is spent. The noise follows from these.
extension ConformalHoldout {
    private static let kind: StaticString = "QCHOLDOU"
    private static let version: UInt64 = 1

    /// How many bytes `serialize` writes.
    public var serializedSize: Int { Self.size }
    private static let size = StoredBytes.headBytes + 64 + StoredBytes.checksumBytes

    /// Writes `serializedSize` bytes.
    public func serialize(_ bytes: UnsafeMutableRawPointer) {
        var writer = ByteWriter(bytes, kind: Self.kind, version: Self.version)
        writer.put(options.mechanism.rawValue)
        writer.put(Int32(0))
        writer.put(options.threshold)
        writer.put(options.sigma)
        writer.put(UInt64(options.grid))
        writer.put(UInt64(options.budget))
        writer.put(options.seed)
        writer.put(UInt64(remaining))
        writer.put(UInt64(asked))
        writer.finish()
    }

    /// Reads what `serialize` wrote, or refuses.
    public convenience init(bytes: UnsafeRawBufferPointer) throws(QuantcalError) {
        var reader = try ByteReader(
            bytes, kind: Self.kind, version: Self.version, name: "a reusable holdout")
        guard bytes.count == Self.size else {
            throw reader.failure("their size is \(bytes.count), not \(Self.size)")
        }
        let mechanism = try reader.get(Int32.self)
        let reserved = try reader.get(Int32.self)
        guard let mechanism = Mechanism(rawValue: mechanism), reserved == 0 else {
            throw reader.failure("their mechanism is unknown")
        }
        let (threshold, sigma) = (try reader.getDouble(), try reader.getDouble())
        let (grid, budget) = (try reader.get(UInt64.self), try reader.get(UInt64.self))
        let seed = try reader.get(UInt64.self)
        let (remaining, asked) = (try reader.get(UInt64.self), try reader.get(UInt64.self))
        let options: Options
        do throws(QuantcalError) {
            options = try Options(
                mechanism: mechanism, threshold: threshold, sigma: sigma, grid: Int(truncatingIfNeeded: grid),
                budget: Int(truncatingIfNeeded: budget), seed: seed)
        } catch { throw reader.failure(error.message) }
        // Every cost was a question, and the counter has room for more than will ever come.
        guard !(threshold == 0 && threshold.sign == .minus), remaining <= budget,
            asked >= budget - remaining, asked < 1 << 62
        else { throw reader.failure("their counts do not fit") }
        self.init(options, remaining: Int(remaining), asked: Int(asked))
    }
}
