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
    /// No code is in two words: the bits that are left of a word are not used.
    let hasWholeCodes: Bool
    let bytes: Int

    enum Order {
        /// All words of a lane, then those of the next.
        case lanes
        /// The first word of each lane, then the second.
        case words
    }

    init(
        lanes: Int, length: Int, runsDownRows: Bool, bits: Int, wordBytes: Int, order: Order,
        isInterleaved: Bool = false, hasWholeCodes: Bool = false
    ) throws(QuantcalError) {
        let (bitCount, overflow) = length.multipliedReportingOverflow(by: bits)
        let wordBits = 8 * wordBytes
        let unit = hasWholeCodes ? wordBits / bits : wordBits
        let units = hasWholeCodes ? length : bitCount
        let words = units / unit + (units % unit == 0 ? 0 : 1)
        let (count, tooMany) = lanes.multipliedReportingOverflow(by: words)
        let (bytes, tooLarge) = count.multipliedReportingOverflow(by: wordBytes)
        guard !overflow, !tooMany, !tooLarge else {
            throw QuantcalError(.size, "the matrix is too large for this layout")
        }
        (self.runsDownRows, self.bits, self.wordBytes) = (runsDownRows, bits, wordBytes)
        (self.isInterleaved, self.hasWholeCodes, self.bytes) = (isInterleaved, hasWholeCodes, bytes)
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
        } else if !runsDownRows, wordBytes == 4, hasWholeCodes || 32 % bits == 0 {
            var word = memory + byte(row, bit / 32 * 32)
            var shift = bit % 32
            var index = 0
            while index < columns.count {
                var rest = UInt32(littleEndian: UnsafeRawPointer(word).loadUnaligned(as: UInt32.self))
                rest >>= UInt32(shift)
                for _ in index..<min(index + (32 - shift) / bits, columns.count) {
                    codes[index] = UInt8(truncatingIfNeeded: rest & mask)
                    rest >>= UInt32(bits)
                    index += 1
                }
                (word, shift) = (word + 4 * wordStride, 0)
            }
        } else {
            for (index, column) in columns.enumerated() {
                codes[index] = code(row: row, column: column, in: memory)
            }
        }
    }

    /// Whether the words of a row, or of the rows that share them, are far from one another.
    var isScattered: Bool { wordBytes == 4 && wordStride != laneStride && (runsDownRows || wordStride != 1) }

    /// Words that lie side by side are gathered by so many: a line of a cache.
    static var gathered: Int { 16 }

    /// Rows whose codes are in the words that are gathered at once.
    var gatheredRows: Int { runsDownRows ? Self.gathered * 32 / bits : Self.gathered }

    /// Gathers words `first` to `first` + `count` of each of `lines` lines of `across` words: each of them with its
    /// neighbours in the other lines, `pitch` words from the next one.
    static func gather(
        _ memory: UnsafePointer<UInt8>, across: Int, lines: Int, pitch: Int, _ first: Int, _ count: Int,
        into words: UnsafeMutablePointer<UInt32>
    ) {
        for line in 0..<lines {
            let source = UnsafeRawPointer(memory + 4 * (line * across + first))
            for word in 0..<count {
                words[word * pitch + line] = source.loadUnaligned(fromByteOffset: 4 * word, as: UInt32.self)
            }
        }
    }

    /// The codes of some columns of a row, the first of which begins a byte, of the words that have been gathered
    /// from the row `first` on.
    func unpack(
        row: Int, columns: Range<Int>, gathered words: UnsafePointer<UInt32>, pitch: Int, from first: Int,
        into codes: UnsafeMutablePointer<UInt8>
    ) {
        guard runsDownRows else {
            let bytes = UnsafeRawPointer(words + (row - first) * pitch).assumingMemoryBound(to: UInt8.self)
            return PackedCodes.unpackRun(
                bytes + columns.lowerBound / 8 * bits, columns.count, bits, false, codes)
        }
        let (_, bit) = place(row - first, 0)
        let (line, shift) = (words + bit / 32 * pitch, UInt32(bit % 32))
        let mask = UInt32(1) << UInt32(bits) - 1
        for (index, column) in columns.enumerated() {
            codes[index] = UInt8(truncatingIfNeeded: UInt32(littleEndian: line[column]) >> shift & mask)
        }
    }

    @inline(__always) private func place(_ row: Int, _ column: Int) -> (lane: Int, bit: Int) {
        let (lane, index) = runsDownRows ? (column, row) : (row, column)
        if hasWholeCodes {
            let (word, slot) = index.quotientAndRemainder(dividingBy: 8 * wordBytes / bits)
            return (lane, word * 8 * wordBytes + slot * bits)
        }
        guard isInterleaved else { return (lane, index * bits) }
        let slot = (index & 1) << 2 | (index & 7) >> 1
        return (lane, (index & ~7 | slot) * bits)
    }

    @inline(__always) private func byte(_ lane: Int, _ bit: Int) -> Int {
        let (word, rest) = (bit / (8 * wordBytes), bit % (8 * wordBytes))
        return (word * wordStride + lane * laneStride) * wordBytes + rest / 8
    }
}
