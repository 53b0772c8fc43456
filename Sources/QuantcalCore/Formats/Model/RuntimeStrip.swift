/// Codes, scales and zero points of some rows of a matrix in the layout of another runtime, to be decoded.
struct RuntimeStrip {
    /// Neighbouring columns of one group.
    struct Run {
        let columns: Range<Int>
        let group: Int
    }

    let codes: ModelFile.RuntimeCodes
    let rows: Range<Int>
    let lanes: PackedLanes
    let memory: UnsafePointer<UInt8>
    /// What each code stands for.
    let table: UnsafePointer<Float>
    let runs: [Run]
    let scales, zeros: UnsafePointer<Float>

    /// Columns that are unpacked at once: whole words and bytes in every layout.
    private static var chunk: Int { GroupLayout.chunk }

    /// Some of the rows.
    func decode(_ wanted: Range<Int>, into values: UnsafeMutablePointer<Float>) throws(QuantcalError) {
        let part = wanted.lowerBound - rows.lowerBound..<wanted.upperBound - rows.lowerBound
        let grain = max(1, (1 << 16) / codes.columns)
        guard lanes.isScattered else {
            Parallel.forEachRange(of: part.count, grain: grain) { indices in
                withUnpacked { unpacked in
                    for index in indices {
                        decode(part.lowerBound + index, unpacked, into: values + index * codes.columns) {
                            unpack(part.lowerBound + index, $0, into: $1)
                        }
                    }
                }
            }
            return
        }
        try decodeScattered(part, into: values)
    }

    /// The words of some rows at a time are brought together: each touches one line of a cache then, and not
    /// as many as there are rows.
    private func decodeScattered(
        _ part: Range<Int>, into values: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        let across = lanes.runsDownRows ? rows.count * codes.bits / 32 : rows.count
        let lines = lanes.bytes / 4 / across
        // Lines of the same length as those of the file would compete for places in a cache.
        let pitch = lines + 16
        let band = lanes.gatheredRows
        let bands = part.lowerBound / band..<(part.upperBound - 1) / band + 1
        let scratch = try Scratch<UInt32>(bands.count * PackedLanes.gathered * pitch)
        let words = scratch.buffer.baseAddress!
        Parallel.forEachRange(of: bands.count, grain: max(1, (1 << 16) / (codes.columns * band))) { indices in
            withUnpacked { unpacked in
                for index in indices {
                    let (number, words) = (
                        bands.lowerBound + index, words + index * PackedLanes.gathered * pitch
                    )
                    let first = number * PackedLanes.gathered
                    PackedLanes.gather(
                        memory, across: across, lines: lines, pitch: pitch, first,
                        min(PackedLanes.gathered, across - first), into: words)
                    for row in (number * band..<(number + 1) * band).clamped(to: part) {
                        decode(row, unpacked, into: values + (row - part.lowerBound) * codes.columns) {
                            lanes.unpack(
                                row: row, columns: $0, gathered: words, pitch: pitch, from: number * band,
                                into: $1)
                        }
                    }
                }
            }
        }
    }

    @inline(__always) private func unpack(
        _ row: Int, _ columns: Range<Int>, into codes: UnsafeMutablePointer<UInt8>
    ) {
        guard !lanes.runsDownRows, lanes.wordStride == 1, !lanes.hasWholeCodes else {
            return lanes.unpack(row: row, columns: columns, in: memory, into: codes)
        }
        let line = memory + row * lanes.laneStride * lanes.wordBytes
        PackedCodes.unpackRun(
            line + columns.lowerBound / 8 * lanes.bits, columns.count, lanes.bits, false, codes)
    }

    private func withUnpacked(_ body: (UnsafeMutablePointer<UInt8>) -> Void) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.chunk) { body($0.baseAddress!) }
    }

    @inline(__always) private func decode(
        _ row: Int, _ unpacked: UnsafeMutablePointer<UInt8>, into values: UnsafeMutablePointer<Float>,
        _ unpack: (Range<Int>, UnsafeMutablePointer<UInt8>) -> Void
    ) {
        let scaleRow = (rows.lowerBound + row) / codes.block.rows - rows.lowerBound / codes.block.rows
        let line = codes.isGroupMajor ? row : scaleRow * codes.groups
        let step = codes.isGroupMajor ? rows.count : 1
        var begin = 0
        var end = 0
        for run in runs {
            var columns = run.columns
            let place = line + run.group * step
            while !columns.isEmpty {
                if columns.lowerBound == end {
                    (begin, end) = (end, min(end + Self.chunk, codes.columns))
                    unpack(begin..<end, unpacked)
                }
                let part = columns.clamped(to: begin..<end)
                scale(
                    unpacked + (part.lowerBound - begin), part.count, scales[place], zeros[place],
                    into: values + part.lowerBound)
                columns = part.upperBound..<columns.upperBound
            }
        }
    }

    /// Integers less a zero point are exact, so that codes can be taken for what they stand for.
    @inline(__always) private func scale(
        _ unpacked: UnsafePointer<UInt8>, _ count: Int, _ scale: Float, _ zero: Float,
        into values: UnsafeMutablePointer<Float>
    ) {
        switch codes.levels {
        case .unsigned, .centred:
            let zero = codes.levels == .centred ? zero + Float(1 << (codes.bits - 1)) : zero
            for index in 0..<count { values[index] = (Float(unpacked[index]) - zero) * scale }
        case .twosComplement:
            for index in 0..<count {
                values[index] = (Float(Int8(bitPattern: unpacked[index])) - zero) * scale
            }
        case .grid:
            for index in 0..<count { values[index] = (table[Int(unpacked[index])] - zero) * scale }
        }
    }
}
