/// Blocks with one scale: halves, bfloat16, and integers of 1, 4, 5 and 8 bits.

enum GgmlF16: GgmlBlock {
    static var type: GgmlType { .f16 }

    @inline(__always) static func decode(
        _ block: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>
    ) { values[0] = block.half(at: 0) }
}

enum GgmlBF16: GgmlBlock {
    static var type: GgmlType { .bf16 }

    @inline(__always) static func decode(
        _ block: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>
    ) { values[0] = Float(bitPattern: block.integer16(at: 0) << 16) }
}

/// The sign of each number, and one magnitude: bit 1 is +d.
enum GgmlQ1_0: GgmlBlock {
    static var type: GgmlType { .q1_0 }

    static func decode(_ block: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>) {
        let scale = block.half(at: 0)
        for index in 0..<128 {
            let bit = block[2 + index / 8] >> UInt8(index % 8) & 1
            values[index] = bit == 1 ? scale : -scale
        }
    }
}

/// 32 integers of a byte: d * q.
enum GgmlQ8_0: GgmlBlock {
    static var type: GgmlType { .q8_0 }

    @inline(__always) static func decode(
        _ block: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>
    ) {
        let scale = block.half(at: 0)
        for index in 0..<32 { values[index] = Float(Int8(bitPattern: block[2 + index])) * scale }
    }
}

/// 32 integers of 4 or 5 bits: the scale, the smallest value if there is one, the fifth bits in the order of
/// the elements if there are any, and the low bits as nibbles.
protocol GgmlSmallInteger: GgmlBlock {
    static var bits: Int { get }
    static var hasMinimum: Bool { get }
}

enum GgmlQ4_0: GgmlSmallInteger {
    static var type: GgmlType { .q4_0 }
    static var bits: Int { 4 }
    static var hasMinimum: Bool { false }
}

enum GgmlQ4_1: GgmlSmallInteger {
    static var type: GgmlType { .q4_1 }
    static var bits: Int { 4 }
    static var hasMinimum: Bool { true }
}

enum GgmlQ5_0: GgmlSmallInteger {
    static var type: GgmlType { .q5_0 }
    static var bits: Int { 5 }
    static var hasMinimum: Bool { false }
}

enum GgmlQ5_1: GgmlSmallInteger {
    static var type: GgmlType { .q5_1 }
    static var bits: Int { 5 }
    static var hasMinimum: Bool { true }
}

extension GgmlSmallInteger {
    static var fifthBitsOffset: Int { hasMinimum ? 4 : 2 }
    static var nibblesOffset: Int { fifthBitsOffset + (bits == 5 ? 4 : 0) }

    @inline(__always) static func decode(
        _ block: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>
    ) {
        let scale = block.half(at: 0)
        withGgmlLevels { levels in
            GgmlBits.readNibbles(block + nibblesOffset, count: 32, half: 16, levels)
            if bits == 5 {
                let fifths = block.integer32(at: fifthBitsOffset)
                for index in 0..<32 {
                    levels[index] |= UInt8(truncatingIfNeeded: fifths >> UInt32(index) & 1) << 4
                }
            }
            if hasMinimum {
                let minimum = block.half(at: 2)
                for index in 0..<32 { values[index] = scale * Float(levels[index]) + minimum }
            } else {
                let zero = Int32(1) << Int32(bits - 1)
                for index in 0..<32 { values[index] = scale * Float(Int32(levels[index]) - zero) }
            }
        }
    }
}
