/// A distribution as bytes. After the head: the direction; how many dimensions, covariates, thresholds and runs
/// there are; the covariates' coordinates; the thresholds; how many runs each threshold has; and of each run its
/// start, its end and its value. Version 1 had covariates of one dimension and did not say so.
extension IsotonicDistributionFunctions {
    private static let kind: StaticString = "QCISODIS"
    private static let version: UInt64 = 2

    var serializedSize: Int {
        StoredBytes.headBytes + StoredBytes.checksumBytes + 5 * 8 + covariates.coordinates.count * 8
            + outcomes.count * 12 + runs.count * 16
    }

    /// Writes `serializedSize` bytes.
    func serialize(_ bytes: UnsafeMutableRawPointer) {
        var writer = ByteWriter(bytes, kind: Self.kind, version: Self.version)
        writer.put(UInt64(covariates.direction.rawValue))
        for count in [covariates.dimensions, covariates.count, outcomes.count, runs.count] {
            writer.put(UInt64(count))
        }
        for coordinate in covariates.coordinates.elements { writer.put(coordinate) }
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

    /// Reads what `serialize` has written, or refuses it.
    init(bytes: UnsafeRawBufferPointer) throws(QuantcalError) {
        var reader = try ByteReader(
            bytes, kind: Self.kind, version: Self.version,
            name: "an isotonic distribution")
        let direction = IsotonicRegression.Direction(rawValue: Int32(clamping: try reader.get(UInt64.self)))
        guard let direction else { throw reader.failure("their direction is unknown") }
        let counts = try Counts(&reader)
        let covariates = IsotonicDistributionCovariates(
            try Self.ascending(counts.covariates, counts.dimensions, &reader, "covariates"),
            dimensions: counts.dimensions, direction)
        let outcomes = try Self.ascending(counts.thresholds, 1, &reader, "thresholds")
        let runs = try Self.runs(counts, covariates, &reader)
        self.init(covariates: covariates, outcomes: outcomes, runs: runs)
    }

    /// Numbers of elements that the bytes have room for.
    private struct Counts {
        let dimensions, covariates, thresholds, runs: Int

        init(_ reader: inout ByteReader) throws(QuantcalError) {
            let given = (
                try reader.get(UInt64.self), try reader.get(UInt64.self), try reader.get(UInt64.self),
                try reader.get(UInt64.self)
            )
            let room = UInt64(reader.remaining)
            let most = (covariates: UInt64(Int32.max), others: UInt64(UInt32.max))
            guard given.0 > 0, given.1 > 0, given.1 < most.covariates, given.0 <= room / 8 / given.1,
                given.2 > 0, given.2 < most.others, given.3 <= most.others
            else { throw reader.failure("a count in them is impossible") }
            (dimensions, covariates) = (Int(given.0), Int(given.1))
            (thresholds, runs) = (Int(given.2), Int(given.3))
            guard reader.remaining == covariates * dimensions * 8 + thresholds * 12 + runs * 16 else {
                throw reader.failure("their number contradicts the counts in them")
            }
        }
    }

    /// Rows of finite numbers, each after the one before in lexicographic order.
    private static func ascending(
        _ count: Int, _ dimensions: Int, _ reader: inout ByteReader, _ name: String
    ) throws(QuantcalError) -> GrowableBuffer<Double> {
        var values = GrowableBuffer<Double>()
        try values.reserve(count * dimensions)
        for row in 0..<count {
            var isAfter = row == 0
            for _ in 0..<dimensions {
                let value = try reader.getDouble()
                let above = row == 0 ? value : values.elements[values.count - dimensions]
                guard value.isFinite, isAfter || value >= above else {
                    throw reader.failure("the \(name) in them do not ascend")
                }
                isAfter = isAfter || value > above
                try values.append(value)
            }
            guard isAfter else { throw reader.failure("the \(name) in them do not ascend") }
        }
        return values
    }

    private static func runs(
        _ counts: Counts, _ covariates: borrowing IsotonicDistributionCovariates, _ reader: inout ByteReader
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
        let groups = covariates.functionCount
        let order = try covariates.order()
        var builder = IsotonicDistributionRuns.Builder(groups: groups)
        var run = 0
        for threshold in 0..<counts.thresholds {
            var free = 0
            while run < ends.buffer[threshold] {
                let (start, end) = (Int(try reader.get(UInt32.self)), Int(try reader.get(UInt32.self)))
                let value = try reader.getDouble()
                // 0 to 1, and not -0: equal functions have equal bytes.
                let isShare = value.bitPattern <= (1.0).bitPattern
                guard start >= free, end > start, end <= groups, isShare else {
                    throw reader.failure("run \(run) in them is impossible")
                }
                try builder.append(start..<end, value)
                (free, run) = (end, run + 1)
            }
            guard try order.accept(builder.open) else {
                throw reader.failure("their distribution functions are out of order")
            }
            try builder.endThreshold()
        }
        return try builder.finish()
    }
}
