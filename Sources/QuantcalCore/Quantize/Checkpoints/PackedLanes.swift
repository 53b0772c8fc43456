/// Where the codes of a matrix lie in words of another layout. A lane is a row or a column whose codes follow
/// one another, lowest bits first, through words that need not be neighbours.
struct PackedLanes {
    /// The index of an element in its lane is its row; otherwise its column.
    let runsDownRows: Bool
    let bits: Int
    let wordBytes: Int
    /// From one word of a lane to the next, and from a lane to the next, in words.
    let wordStride: Int
    let laneStride: Int
    /// Of eight neighbours those with even indices come first.
    let isInterleaved: Bool
    let bytes: Int

    enum Order {
        /// All words of a lane, then those of the next.
        case lanes
        /// The first word of each lane, then the second.
        case words
    }

    init(
        lanes: Int, length: Int, runsDownRows: Bool, bits: Int, wordBytes: Int, order: Order,
        isInterleaved: Bool = false
    ) throws(QuantcalError) {
        let (bitCount, overflow) = length.multipliedReportingOverflow(by: bits)
        let wordBits = 8 * wordBytes
        let words = bitCount / wordBits + (bitCount % wordBits == 0 ? 0 : 1)
        let (count, tooMany) = lanes.multipliedReportingOverflow(by: words)
        let (bytes, tooLarge) = count.multipliedReportingOverflow(by: wordBytes)
        guard !overflow, !tooMany, !tooLarge else {
            throw QuantcalError(.size, "the matrix is too large for this layout")
        }
        (self.runsDownRows, self.bits, self.wordBytes) = (runsDownRows, bits, wordBytes)
        (self.isInterleaved, self.bytes) = (isInterleaved, bytes)
        (wordStride, laneStride) = order == .lanes ? (1, words) : (lanes, 1)
    }

    /// Adds a code to memory in which its bits are 0.
    @inline(__always) func add(
        _ code: UInt8, row: Int, column: Int, to memory: UnsafeMutablePointer<UInt8>
    ) {
        let (lane, bit) = place(row, column)
        let shift = bit & 7
        memory[byte(lane, bit)] |= code << UInt8(shift)
        if shift + bits > 8 { memory[byte(lane, bit + 8 - shift)] |= code >> UInt8(8 - shift) }
    }

    @inline(__always) func code(row: Int, column: Int, in memory: UnsafePointer<UInt8>) -> UInt8 {
        let (lane, bit) = place(row, column)
        let shift = bit & 7
        var code = memory[byte(lane, bit)] >> UInt8(shift)
        if shift + bits > 8 { code |= memory[byte(lane, bit + 8 - shift)] << UInt8(8 - shift) }
        return code & UInt8(truncatingIfNeeded: (1 << bits) - 1)
    }

    /// The codes of some columns of a row, the first of which begins a word if words run along the row.
    func unpack(
        row: Int, columns: Range<Int>, in memory: UnsafePointer<UInt8>,
        into codes: UnsafeMutablePointer<UInt8>
    ) {
        let (_, bit) = place(row, columns.lowerBound)
        let mask = UInt32(1) << UInt32(bits) - 1
        if runsDownRows, bit & 7 + bits <= 8 {
            // The same bits of each lane.
            let (first, step) = (memory + byte(0, bit), laneStride * wordBytes)
            for (index, column) in columns.enumerated() {
                codes[index] = first[column * step] >> UInt8(bit & 7) & UInt8(truncatingIfNeeded: mask)
            }
        } else if !runsDownRows, wordBytes == 4, 32 % bits == 0, bit % 32 == 0 {
            var word = memory + byte(row, bit)
            for begin in stride(from: 0, to: columns.count, by: 32 / bits) {
                var rest = UInt32(littleEndian: UnsafeRawPointer(word).loadUnaligned(as: UInt32.self))
                for index in begin..<min(begin + 32 / bits, columns.count) {
                    codes[index] = UInt8(truncatingIfNeeded: rest & mask)
                    rest >>= UInt32(bits)
                }
                word += 4 * wordStride
            }
        } else {
            for (index, column) in columns.enumerated() {
                codes[index] = code(row: row, column: column, in: memory)
            }
        }
    }

    @inline(__always) private func place(_ row: Int, _ column: Int) -> (lane: Int, bit: Int) {
        let (lane, index) = runsDownRows ? (column, row) : (row, column)
        guard isInterleaved else { return (lane, index * bits) }
        let slot = (index & 1) << 2 | (index & 7) >> 1
        return (lane, (index & ~7 | slot) * bits)
    }

    @inline(__always) private func byte(_ lane: Int, _ bit: Int) -> Int {
        let (word, rest) = (bit / (8 * wordBytes), bit % (8 * wordBytes))
        return (word * wordStride + lane * laneStride) * wordBytes + rest / 8
    }
}
