/// A martingale as bytes, and back. After the head:
///
///     betting          i32
///     jump, epsilon    f64
///     seed             u64
///     bets             u64
///     largest logarithm f64
///     memory           f64 each, as many as the bets have
///     scores           u64 the count, f64 each, oldest first
///
/// Equal martingales have equal bytes.
enum ConformalMartingaleBytes {
    static var kind: StaticString { "QCMARTIN" }
    static var version: UInt64 { 1 }
    static var fixedSize: Int { StoredBytes.headBytes + 4 + 6 * 8 + StoredBytes.checksumBytes }
    static var name: String { "a martingale" }
    /// Counts above lose their last digit in a double.
    static var mostBets: UInt64 { 1 << 53 }
}

extension ConformalMartingale {
    /// How many bytes `serialize` writes.
    public var serializedSize: Int {
        ConformalMartingaleBytes.fixedSize + 8 * (bets.memory.count + scores.count)
    }

    /// Writes `serializedSize` bytes.
    public func serialize(_ bytes: UnsafeMutableRawPointer) {
        var writer = ByteWriter(
            bytes, kind: ConformalMartingaleBytes.kind, version: ConformalMartingaleBytes.version)
        writer.put(options.betting.rawValue)
        writer.put(options.jump)
        writer.put(options.epsilon)
        writer.put(options.seed)
        writer.put(UInt64(summary.bets))
        writer.put(summary.logMaximum)
        for number in bets.memory { writer.put(number) }
        writer.put(UInt64(scores.count))
        for place in 0..<scores.count { writer.put(scores[place]) }
        writer.finish()
    }

    public func copy() throws(QuantcalError) -> ConformalMartingale {
        let copy = try ConformalMartingale(options)
        try copy.scores.reserve(scores.count)
        for place in 0..<scores.count { copy.scores.append(scores[place]) }
        (copy.bets, copy.summary) = (bets, summary)
        return copy
    }

    /// The martingale that `serialize` wrote, or an error.
    public convenience init(bytes: UnsafeRawBufferPointer) throws(QuantcalError) {
        var reader = try ByteReader(
            bytes, kind: ConformalMartingaleBytes.kind, version: ConformalMartingaleBytes.version,
            name: ConformalMartingaleBytes.name)
        try self.init(try Options(&reader))
        let count = try reader.get(UInt64.self)
        guard count <= ConformalMartingaleBytes.mostBets else {
            throw reader.failure("\(count) bets are too many")
        }
        let maximum = try reader.getDouble()
        var memory: [Double] = []
        for _ in bets.memory { memory.append(try reader.getDouble()) }
        guard bets.restore(memory, bets: Int(count)) else {
            throw reader.failure("what the bets remember is not possible")
        }
        let logarithm = bets.logCapital + 0
        guard maximum >= max(0, logarithm), maximum.sign == .plus, count > 0 || maximum == 0 else {
            throw reader.failure("the largest logarithm is \(maximum)")
        }
        summary = Summary(bets: Int(count), scoreCount: 0, logMartingale: logarithm, logMaximum: maximum)
        try read(scores: &reader)
    }

    private func read(scores reader: inout ByteReader) throws(QuantcalError) {
        let count = try reader.get(UInt64.self)
        guard count == UInt64(reader.remaining / 8), reader.remaining % 8 == 0 else {
            throw reader.failure("they have \(reader.remaining) bytes for \(count) scores")
        }
        guard count <= UInt64(summary.bets), count <= UInt64(OrderStatisticTree.slotLimit) else {
            throw reader.failure("\(count) scores are too many for \(summary.bets) bets")
        }
        try scores.reserve(Int(count))
        for _ in 0..<count {
            let score = try reader.getDouble()
            guard !score.isNaN, score != 0 || score.sign == .plus else {
                throw reader.failure("a score is \(score)")
            }
            scores.append(score)
        }
        summary.scoreCount = Int(count)
    }
}

extension ConformalMartingale.Options {
    fileprivate init(_ reader: inout ByteReader) throws(QuantcalError) {
        let raw = try reader.get(Int32.self)
        guard let betting = ConformalMartingale.Betting(rawValue: raw) else {
            throw reader.failure("the kind of bets is \(raw)")
        }
        self.init(betting: betting)
        jump = try reader.finite("jump")
        epsilon = try reader.finite("epsilon")
        seed = try reader.get(UInt64.self)
        guard jump > 0, jump <= 1, epsilon > 0, epsilon < 1, epsilon.isNormal else {
            throw reader.failure("jump is \(jump) and epsilon \(epsilon)")
        }
    }
}
