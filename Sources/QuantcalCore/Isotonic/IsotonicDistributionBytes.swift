/// A distribution as bytes. After the head: the direction; how many knots, thresholds and runs
/// there are; the knots; the thresholds; how many runs each threshold has; and of each run its start, its end
/// and its value.
extension IsotonicDistributionFunctions {
    private static let kind: StaticString = "QCISODIS"
    private static let version: UInt64 = 1

    var byteCount: Int {
        StoredBytes.headBytes + StoredBytes.checksumBytes + 4 * 8 + knots.count * 8 + outcomes.count * 12
            + runs.count * 16
    }

    /// Writes `byteCount` bytes.
    func write(to bytes: UnsafeMutableRawPointer) {
        var writer = ByteWriter(bytes, kind: Self.kind, version: Self.version)
        for value in [Int(direction.rawValue), knots.count, outcomes.count, runs.count] {
            writer.put(UInt64(value))
        }
        for knot in knots.elements { writer.put(knot) }
        for outcome in outcomes.elements { writer.put(outcome) }
        for threshold in 0..<outcomes.count {
            writer.put(UInt32(truncatingIfNeeded: runs.runs(of: threshold).count))
        }
        for index in 0..<runs.count {
            let run = runs[index]
            writer.put(run.start)
            writer.put(run.end)
            writer.put(run.value)
        }
        writer.finish()
    }

    /// Reads what `write` has written, or refuses it.
    init(bytes: UnsafeRawBufferPointer) throws(QuantcalError) {
        var reader = try ByteReader(
            bytes, kind: Self.kind, version: Self.version,
            name: "an isotonic distribution")
        let direction = IsotonicRegression.Direction(rawValue: Int32(clamping: try reader.get(UInt64.self)))
        guard let direction else { throw reader.failure("their direction is unknown") }
        let counts = try Counts(&reader)
        let knots = try Self.ascending(counts.knots, &reader, "covariates")
        let outcomes = try Self.ascending(counts.thresholds, &reader, "thresholds")
        let runs = try Self.runs(counts, &reader)
        self.init(direction: direction, knots: knots, outcomes: outcomes, runs: runs)
    }

    /// Numbers of elements that the bytes have room for.
    private struct Counts {
        let knots, thresholds, runs: Int

        init(_ reader: inout ByteReader) throws(QuantcalError) {
            let given = (
                try reader.get(UInt64.self), try reader.get(UInt64.self), try reader.get(UInt64.self)
            )
            let largest = UInt64(UInt32.max)
            guard given.0 > 0, given.1 > 0, given.0 < largest, given.1 < largest, given.2 <= largest else {
                throw reader.failure("a count in them is impossible")
            }
            (knots, thresholds, runs) = (Int(given.0), Int(given.1), Int(given.2))
            guard reader.remaining == knots * 8 + thresholds * 12 + runs * 16 else {
                throw reader.failure("their number contradicts the counts in them")
            }
        }
    }

    private static func ascending(
        _ count: Int, _ reader: inout ByteReader, _ name: String
    ) throws(QuantcalError) -> GrowableBuffer<Double> {
        var values = GrowableBuffer<Double>()
        try values.reserve(count)
        for index in 0..<count {
            let value = try reader.getDouble()
            guard value.isFinite, index == 0 || value > values.elements[index - 1] else {
                throw reader.failure("the \(name) in them do not ascend")
            }
            try values.append(value)
        }
        return values
    }

    private static func runs(
        _ counts: Counts, _ reader: inout ByteReader
    ) throws(QuantcalError) -> IsotonicDistributionRuns {
        let ends = try Scratch<Int>(counts.thresholds)
        var total = 0
        for threshold in 0..<counts.thresholds {
            total += Int(try reader.get(UInt32.self))
            ends.buffer[threshold] = total
        }
        guard total == counts.runs else {
            throw reader.failure("their numbers of runs contradict each other")
        }
        var builder = try IsotonicDistributionRuns.Builder(groups: counts.knots)
        var run = 0
        for threshold in 0..<counts.thresholds {
            var free = 0
            while run < ends.buffer[threshold] {
                let (start, end) = (Int(try reader.get(UInt32.self)), Int(try reader.get(UInt32.self)))
                let value = try reader.getDouble()
                // 0 to 1, and not -0: equal functions have equal bytes.
                let isShare = value.bitPattern <= (1.0).bitPattern
                guard start >= free, end > start, end <= counts.knots, isShare else {
                    throw reader.failure("run \(run) in them is impossible")
                }
                try builder.append(start..<end, value)
                (free, run) = (end, run + 1)
            }
            guard try builder.endThreshold() else {
                throw reader.failure("their distribution functions are out of order")
            }
        }
        return try builder.finish()
    }
}
