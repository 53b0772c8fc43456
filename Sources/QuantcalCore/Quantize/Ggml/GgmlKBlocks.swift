/// The K types: 256 elements in sub-blocks, whose scales are integers times one scale of the block.

/// d * s * q - dmin * m in sub-blocks of 16 or 32.
protocol GgmlAffineK: GgmlBlock {
    static var subLength: Int { get }
    /// Where the block's scale is; the scale of the minima follows it.
    static var scaleOffset: Int { get }
    /// Calls `body` with each sub-block's number, scale and minimum.
    static func readScales(_ block: UnsafePointer<UInt8>, _ body: (Int, UInt8, UInt8) -> Void)
    static func readLevels(_ block: UnsafePointer<UInt8>, _ levels: UnsafeMutablePointer<UInt8>)
}

extension GgmlAffineK {
    static var subCount: Int { 256 / subLength }

    @inline(__always) static func decode(
        _ block: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>
    ) {
        let scale = block.half(at: scaleOffset)
        let minimumScale = block.half(at: scaleOffset + 2)
        withGgmlLevels { levels in
            readLevels(block, levels)
            readScales(block) { part, factor, minimumFactor in
                let step = scale * Float(factor)
                let minimum = minimumScale * Float(minimumFactor)
                let (from, to) = (levels + part * subLength, values + part * subLength)
                for index in 0..<subLength { to[index] = step * Float(from[index]) - minimum }
            }
        }
    }
}

enum GgmlQ2K: GgmlAffineK {
    static var type: GgmlType { .q2_K }
    static var subLength: Int { 16 }
    static var scaleOffset: Int { 80 }

    @inline(__always) static func readScales(
        _ block: UnsafePointer<UInt8>, _ body: (Int, UInt8, UInt8) -> Void
    ) {
        for part in 0..<16 { body(part, block[part] & 15, block[part] >> 4) }
    }

    @inline(__always) static func readLevels(
        _ block: UnsafePointer<UInt8>, _ levels: UnsafeMutablePointer<UInt8>
    ) {
        GgmlBits.readPairs(block + 16, shift: 0, levels)
    }
}

/// Eight scales and eight minima of six bits in twelve bytes: the first four of each as they are, with the
/// high bits of the last four above them; then the low nibbles of the last four.
enum GgmlSixBitPairs {
    @inline(__always) static func read(_ bytes: UnsafePointer<UInt8>, _ body: (Int, UInt8, UInt8) -> Void) {
        for part in 0..<4 { body(part, bytes[part] & 63, bytes[4 + part] & 63) }
        for part in 4..<8 {
            let low = bytes[4 + part]
            body(part, low & 15 | (bytes[part - 4] & 192) >> 2, low >> 4 | (bytes[part] & 192) >> 2)
        }
    }

    @inline(__always) static func write(
        _ scales: UnsafePointer<UInt8>, _ minima: UnsafePointer<UInt8>, _ bytes: UnsafeMutablePointer<UInt8>
    ) {
        for part in 0..<4 {
            bytes[part] = scales[part] & 63 | (scales[part + 4] & 48) << 2
            bytes[part + 4] = minima[part] & 63 | (minima[part + 4] & 48) << 2
            bytes[part + 8] = scales[part + 4] & 15 | minima[part + 4] << 4
        }
    }
}

enum GgmlQ4K: GgmlAffineK {
    static var type: GgmlType { .q4_K }
    static var subLength: Int { 32 }
    static var scaleOffset: Int { 0 }

    @inline(__always) static func readScales(
        _ block: UnsafePointer<UInt8>, _ body: (Int, UInt8, UInt8) -> Void
    ) {
        GgmlSixBitPairs.read(block + 4, body)
    }

    @inline(__always) static func readLevels(
        _ block: UnsafePointer<UInt8>, _ levels: UnsafeMutablePointer<UInt8>
    ) {
        GgmlBits.readNibbles(block + 16, count: 256, half: 32, levels)
    }
}

enum GgmlQ5K: GgmlAffineK {
    static var type: GgmlType { .q5_K }
    static var subLength: Int { 32 }
    static var scaleOffset: Int { 0 }

    @inline(__always) static func readScales(
        _ block: UnsafePointer<UInt8>, _ body: (Int, UInt8, UInt8) -> Void
    ) {
        GgmlSixBitPairs.read(block + 4, body)
    }

    @inline(__always) static func readLevels(
        _ block: UnsafePointer<UInt8>, _ levels: UnsafeMutablePointer<UInt8>
    ) {
        GgmlBits.readNibbles(block + 48, count: 256, half: 32, levels)
        GgmlBits.readPlanes(block + 16, shift: 4, levels)
    }
}

/// d * s * (q - zero) in sixteen sub-blocks of 16.
protocol GgmlSignedK: GgmlBlock {
    static var scaleOffset: Int { get }
    static var zero: Int32 { get }
    static func factor(_ block: UnsafePointer<UInt8>, _ part: Int) -> Int32
    static func readLevels(_ block: UnsafePointer<UInt8>, _ levels: UnsafeMutablePointer<UInt8>)
}

extension GgmlSignedK {
    @inline(__always) static func decode(
        _ block: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>
    ) {
        let scale = block.half(at: scaleOffset)
        withGgmlLevels { levels in
            readLevels(block, levels)
            for part in 0..<16 {
                let step = scale * Float(factor(block, part))
                let (from, to) = (levels + part * 16, values + part * 16)
                for index in 0..<16 { to[index] = step * Float(Int32(from[index]) - zero) }
            }
        }
    }
}

/// The third bit is a plane of its own; where it is not set, 4 is taken off, so the zero level is 4.
enum GgmlQ3K: GgmlSignedK {
    static var type: GgmlType { .q3_K }
    static var scaleOffset: Int { 108 }
    static var zero: Int32 { 4 }

    /// Low nibbles of scales k and k + 8 in byte k; two high bits of scales m, m + 4, ... in byte 8 + m.
    @inline(__always) static func factor(_ block: UnsafePointer<UInt8>, _ part: Int) -> Int32 {
        let low = block[96 + part % 8] >> UInt8(part / 8 * 4) & 15
        let high = block[104 + part % 4] >> UInt8(part / 4 * 2) & 3
        return Int32(low | high << 4) - 32
    }

    @inline(__always) static func readLevels(
        _ block: UnsafePointer<UInt8>, _ levels: UnsafeMutablePointer<UInt8>
    ) {
        GgmlBits.readPairs(block + 32, shift: 0, levels)
        GgmlBits.readPlanes(block, shift: 2, levels)
    }
}

enum GgmlQ6K: GgmlSignedK {
    static var type: GgmlType { .q6_K }
    static var scaleOffset: Int { 208 }
    static var zero: Int32 { 32 }

    @inline(__always) static func factor(_ block: UnsafePointer<UInt8>, _ part: Int) -> Int32 {
        Int32(Int8(bitPattern: block[192 + part]))
    }

    @inline(__always) static func readLevels(
        _ block: UnsafePointer<UInt8>, _ levels: UnsafeMutablePointer<UInt8>
    ) {
        GgmlBits.readNibbles(block, count: 256, half: 64, levels)
        GgmlBits.readPairs(block + 128, shift: 4, levels)
    }
}
