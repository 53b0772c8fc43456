/// Decodes rows of a matrix in the layout of another runtime. Where words run down the inputs, rows are read as
/// strips of them: 32 rows share no word with others in any layout.
final class RuntimeDecoder {
    typealias Part = ModelFile.RuntimeCodes.Part
    private static let band = 32

    /// Codes of some rows, and where they lie in memory.
    private struct Strip: ~Copyable {
        let memory: Scratch<UInt8>
        let lanes: PackedLanes
    }

    private let file: ModelFile
    private let codes: ModelFile.RuntimeCodes
    private let name: String
    /// What each code stands for.
    private let table: Scratch<Float>
    /// Neighbouring columns of one group.
    private var runs: [RuntimeStrip.Run] = []
    private var sharedScale: Float = 1

    init(_ file: ModelFile, _ tensor: ModelFile.Tensor, _ codes: ModelFile.RuntimeCodes) throws(QuantcalError)
    {
        (self.file, self.codes, name) = (file, codes, tensor.name)
        table = try Scratch(256)
        try setTable()
        try setGroups()
        if let part = codes.sharedScale {
            let one = try Scratch<Float>(1)
            try readNumbers(part, lines: 1, lineCount: 1, 0..<1, into: one.buffer)
            sharedScale = one.buffer[0]
        }
    }

    private func setTable() throws(QuantcalError) {
        switch codes.levels {
        case .unsigned: for code in 0..<256 { table.buffer[code] = Float(code) }
        case .centred: for code in 0..<256 { table.buffer[code] = Float(code - 1 << (codes.bits - 1)) }
        case .twosComplement:
            for code in 0..<256 { table.buffer[code] = Float(Int8(truncatingIfNeeded: code)) }
        case .grid(let name):
            let levels = try ScalarGrid.named(name).compiled().levels
            for code in 0..<256 { table.buffer[code] = code < levels.count ? levels[code] : .nan }
        }
    }

    /// By the tensor that says it, unless all of it is -1, which is nothing.
    private func setGroups() throws(QuantcalError) {
        let width = codes.block.columns
        if let part = codes.columnGroups {
            let stored = try Scratch<Int32>(codes.columns)
            try file.files[part.file].read(
                part.range.count, at: part.range.lowerBound, into: stored.buffer.baseAddress!)
            let isNothing =
                stored.buffer.allSatisfy { $0 == -1 } && (codes.columns - 1) / width < codes.groups
            if !isNothing { return try setGroups(stored.buffer) }
        }
        for begin in stride(from: 0, to: codes.columns, by: width) {
            runs.append(.init(columns: begin..<min(begin + width, codes.columns), group: begin / width))
        }
    }

    private func setGroups(_ groups: UnsafeMutableBufferPointer<Int32>) throws(QuantcalError) {
        var begin = 0
        for (column, group) in groups.enumerated() {
            guard group >= 0, Int(group) < codes.groups else {
                throw failure("column \(column) is of group \(group), of \(codes.groups)")
            }
            guard column + 1 == groups.count || groups[column + 1] != group else { continue }
            runs.append(.init(columns: begin..<column + 1, group: Int(group)))
            begin = column + 1
        }
    }

    private func failure(_ what: String) -> QuantcalError {
        QuantcalError(.format, "tensor \(quoted(name)): \(what)")
    }

    /// Rows that are no more than are held at once.
    func decode(_ rows: Range<Int>, into values: UnsafeMutablePointer<Float>) throws(QuantcalError) {
        let first = rows.lowerBound / Self.band * Self.band
        let end = min((rows.upperBound + Self.band - 1) / Self.band * Self.band, codes.rows)
        let strip = first..<end
        let packed = try readCodes(strip)
        let scaleMemory = try readScales(strip)
        let zeroMemory = try readZeros(strip)
        let work = RuntimeStrip(
            codes: codes, rows: strip, lanes: packed.lanes,
            memory: UnsafePointer(packed.memory.buffer.baseAddress!), table: table.buffer.baseAddress!,
            runs: runs, scales: scaleMemory.buffer.baseAddress!, zeros: zeroMemory.buffer.baseAddress!)
        try work.decode(rows, into: values)
    }
}

// MARK: - Reading

extension RuntimeDecoder {
    /// Bytes `range` of each of several lines that follow one another.
    private func readLines(
        _ part: Part, lines: Int, lineBytes: Int, _ range: Range<Int>,
        into memory: UnsafeMutablePointer<UInt8>
    ) throws(QuantcalError) {
        let source = file.files[part.file]
        if range.count == lineBytes {
            return try source.read(lines * lineBytes, at: part.range.lowerBound, into: memory)
        }
        for line in 0..<lines {
            try source.read(
                range.count, at: part.range.lowerBound + line * lineBytes + range.lowerBound,
                into: memory + line * range.count)
        }
    }

    /// Rows that follow one another, of so many bytes.
    private func readRows(
        _ part: Part, _ rows: Range<Int>, rowBytes: Int
    ) throws(QuantcalError) -> Scratch<UInt8> {
        let memory = try Scratch<UInt8>(rows.count * rowBytes)
        try file.files[part.file].read(
            memory.buffer.count, at: part.range.lowerBound + rows.lowerBound * rowBytes,
            into: memory.buffer.baseAddress!)
        return memory
    }

    private func readCodes(_ strip: Range<Int>) throws(QuantcalError) -> Strip {
        let (rows, columns, bits) = (codes.rows, codes.columns, codes.bits)
        guard let format = codes.format else {
            let lanes = try PackedLanes(
                lanes: strip.count, length: columns, runsDownRows: false, bits: bits, wordBytes: 1,
                order: .lanes)
            return Strip(
                memory: try readRows(codes.weights, strip, rowBytes: lanes.laneStride), lanes: lanes)
        }
        let lanes = try format.codes(
            rows: strip.count, columns: columns, bits: bits, hasWholeCodes: codes.hasWholeCodes)
        guard codes.isGroupMajor else {
            return Strip(
                memory: try readRows(codes.weights, strip, rowBytes: 4 * lanes.laneStride), lanes: lanes)
        }
        let memory = try Scratch<UInt8>(lanes.bytes)
        let lines = lanes.runsDownRows ? columns : columns * bits / 32
        // Of a row, in one line.
        let width = lanes.runsDownRows ? bits : 32
        try readLines(
            codes.weights, lines: lines, lineBytes: rows * width / 8,
            strip.lowerBound * width / 8..<strip.upperBound * width / 8, into: memory.buffer.baseAddress!)
        return Strip(memory: memory, lanes: lanes)
    }

    private func readScales(_ strip: Range<Int>) throws(QuantcalError) -> Scratch<Float> {
        let scales: Scratch<Float>
        if codes.isGroupMajor {
            scales = try Scratch(codes.groups * strip.count)
            try readNumbers(
                codes.scales, lines: codes.groups, lineCount: codes.rows, strip, into: scales.buffer)
        } else {
            let rows = strip.lowerBound / codes.block.rows..<(strip.upperBound - 1) / codes.block.rows + 1
            scales = try Scratch(rows.count * codes.groups)
            try readNumbers(
                codes.scales, lines: 1, lineCount: codes.scaleRows * codes.groups,
                rows.lowerBound * codes.groups..<rows.upperBound * codes.groups, into: scales.buffer)
        }
        if codes.isSharedFactor {
            for index in scales.buffer.indices { scales.buffer[index] *= sharedScale }
        } else if codes.sharedScale != nil {
            for index in scales.buffer.indices { scales.buffer[index] /= sharedScale }
        }
        if let bad = scales.buffer.firstIndex(where: { !$0.isFinite }) {
            throw failure(
                "a scale of rows \(strip.lowerBound) to \(strip.upperBound - 1) is \(scales.buffer[bad])")
        }
        return scales
    }

    /// Numbers `range` of each line, in single precision.
    private func readNumbers(
        _ part: Part, lines: Int, lineCount: Int, _ range: Range<Int>,
        into numbers: UnsafeMutableBufferPointer<Float>
    ) throws(QuantcalError) {
        let size = part.type.bits / 8
        let stored = try Scratch<UInt8>(numbers.count * size)
        try readLines(
            part, lines: lines, lineBytes: lineCount * size,
            range.lowerBound * size..<range.upperBound * size,
            into: stored.buffer.baseAddress!)
        switch part.type {
        case .uint8, .float8E8M0:
            // 255 is no number.
            for (index, byte) in stored.buffer.enumerated() {
                numbers[index] =
                    byte == 255 ? .nan : Float(sign: .plus, exponent: Int(byte) - 127, significand: 1)
            }
        case .float8E4M3:
            let levels = try ScalarGrid.named("e4m3fn").compiled().levels
            for (index, byte) in stored.buffer.enumerated() { numbers[index] = levels[Int(byte)] }
        default:
            let view = TensorView(
                name: name, type: part.type, shape: [numbers.count],
                file: UnsafeRawBufferPointer(stored.buffer), range: 0..<stored.buffer.count)
            try view.floats(0..<numbers.count, into: numbers.baseAddress!)
        }
    }

    /// As scales lie; zeros where there are none.
    private func readZeros(_ strip: Range<Int>) throws(QuantcalError) -> Scratch<Float> {
        guard let part = codes.zeros else {
            let rows = codes.isGroupMajor ? strip.count : (strip.count - 1) / codes.block.rows + 2
            return try Scratch(zeroed: rows * codes.groups)
        }
        guard let format = codes.format else {
            let rows = strip.lowerBound / codes.block.rows..<(strip.upperBound - 1) / codes.block.rows + 1
            let stored = try readRows(part, rows, rowBytes: codes.groups)
            let zeros = try Scratch<Float>(stored.buffer.count)
            for (index, byte) in stored.buffer.enumerated() {
                zeros.buffer[index] = Float(Int8(bitPattern: byte))
            }
            return zeros
        }
        let (groups, bits) = (codes.groups, codes.bits)
        // Words of whole codes do not end where rows do that are read at once.
        let rows = codes.hasWholeCodes ? 0..<codes.rows : strip
        let lanes = try format.zeros(
            rows: rows.count, groups: groups, bits: bits, hasWholeCodes: codes.hasWholeCodes)
        let memory = try Scratch<UInt8>(lanes.bytes)
        if codes.isGroupMajor {
            try readLines(
                part, lines: groups, lineBytes: codes.rows * bits / 8,
                strip.lowerBound * bits / 8..<strip.upperBound * bits / 8, into: memory.buffer.baseAddress!)
        } else {
            try file.files[part.file].read(
                lanes.bytes, at: part.range.lowerBound + rows.lowerBound * bits / 32 * groups * 4,
                into: memory.buffer.baseAddress!)
        }
        let zeros = try Scratch<Float>(groups * strip.count)
        let bytes = UnsafePointer(memory.buffer.baseAddress!)
        for row in 0..<strip.count {
            for group in 0..<groups {
                let index = codes.isGroupMajor ? group * strip.count + row : row * groups + group
                let code = lanes.code(
                    row: strip.lowerBound - rows.lowerBound + row, column: group, in: bytes)
                zeros.buffer[index] = Float(Int(code) + codes.zeroOffset)
            }
        }
        return zeros
    }
}

extension ModelFile {
    /// Bytes of codes that are held at once where words of many rows lie together: fewer rows would be many
    /// small pieces of the file.
    private static var heldBytes: Int { 1 << 25 }

    /// Rows of a matrix in the layout of another runtime.
    func readRuntimeCodes(
        _ tensor: Tensor, _ codes: RuntimeCodes, _ rows: Range<Int>, into values: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        guard !rows.isEmpty else { return }
        let decoder = try RuntimeDecoder(self, tensor, codes)
        let held = codes.isGroupMajor ? Self.heldBytes / codes.bits * 8 : Self.piece
        let most = max(1, held / 128 / codes.columns) * 128
        for begin in stride(from: rows.lowerBound, to: rows.upperBound, by: most) {
            let part = begin..<min(begin + most, rows.upperBound)
            try decoder.decode(part, into: values + (begin - rows.lowerBound) * codes.columns)
        }
    }
}
