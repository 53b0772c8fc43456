/// A state as bytes, and back. After the head:
///
///     method, sides, integrator, rate                    i32
///     alpha, start, horizon, score bound, learning rate  f64
///     saturation, integral gain, rho, cap                f64
///     window, batch, lifetime                            u64
///     gamma                                              u64 the count, f64
///     observed, misses, missing                          u64
///     for each rule
///         memory                                         u64 the count, f64
///         scores, oldest first                           u64 the count, f64
///
/// Equal states have equal bytes.
enum ConformalOnlineBytes {
    static var kind: StaticString { "QCONLINE" }
    static var version: UInt64 { 1 }
    static var fixedSize: Int { StoredBytes.headBytes + 16 + 9 * 8 + 7 * 8 + StoredBytes.checksumBytes }
}

extension ConformalOnline {
    /// How many bytes `serialize` writes.
    public var serializedSize: Int {
        rules.reduce(ConformalOnlineBytes.fixedSize + 8 * options.gamma.count) { size, rule in
            size + 16 + 8 * (rule.memory.count + (rule.scores?.count ?? 0))
        }
    }

    /// Writes `serializedSize` bytes.
    public func serialize(_ bytes: UnsafeMutableRawPointer) {
        var writer = ByteWriter(
            bytes, kind: ConformalOnlineBytes.kind, version: ConformalOnlineBytes.version)
        writer.put(options.method.rawValue)
        writer.put(options.sides.rawValue)
        writer.put(options.integrator.rawValue)
        writer.put(options.rateOf.rawValue)
        for number in options.numbers { writer.put(number) }
        for number in [options.window, options.batch, options.lifetime] { writer.put(UInt64(number)) }
        writer.put(options.gamma)
        for number in [observed, misses, missing] { writer.put(UInt64(number)) }
        for rule in rules {
            writer.put(rule.memory)
            writer.put(UInt64(rule.scores?.count ?? 0))
            if let scores = rule.scores {
                for place in 0..<scores.count { writer.put(scores[place]) }
            }
        }
        writer.finish()
    }

    public func copy() throws(QuantcalError) -> ConformalOnline {
        let copy = try ConformalOnline(options)
        (copy.observed, copy.misses, copy.missing) = (observed, misses, missing)
        for (rule, other) in zip(rules, copy.rules) {
            if let from = rule.scores, let to = other.scores {
                try other.reserve(from.count)
                for place in 0..<from.count { to.append(from[place]) }
            }
            precondition(other.restore(rule.memory), "a rule takes what it gave")
        }
        return copy
    }

    /// The state that `serialize` wrote, or an error.
    public convenience init(bytes: UnsafeRawBufferPointer) throws(QuantcalError) {
        var reader = try ByteReader(
            bytes, kind: ConformalOnlineBytes.kind, version: ConformalOnlineBytes.version, name: "a state")
        try self.init(try Options(&reader))
        observed = try reader.count("points")
        misses = try reader.count("misses")
        missing = try reader.count("missing points")
        guard misses <= observed else { throw reader.failure("\(misses) of \(observed) points are misses") }
        for rule in rules {
            let memory = try reader.numbers()
            try rule.read(scores: &reader, areSigned: options.sides == .two)
            guard rule.restore(memory) else { throw reader.failure("what a rule remembers is not possible") }
        }
        guard reader.remaining == 0 else { throw reader.failure("\(reader.remaining) bytes are too many") }
    }
}

extension OnlineRule {
    fileprivate func read(scores reader: inout ByteReader, areSigned: Bool) throws(QuantcalError) {
        let count = try reader.elementCount()
        guard count <= scores?.limit ?? 0 else { throw reader.failure("\(count) scores are too many") }
        try reserve(count)
        for _ in 0..<count {
            let score = try reader.getDouble()
            guard score.isFinite || (score == .infinity && !areSigned), score != 0 || score.sign == .plus
            else {
                throw reader.failure("a score is \(score)")
            }
            scores?.append(score)
        }
    }
}

extension ConformalOnline.Options {
    fileprivate var numbers: [Double] {
        [alpha, start, horizon, scoreBound, learningRate, saturation, integralGain, rho, cap]
    }

    fileprivate init(_ reader: inout ByteReader) throws(QuantcalError) {
        self.init()
        method = try reader.constant("method")
        sides = try reader.constant("sides")
        integrator = try reader.constant("integrator")
        rateOf = try reader.constant("rate")
        var numbers: [Double] = []
        for _ in 0..<9 { numbers.append(try reader.finite("an option")) }
        (alpha, start, horizon) = (numbers[0], numbers[1], numbers[2])
        (scoreBound, learningRate, saturation) = (numbers[3], numbers[4], numbers[5])
        (integralGain, rho, cap) = (numbers[6], numbers[7], numbers[8])
        window = try reader.count("scores in the window")
        batch = try reader.count("points of a batch")
        lifetime = try reader.count("steps of a life")
        gamma = try reader.numbers()
        do throws(QuantcalError) {
            guard try resolved() == self else { throw reader.failure("the options are not resolved") }
        } catch {
            throw reader.failure("the options are not possible: \(error.message)")
        }
    }
}

extension ByteWriter {
    fileprivate mutating func put(_ numbers: [Double]) {
        put(UInt64(numbers.count))
        for number in numbers { put(number) }
    }
}

extension ByteReader {
    fileprivate mutating func constant<Value: RawRepresentable>(
        _ name: String
    ) throws(QuantcalError) -> Value where Value.RawValue == Int32 {
        let raw = try get(Int32.self)
        guard let value = Value(rawValue: raw) else { throw failure("\(name) is \(raw)") }
        return value
    }

    fileprivate mutating func count(_ name: String) throws(QuantcalError) -> Int {
        let count = try get(UInt64.self)
        guard count <= 1 << 53 else { throw failure("\(count) \(name) are too many") }
        return Int(count)
    }

    /// Of numbers for which there are bytes.
    fileprivate mutating func elementCount() throws(QuantcalError) -> Int {
        let count = try get(UInt64.self)
        guard count <= UInt64(remaining / 8) else { throw failure("they have no room for \(count) numbers") }
        return Int(count)
    }

    fileprivate mutating func numbers() throws(QuantcalError) -> [Double] {
        var numbers: [Double] = []
        for _ in 0..<(try elementCount()) { numbers.append(try getDouble()) }
        return numbers
    }
}
