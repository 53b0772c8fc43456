/// IQ4_NL and IQ4_XS: four-bit indices into sixteen fixed levels.
enum GgmlIQ4 {
    /// 8 * `index` bits of the two words are a level, in two's complement.
    @inline(__always) static func level(_ index: UInt8) -> Float {
        let word: UInt64 = index < 8 ? 0xF6EA_DDCF_BFAD_9881 : 0x7159_4535_2619_0D01
        return Float(Int8(truncatingIfNeeded: word >> UInt64(8 * (index & 7))))
    }
}

enum GgmlIQ4NL: GgmlBlock {
    static var type: GgmlType { .iq4_NL }

    @inline(__always) static func decode(
        _ block: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>
    ) {
        let scale = block.half(at: 0)
        withGgmlLevels { indices in
            GgmlBits.readNibbles(block + 2, count: 32, half: 16, indices)
            for index in 0..<32 { values[index] = scale * GgmlIQ4.level(indices[index]) }
        }
    }
}

/// Eight sub-blocks of 32, each with a scale of six bits: low nibbles by pairs, high bits in one word.
enum GgmlIQ4XS: GgmlBlock {
    static var type: GgmlType { .iq4_XS }

    @inline(__always) static func decode(
        _ block: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>
    ) {
        let scale = block.half(at: 0)
        withGgmlLevels { indices in
            GgmlBits.readNibbles(block + 8, count: 256, half: 16, indices)
            for part in 0..<8 {
                let step = scale * Float(factor(block, part))
                for index in 32 * part..<32 * part + 32 {
                    values[index] = step * GgmlIQ4.level(indices[index])
                }
            }
        }
    }

    @inline(__always) static func factor(_ block: UnsafePointer<UInt8>, _ part: Int) -> Int32 {
        let low = block[4 + part / 2] >> UInt8(part % 2 * 4) & 15
        let high = block[2 + part / 4] >> UInt8(part % 4 * 2) & 3
        return Int32(low | high << 4) - 32
    }
}
