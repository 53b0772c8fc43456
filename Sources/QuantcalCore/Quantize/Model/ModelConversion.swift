import Glibc

/// Carries out a plan: reads, encodes and writes tensor by tensor.
public struct ModelConversion {
    /// What has become of a tensor.
    public struct Outcome: Sendable {
        /// Sums of squares: of the differences to the original, and of the original. Of tensors that
        /// were not encoded, zeros.
        public let error: Double
        public let square: Double

        /// The root of their quotient.
        public var relativeError: Double { error == 0 ? 0 : (error / square).squareRoot() }
        /// Signal to quantization noise, in decibels.
        public var signalToNoise: Double { error == 0 ? .infinity : 10 * log10(square / error) }
    }

    /// Gets the tensor that is next and the fraction done; returns true to stop. What is done then stays,
    /// and the same plan continues it.
    public typealias Report = (_ tensor: Int, _ fraction: Double) -> Bool

    /// Elements that are worked on at once.
    private static let piece = 1 << 21

    private let file: ModelFile
    let plan: ModelPlan
    let partial: PartialFile
    private let report: Report?
    /// Bytes of the input, done and of all.
    private var done = 0
    private let total: Int

    /// Writes the file at `target`. Returns an outcome for each entry of the plan.
    public static func run(
        _ plan: ModelPlan, of file: ModelFile, to target: String, report: Report? = nil
    ) throws(QuantcalError) -> [Outcome] {
        try requireFree(target, overwrites: plan.options.overwrites)
        let configuration = plan.options.configuration
        if configuration != nil {
            try requireFree(ModelConfiguration.place(beside: target), overwrites: plan.options.overwrites)
        }
        var conversion = try ModelConversion(plan, file, target, report)
        do throws(QuantcalError) {
            let outcomes = try conversion.run()
            try configuration?.write(
                plan.quantizationConfig ?? "{}", beside: target, overwrites: plan.options.overwrites)
            try conversion.partial.complete(overwrites: plan.options.overwrites)
            return outcomes
        } catch {
            // What is wrong with the input is so the next time too.
            let isPassing = [.cancelled, .io, .noMemory].contains(error.kind)
            guard conversion.partial.abandon(keeping: isPassing) else { throw error }
            throw QuantcalError(
                error.kind,
                error.message
                    + "; what is done is kept in \(quotedPath(conversion.partial.path)), and the same call continues it"
            )
        }
    }

    private init(
        _ plan: ModelPlan, _ file: ModelFile, _ target: String, _ report: Report?
    ) throws(QuantcalError) {
        (self.file, self.plan, self.report) = (file, plan, report)
        total = plan.entries.reduce(0) { $0 + $1.tensor.byteCount }
        partial = try PartialFile(for: target, plan.layout, digest: plan.digest)
    }

    private mutating func run() throws(QuantcalError) -> [Outcome] {
        var outcomes = [Outcome?](repeating: nil, count: plan.entries.count)
        for record in partial.records where record.index < UInt64(outcomes.count) {
            outcomes[Int(record.index)] = Outcome(error: record.error, square: record.square)
        }
        var results: [Outcome] = []
        for (index, entry) in plan.entries.enumerated() {
            if let outcome = outcomes[index] {
                results.append(outcome)
                done += entry.tensor.byteCount
                continue
            }
            let outcome: Outcome
            do throws(QuantcalError) { outcome = try convert(index, entry) } catch {
                guard error.kind == .notFinite else { throw error }
                throw QuantcalError(.notFinite, "tensor \(quoted(entry.tensor.name)): \(error.message)")
            }
            try partial.finish(
                PartialFile.Record(index: UInt64(index), error: outcome.error, square: outcome.square))
            results.append(outcome)
        }
        return results
    }

    private mutating func convert(_ index: Int, _ entry: ModelPlan.Entry) throws(QuantcalError) -> Outcome {
        switch entry.action {
        case .keep:
            try copy(index, entry)
            return Outcome(error: 0, square: 0)
        case .decode: return try decode(index, entry)
        case .encode(let type): return try encode(index, entry, type)
        case .quantize where plan.options.layout != .quantcal: return try quantizeForRuntime(index, entry)
        case .quantize: return try quantize(index, entry)
        }
    }

    private mutating func tell(_ index: Int, _ bytes: Int) throws(QuantcalError) {
        if let report, report(index, total == 0 ? 0 : Double(done) / Double(total)) {
            throw QuantcalError(.cancelled, "cancelled at tensor \(index)")
        }
        done += bytes
    }

    private mutating func copy(_ index: Int, _ entry: ModelPlan.Entry) throws(QuantcalError) {
        let (tensor, target) = (entry.tensor, plan.layout.ranges[entry.pieces.lowerBound].lowerBound)
        let size = min(tensor.byteCount, 4 * Self.piece)
        let scratch = try Scratch<UInt8>(size)
        for begin in stride(from: 0, to: tensor.byteCount, by: max(size, 1)) {
            let count = min(size, tensor.byteCount - begin)
            try tell(index, count)
            let bytes = UnsafeMutableRawPointer(scratch.buffer.baseAddress!)
            try file.files[tensor.file].read(count, at: tensor.range.lowerBound + begin, into: bytes)
            try partial.write(UnsafeRawBufferPointer(start: bytes, count: count), at: target + begin)
        }
    }
}

// MARK: - By rows

extension ModelConversion {
    /// The rows of a matrix in pieces that do not cross a multiple of `limit`, decoded. If that is one of
    /// several passes, it is so much less of the work.
    mutating func forEachPiece(
        _ index: Int, _ tensor: ModelFile.Tensor, rows: Int, columns: Int, limit: Int, passes: Int = 1,
        _ body: (Range<Int>, UnsafeMutableBufferPointer<Float>) throws(QuantcalError) -> Void
    ) throws(QuantcalError) {
        // A column-major array is read as a whole each time.
        let isScattered = tensor.order == .columnMajor
        let most = isScattered ? max(rows, 1) : max(1, Self.piece / max(columns, 1))
        let values = try Scratch<Float>(min(most, rows) * columns)
        var first = 0
        while first < rows {
            let end = min(first + most, rows, (first / limit + 1) * limit)
            try tell(index, (end - first) * (tensor.byteCount / rows) / passes)
            let piece = UnsafeMutableBufferPointer(rebasing: values.buffer[..<((end - first) * columns)])
            let scale = columns / max(tensor.columns, 1)
            if let base = piece.baseAddress, !piece.isEmpty {
                try file.read(tensor, rows: first * scale..<end * scale, into: base)
                try body(first..<end, piece)
            }
            first = end
        }
    }

    private mutating func decode(_ index: Int, _ entry: ModelPlan.Entry) throws(QuantcalError) -> Outcome {
        let (tensor, partial) = (entry.tensor, partial)
        let target = plan.layout.ranges[entry.pieces.lowerBound].lowerBound
        try forEachPiece(index, tensor, rows: tensor.rows, columns: tensor.columns, limit: .max / 2) {
            rows, values throws(QuantcalError) in
            try partial.write(
                UnsafeRawBufferPointer(values), at: target + 4 * rows.lowerBound * tensor.columns)
        }
        return Outcome(error: 0, square: 0)
    }

    private mutating func encode(
        _ index: Int, _ entry: ModelPlan.Entry, _ type: GgmlType
    ) throws(QuantcalError) -> Outcome {
        let (tensor, partial) = (entry.tensor, partial)
        let target = plan.layout.ranges[entry.pieces.lowerBound].lowerBound
        let weights = try plan.options.importance?.weights(of: tensor)
        // Rows that share weights: those of one matrix.
        let share = weights.map { tensor.rows / ($0.count / tensor.columns) } ?? .max / 2
        var encoding = GgmlEncoding(type)
        encoding.mode = plan.options.mode
        var sums = QuantizationSums()
        try forEachPiece(index, tensor, rows: tensor.rows, columns: tensor.columns, limit: share) {
            rows, values throws(QuantcalError) in
            let layout = try encoding.layout(rows: rows.count, columns: tensor.columns)
            let blocks = try Scratch<UInt8>(layout.bytes)
            let decoded = try Scratch<Float>(values.count)
            try requireFinite(values)
            let first = rows.lowerBound / share * tensor.columns
            try withWeights(weights, first..<first + tensor.columns) { importance throws(QuantcalError) in
                try encoding.encode(
                    values.baseAddress!, importance, layout, into: blocks.buffer.baseAddress!)
            }
            type.decode(blocks.buffer.baseAddress!, layout, into: decoded.buffer.baseAddress!)
            sums.add(values, decoded.buffer)
            try partial.write(
                UnsafeRawBufferPointer(blocks.buffer), at: target + rows.lowerBound * layout.rowBytes)
        }
        return sums.outcome
    }

    private mutating func quantize(_ index: Int, _ entry: ModelPlan.Entry) throws(QuantcalError) -> Outcome {
        let partial = partial
        let targets = plan.layout.ranges[entry.pieces].map(\.lowerBound)
        let encoder = try CodeEncoder(plan.options)
        let (rows, columns) = entry.matrix
        var sums = QuantizationSums()
        try forEachPiece(index, entry.tensor, rows: rows, columns: columns, limit: .max / 2) {
            rows, values throws(QuantcalError) in
            let layout = try encoder.layout(rows: rows.count, columns: columns)
            let codes = try Scratch<UInt8>(layout.codeBytes)
            let scales = try Scratch<Float>(layout.groupCount)
            let zeros = try Scratch<UInt8>(layout.groupCount)
            let decoded = try Scratch<Float>(values.count)
            try requireFinite(values)
            try encoder.run(
                values.baseAddress!, layout, codes: codes.buffer.baseAddress!,
                scales: scales.buffer.baseAddress!, zeros: zeros.buffer.baseAddress!,
                decoded: decoded.buffer.baseAddress!)
            sums.add(values, decoded.buffer)
            let group = rows.lowerBound * layout.groupsInRow
            try partial.write(
                UnsafeRawBufferPointer(codes.buffer), at: targets[0] + rows.lowerBound * layout.rowBytes)
            try partial.write(UnsafeRawBufferPointer(scales.buffer), at: targets[1] + 4 * group)
            if encoder.hasZeros {
                try partial.write(UnsafeRawBufferPointer(zeros.buffer), at: targets[2] + group)
            }
        }
        return sums.outcome
    }
}

func requireFinite(_ values: UnsafeMutableBufferPointer<Float>) throws(QuantcalError) {
    try Require.finite(UnsafeBufferPointer(values), "values")
}

func withWeights(
    _ weights: [Float]?, _ range: Range<Int>,
    _ body: (UnsafeBufferPointer<Float>?) throws(QuantcalError) -> Void
) throws(QuantcalError) {
    guard let weights else { return try body(nil) }
    var failure: QuantcalError?
    weights.withUnsafeBufferPointer { buffer in
        do throws(QuantcalError) { try body(UnsafeBufferPointer(rebasing: buffer[range])) } catch {
            failure = error
        }
    }
    if let failure { throw failure }
}

/// Squares of what encoding has changed, and of what there was.
struct QuantizationSums {
    private var error = 0.0
    private var square = 0.0

    mutating func add(
        _ values: UnsafeMutableBufferPointer<Float>, _ decoded: UnsafeMutableBufferPointer<Float>
    ) {
        for index in values.indices {
            let value = Double(values[index])
            let difference = value - Double(decoded[index])
            error += difference * difference
            square += value * value
        }
    }

    var outcome: ModelConversion.Outcome { ModelConversion.Outcome(error: error, square: square) }
}
