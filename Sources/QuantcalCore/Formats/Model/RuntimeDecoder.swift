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
    /// The group of each column.
    private let groupOf: Scratch<Int32>
    private var sharedScale: Float = 1

    init(_ file: ModelFile, _ tensor: ModelFile.Tensor, _ codes: ModelFile.RuntimeCodes) throws(QuantcalError)
    {
        (self.file, self.codes, name) = (file, codes, tensor.name)
        table = try Scratch(256)
        groupOf = try Scratch(codes.columns)
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
        for column in 0..<codes.columns { groupOf.buffer[column] = Int32(truncatingIfNeeded: column / width) }
        guard let part = codes.columnGroups else { return }
        let stored = try Scratch<Int32>(codes.columns)
        try file.files[part.file].read(
            part.range.count, at: part.range.lowerBound, into: stored.buffer.baseAddress!)
        if stored.buffer.allSatisfy({ $0 == -1 }), (codes.columns - 1) / width < codes.groups { return }
        for (column, group) in stored.buffer.enumerated() {
            guard group >= 0, Int(group) < codes.groups else {
                throw failure("column \(column) is of group \(group), of \(codes.groups)")
            }
            groupOf.buffer[column] = group
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
        let (memory, lanes) = (UnsafePointer(packed.memory.buffer.baseAddress!), packed.lanes)
        let (scales, zeros) = (scaleMemory.buffer.baseAddress!, zeroMemory.buffer.baseAddress!)
        let firstScale = strip.lowerBound / codes.block.rows
        let isByGroup = codes.isGroupMajor
        Parallel.forEachRange(of: rows.count, grain: max(1, (1 << 16) / codes.columns)) { part in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: GroupLayout.chunk) { unpacked in
                for index in part {
                    let row = rows.lowerBound + index - first
                    let scaleRow = (first + row) / codes.block.rows - firstScale
                    let line = isByGroup ? row : scaleRow * codes.groups
                    let step = isByGroup ? strip.count : 1
                    decode(
                        row, memory, lanes, scales + line, zeros + line, step, unpacked.baseAddress!,
                        into: values + index * codes.columns)
                }
            }
        }
    }

    private func decode(
        _ row: Int, _ memory: UnsafePointer<UInt8>, _ lanes: PackedLanes, _ scales: UnsafePointer<Float>,
        _ zeros: UnsafePointer<Float>, _ step: Int, _ unpacked: UnsafeMutablePointer<UInt8>,
        into values: UnsafeMutablePointer<Float>
    ) {
        let (levels, groups) = (table.buffer.baseAddress!, groupOf.buffer.baseAddress!)
        for begin in stride(from: 0, to: codes.columns, by: GroupLayout.chunk) {
            let end = min(begin + GroupLayout.chunk, codes.columns)
            if lanes.runsDownRows || lanes.wordStride != 1 {
                lanes.unpack(row: row, columns: begin..<end, in: memory, into: unpacked)
            } else {
                let line = memory + row * lanes.laneStride * lanes.wordBytes
                PackedCodes.unpackRun(
                    line + begin / 8 * codes.bits, end - begin, codes.bits, false, unpacked)
            }
            for column in begin..<end {
                let group = Int(groups[column]) * step
                values[column] = (levels[Int(unpacked[column - begin])] - zeros[group]) * scales[group]
            }
        }
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
        let lanes = try format.codes(rows: strip.count, columns: columns, bits: bits)
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
        if codes.sharedScale != nil {
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
        let lanes = try format.zeros(rows: strip.count, groups: groups, bits: bits)
        let memory = try Scratch<UInt8>(lanes.bytes)
        if codes.isGroupMajor {
            try readLines(
                part, lines: groups, lineBytes: codes.rows * bits / 8,
                strip.lowerBound * bits / 8..<strip.upperBound * bits / 8, into: memory.buffer.baseAddress!)
        } else {
            try file.files[part.file].read(
                lanes.bytes, at: part.range.lowerBound + strip.lowerBound * bits / 32 * groups * 4,
                into: memory.buffer.baseAddress!)
        }
        let zeros = try Scratch<Float>(groups * strip.count)
        let bytes = UnsafePointer(memory.buffer.baseAddress!)
        for row in 0..<strip.count {
            for group in 0..<groups {
                let index = codes.isGroupMajor ? group * strip.count + row : row * groups + group
                zeros.buffer[index] =
                    Float(Int(lanes.code(row: row, column: group, in: bytes)) + codes.zeroOffset)
            }
        }
        return zeros
    }
}

extension ModelFile {
    /// Rows of a matrix in the layout of another runtime.
    func readRuntimeCodes(
        _ tensor: Tensor, _ codes: RuntimeCodes, _ rows: Range<Int>, into values: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        guard !rows.isEmpty else { return }
        let decoder = try RuntimeDecoder(self, tensor, codes)
        let most = max(1, Self.piece / 32 / codes.columns) * 32
        for begin in stride(from: rows.lowerBound, to: rows.upperBound, by: most) {
            let part = begin..<min(begin + most, rows.upperBound)
            try decoder.decode(part, into: values + (begin - rows.lowerBound) * codes.columns)
        }
    }
}
