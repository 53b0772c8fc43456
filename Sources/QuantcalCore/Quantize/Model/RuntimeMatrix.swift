/// A matrix while it is quantized for another runtime: codes, scales and zero points of all its rows, which are
/// encoded some at a time. The scales are those that the file can hold, and codes are made with them, so
/// that nothing is lost by rounding them afterwards.
final class RuntimeMatrix {
    private let scheme: RuntimeScheme
    private let scaleType: TensorType
    private let name: String
    let layout: GroupLayout
    private let codes: Scratch<UInt8>
    /// What codes are multiplied by.
    private let scales: Scratch<Float>
    private let zeros: Scratch<UInt8>
    /// Of scales that are stored in a byte.
    private let scaleBytes: Scratch<UInt8>
    private let scaleGrid: CompiledGrid
    /// The range of the tensor, where scales depend on it.
    private var wholeRange: ValueRange?
    private var sharedScale: Float = 1

    init(_ scheme: RuntimeScheme, _ tensor: ModelFile.Tensor) throws(QuantcalError) {
        self.scheme = scheme
        (scaleType, name) = (scheme.scaleType(tensor), tensor.name)
        layout = try scheme.layout(rows: tensor.shape[0], columns: tensor.shape[1])
        codes = try Scratch(layout.codeBytes)
        scales = try Scratch(layout.groupCount)
        zeros = try Scratch(scheme.isAffine ? layout.groupCount : 0)
        scaleBytes = try Scratch(scheme.scales == .numbers ? 0 : layout.groupCount)
        scaleGrid = try ScalarGrid.named("e4m3fn").compiled()
    }

    /// Takes rows into account whose scales depend on one another.
    func see(_ values: UnsafeMutableBufferPointer<Float>) {
        var range = wholeRange ?? ValueRange()
        for value in values {
            if value < range.minimum { range.minimum = value }
            if value > range.maximum { range.maximum = value }
        }
        wholeRange = range
        guard scheme.scales == .shared, range.peak > 0 else { return }
        // The largest scale of a group is 448, that of its largest number 6.
        sharedScale = min(448 * 6 / range.peak, 0x1p+100)
    }

    /// Encodes rows and replaces nothing; `decoded` gets what they stand for. With importance scales are those
    /// of the least weighted error, otherwise the smallest that hold every number.
    func encode(
        _ rows: Range<Int>, _ values: UnsafePointer<Float>, _ importance: UnsafeBufferPointer<Float>?,
        decoded: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        let part = try scheme.layout(rows: rows.count, columns: layout.columns)
        let first = rows.lowerBound * layout.groupsInRow
        let ranges = try part.mappedRanges(values, .none) { (range: ValueRange) in range }
        for (index, range) in ranges.buffer.enumerated() {
            try setParameters(first + index, scheme.granularity == .tensor ? wholeRange ?? range : range)
        }
        if scheme.scales == .shared { try shareScales(first..<first + part.groupCount, ranges.buffer) }
        if let importance { try fit(values, part, importance, first, ranges.buffer) }
        let floats = try Scratch<Float>(scheme.isAffine ? part.groupCount : 0)
        for index in floats.buffer.indices { floats.buffer[index] = Float(zeros.buffer[first + index]) }
        let parameters = CompiledGrid.Parameters(
            scales: UnsafeBufferPointer(rebasing: scales.buffer[first..<first + part.groupCount]),
            zeros: scheme.isAffine ? UnsafeBufferPointer(floats.buffer) : nil)
        let target = codes.buffer.baseAddress! + rows.lowerBound * layout.rowBytes
        try scheme.grid.encode(values, part, parameters, .none, into: target)
        try scheme.grid.decode(target, part, parameters, .none, into: decoded)
    }
}

// MARK: - Scales

extension RuntimeMatrix {
    private func setParameters(_ group: Int, _ range: ValueRange) throws(QuantcalError) {
        switch scheme.scales {
        case .numbers where scheme.isAffine: try setAffine(group, range)
        case .numbers:
            let exact = scheme.grid.scale(below: Double(range.minimum), above: Double(range.maximum))
            scales.buffer[group] = try rounded(exact)
        case .exponents:
            // The exponent of the peak, of the next power of two if the peak would round to that with as many
            // digits as the floats have, less that of the largest of them.
            let peak = range.peak
            let (limit, largest): (Float, Int) = scheme.grid.grid.bits == 8 ? (1.9375, 8) : (1.75, 2)
            let power = peak > 0 ? Int(peak.exponent) + (peak.significand >= limit ? 1 : 0) - largest : 0
            let exponent = min(max(power, -126), 125)
            scales.buffer[group] = Float(sign: .plus, exponent: exponent, significand: 1)
            scaleBytes.buffer[group] = UInt8(exponent + 127)
        case .shared: break
        }
    }

    /// Searches scales, and zero points, for the least weighted error. A group whose zero point the format
    /// does not have keeps what it has.
    private func fit(
        _ values: UnsafePointer<Float>, _ part: GroupLayout, _ importance: UnsafeBufferPointer<Float>,
        _ first: Int, _ ranges: UnsafeMutableBufferPointer<ValueRange>
    ) throws(QuantcalError) {
        var rule = RangeRule()
        rule.kind = .mse
        let found = try Scratch<Float>(part.groupCount)
        let foundZeros = try Scratch<Float>(scheme.isAffine ? part.groupCount : 0)
        let fitter = try RangeFitter(scheme.grid.grid, rule, hasZeros: scheme.isAffine)
        try fitter(
            values, part, importance, .none, scales: found.buffer.baseAddress!,
            zeros: scheme.isAffine ? foundZeros.buffer.baseAddress : nil)
        let allowed = (scheme.checkpoint?.zeroOffset ?? 0)...(1 << scheme.grid.grid.bits) - 1
        for group in 0..<part.groupCount where ranges[group].peak > 0 {
            if scheme.isAffine {
                let zero = foundZeros.buffer[group].rounded(.toNearestOrEven)
                guard let zero = Int(exactly: zero), allowed.contains(zero) else { continue }
                zeros.buffer[first + group] = UInt8(zero)
            }
            scales.buffer[first + group] = try rounded(max(found.buffer[group], .leastNormalMagnitude))
        }
    }

    /// The range is cut into as many steps as there are; in the first version of GPTQ no zero point is 0.
    private func setAffine(_ group: Int, _ range: ValueRange) throws(QuantcalError) {
        let lowest = scheme.checkpoint?.zeroOffset ?? 0
        let highest = (1 << scheme.grid.grid.bits) - 1
        let (bottom, top) = (Double(range.minimum), Double(range.maximum))
        let exact = max((top - bottom) / Double(highest), top / Double(highest - lowest))
        guard exact > 0 else {
            (scales.buffer[group], zeros.buffer[group]) = (1, UInt8(lowest))
            return
        }
        let scale = try rounded(
            max(Float(min(exact, Double(Float.greatestFiniteMagnitude))), .leastNormalMagnitude))
        let zero = (-bottom / Double(scale)).rounded(.toNearestOrEven)
        scales.buffer[group] = scale
        zeros.buffer[group] = UInt8(min(max(zero, Double(lowest)), Double(highest)))
    }

    /// A scale as the file holds it; up, where a type's smallest numbers are far apart.
    private func rounded(_ scale: Float) throws(QuantcalError) -> Float {
        let result: Float
        switch scaleType {
        case .float16:
            let half = HalfBits(single: scale)
            let isBelow = scale < 0x1p-14 && half.single < scale
            result = HalfBits(bits: half.bits + (isBelow ? 1 : 0)).single
        case .bfloat16: result = BFloat16Bits(single: scale).single
        default: result = scale
        }
        guard result.isFinite, (result * scheme.grid.highest).isFinite else {
            throw QuantcalError(
                .domain,
                "tensor \(quoted(name)) needs a scale of \(scale), which is too large for \(scaleType.rawValue)"
            )
        }
        return result
    }

    /// Scales of groups in E4M3, relative to the one of the tensor.
    private func shareScales(
        _ groups: Range<Int>, _ ranges: UnsafeMutableBufferPointer<ValueRange>
    ) throws(QuantcalError) {
        let wanted = try Scratch<Float>(groups.count)
        for (index, range) in ranges.enumerated() {
            wanted.buffer[index] = min(sharedScale * (range.peak / 6), 448)
        }
        guard let values = wanted.buffer.baseAddress, !groups.isEmpty else { return }
        let row = try GroupLayout(
            rows: 1, columns: groups.count, bits: 8, granularity: .row, groupSize: 1)
        let bytes = scaleBytes.buffer.baseAddress! + groups.lowerBound
        try withUnsafeSingle(1) { one throws(QuantcalError) in
            try scaleGrid.encode(values, row, .init(scales: one, zeros: nil), .none, into: bytes)
        }
        for (index, group) in groups.enumerated() {
            // Of a group without a scale every number is 0 with any.
            if bytes[index] == 0 { bytes[index] = 0x20 }
            scales.buffer[group] = scaleGrid.levels[Int(bytes[index])] / sharedScale
        }
    }
}

private func withUnsafeSingle(
    _ value: Float, _ body: (UnsafeBufferPointer<Float>) throws(QuantcalError) -> Void
) throws(QuantcalError) {
    let memory = try Scratch<Float>(1)
    memory.buffer[0] = value
    try body(UnsafeBufferPointer(memory.buffer))
}

extension ValueRange {
    fileprivate var peak: Float { max(-minimum, maximum) }
}

// MARK: - What is stored

extension RuntimeMatrix {
    /// Hands out each tensor's bytes once all rows are encoded.
    func store(
        _ pieces: [RuntimeScheme.Piece], _ write: (Int, UnsafeRawBufferPointer) throws(QuantcalError) -> Void
    ) throws(QuantcalError) {
        guard let format = scheme.checkpoint else { return try storeFloats(pieces, write) }
        let checkpoint = try Checkpoint(
            format, scheme.integers, rows: layout.rows, columns: layout.columns)
        let weights = try Scratch<UInt8>(checkpoint.weightBytes)
        let ordered = try Scratch<Float>(layout.groupCount)
        let storedZeros = try Scratch<UInt8>(checkpoint.zeroBytes)
        try checkpoint.write(
            .init(
                packed: codes.buffer.baseAddress!, scales: UnsafeBufferPointer(scales.buffer),
                zeros: scheme.isAffine ? UnsafeBufferPointer(zeros.buffer) : nil),
            to: .init(
                weights: weights.buffer.baseAddress!, scales: ordered.buffer.baseAddress!,
                zeros: checkpoint.zeroBytes > 0 ? storedZeros.buffer.baseAddress! : nil))
        for (index, piece) in pieces.enumerated() {
            switch piece.content {
            case .weights: try write(index, UnsafeRawBufferPointer(weights.buffer))
            case .zeros: try write(index, UnsafeRawBufferPointer(storedZeros.buffer))
            case .scales:
                try writeScales(ordered.buffer) { bytes throws(QuantcalError) in try write(index, bytes) }
            case .shape: try writeNumbers([Int64(layout.rows), Int64(layout.columns)], index, write)
            case .groups:
                let groups = (0..<layout.columns).map { Int32(truncatingIfNeeded: $0 / layout.groupColumns) }
                try writeNumbers(groups, index, write)
            case .sharedScale: break
            }
        }
    }

    private func storeFloats(
        _ pieces: [RuntimeScheme.Piece], _ write: (Int, UnsafeRawBufferPointer) throws(QuantcalError) -> Void
    ) throws(QuantcalError) {
        for (index, piece) in pieces.enumerated() {
            switch piece.content {
            case .weights: try write(index, UnsafeRawBufferPointer(codes.buffer))
            case .scales where scheme.scales == .numbers:
                try writeScales(scales.buffer) { bytes throws(QuantcalError) in try write(index, bytes) }
            case .scales: try write(index, UnsafeRawBufferPointer(scaleBytes.buffer))
            case .sharedScale: try writeNumbers([sharedScale], index, write)
            case .zeros, .shape, .groups: break
            }
        }
    }

    /// In the type that the file has them in, which holds them exactly; one, if they are all the same.
    private func writeScales(
        _ scales: UnsafeMutableBufferPointer<Float>,
        _ write: (UnsafeRawBufferPointer) throws(QuantcalError) -> Void
    ) throws(QuantcalError) {
        let count = scheme.granularity == .tensor ? min(scales.count, 1) : scales.count
        let singles = UnsafeMutableBufferPointer(rebasing: scales[..<count])
        guard let base = singles.baseAddress, scaleType != .float32 else {
            return try write(UnsafeRawBufferPointer(singles))
        }
        let narrow = try Scratch<HalfBits>(count)
        let memory = narrow.buffer.baseAddress!
        if scaleType == .float16 {
            HalfBits.narrow(base, count, to: memory)
        } else {
            memory.withMemoryRebound(to: BFloat16Bits.self, capacity: count) {
                BFloat16Bits.narrow(base, count, to: $0)
            }
        }
        try write(UnsafeRawBufferPointer(narrow.buffer))
    }

    private func writeNumbers<T: BitwiseCopyable>(
        _ numbers: [T], _ index: Int, _ write: (Int, UnsafeRawBufferPointer) throws(QuantcalError) -> Void
    ) throws(QuantcalError) {
        let memory = try Scratch<T>(numbers.count)
        for (place, number) in numbers.enumerated() { memory.buffer[place] = number }
        try write(index, UnsafeRawBufferPointer(memory.buffer))
    }
}
