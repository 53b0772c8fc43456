/// The IQ2 and IQ3 types: 256 elements as points of a codebook of magnitudes, with signs apart.

/// Writes eight numbers: magnitudes from one or two points, negative where a bit of `signs` is set.
@inline(__always) private func store(
    _ low: UnsafePointer<Int8>, _ high: UnsafePointer<Int8>, signs: UInt32, _ scale: Float,
    _ values: UnsafeMutablePointer<Float>
) {
    for index in 0..<8 {
        let magnitude = scale * Float(index < 4 ? low[index] : high[index - 4])
        values[index] = signs >> UInt32(index) & 1 == 0 ? magnitude : -magnitude
    }
}

/// Seven signs, and an eighth that makes the number of negative ones even.
@inline(__always) private func evenSigns(_ seven: UInt32) -> UInt32 {
    seven & 127 | UInt32(truncatingIfNeeded: (seven & 127).nonzeroBitCount & 1) << 7
}

/// The scale of a part: (1/2 + factor) times a fraction of the block's scale.
@inline(__always) private func step(_ scale: Float, _ factor: UInt32, _ fraction: Float) -> Float {
    scale * (0.5 + Float(factor)) * fraction
}

/// For each 32 elements four bytes of points, and a word of 4 x 7 signs and a scale above them.
enum GgmlIQ2XXS: GgmlBlock {
    static var type: GgmlType { .iq2_XXS }

    static func decode(_ block: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>) {
        let (scale, book) = (block.half(at: 0), GgmlCodebook.iq2xxs)
        for part in 0..<8 {
            let bytes = block + 2 + 8 * part
            let word = bytes.integer32(at: 4)
            let step = step(scale, word >> 28, 0.25)
            for run in 0..<4 {
                let point = book[UInt32(bytes[run])]
                let signs = evenSigns(word >> UInt32(7 * run))
                store(point, point + 4, signs: signs, step, values + 32 * part + 8 * run)
            }
        }
    }
}

/// For each 8 elements a word of 9 bits of point and 7 signs; scales of 4 bits for each 16.
enum GgmlIQ2XS: GgmlBlock {
    static var type: GgmlType { .iq2_XS }

    static func decode(_ block: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>) {
        let (scale, book) = (block.half(at: 0), GgmlCodebook.iq2xs)
        for run in 0..<32 {
            let factor = block[66 + run / 4] >> UInt8(run / 2 % 2 * 4) & 15
            let word = block.integer16(at: 2 + 2 * run)
            let point = book[word & 511]
            let step = step(scale, UInt32(factor), 0.25)
            store(point, point + 4, signs: evenSigns(word >> 9), step, values + 8 * run)
        }
    }
}

/// Points of 10 bits, the high two apart; all eight signs; scales of 4 bits for each 16.
enum GgmlIQ2S: GgmlBlock {
    static var type: GgmlType { .iq2_S }

    static func decode(_ block: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>) {
        let (scale, book) = (block.half(at: 0), GgmlCodebook.iq2s)
        for run in 0..<32 {
            let factor = block[74 + run / 4] >> UInt8(run / 2 % 2 * 4) & 15
            let high = UInt32(block[66 + run / 4] >> UInt8(run % 4 * 2) & 3)
            let point = book[UInt32(block[2 + run]) | high << 8]
            let step = step(scale, UInt32(factor), 0.25)
            store(point, point + 4, signs: UInt32(block[34 + run]), step, values + 8 * run)
        }
    }
}

/// Points of four numbers; for each 32 elements a word of 4 x 7 signs and a scale above them.
enum GgmlIQ3XXS: GgmlBlock {
    static var type: GgmlType { .iq3_XXS }

    static func decode(_ block: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>) {
        let (scale, book) = (block.half(at: 0), GgmlCodebook.iq3xxs)
        for part in 0..<8 {
            let word = block.integer32(at: 66 + 4 * part)
            let step = step(scale, word >> 28, 0.5)
            for run in 4 * part..<4 * part + 4 {
                let signs = evenSigns(word >> UInt32(7 * (run % 4)))
                let low = book[UInt32(block[2 + 2 * run])]
                let high = book[UInt32(block[3 + 2 * run])]
                store(low, high, signs: signs, step, values + 8 * run)
            }
        }
    }
}

/// Points of 9 bits, the highest apart; all eight signs; scales of 4 bits for each 32.
enum GgmlIQ3S: GgmlBlock {
    static var type: GgmlType { .iq3_S }

    static func decode(_ block: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>) {
        let (scale, book) = (block.half(at: 0), GgmlCodebook.iq3s)
        for run in 0..<32 {
            let factor = block[106 + run / 8] >> UInt8(run / 4 % 2 * 4) & 15
            let step = scale * Float(1 + 2 * Int32(factor))
            let highs = UInt32(block[66 + run / 4]) >> UInt32(run % 4 * 2)
            let low = book[UInt32(block[2 + 2 * run]) | (highs & 1) << 8]
            let high = book[UInt32(block[3 + 2 * run]) | (highs >> 1 & 1) << 8]
            store(low, high, signs: UInt32(block[74 + run]), step, values + 8 * run)
        }
    }
}

/// Trits that are all moved by an eighth up or down.
@inline(__always) private func store(
    _ point: UnsafePointer<Int8>, isDown: Bool, _ step: Float, _ values: UnsafeMutablePointer<Float>
) {
    let shift: Float = isDown ? -0.125 : 0.125
    for index in 0..<8 { values[index] = step * (Float(point[index]) + shift) }
}

/// For each 32 elements a word: 4 x 3 high bits of the points, a scale of three bits, the direction.
enum GgmlIQ1S: GgmlBlock {
    static var type: GgmlType { .iq1_S }

    static func decode(_ block: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>) {
        let (scale, book) = (block.half(at: 0), GgmlCodebook.iq1)
        for run in 0..<32 {
            let word = block.integer16(at: 34 + 2 * (run / 4))
            let step = scale * Float(2 * Int32(word >> 12 & 7) + 1)
            let point = book[UInt32(block[2 + run]) | (word >> UInt32(run % 4 * 3) & 7) << 8]
            store(point, isDown: word >> 15 != 0, step, values + 8 * run)
        }
    }
}

/// The block's scale is in the top nibbles of four words of scales, which have 3 bits for each 16 elements;
/// a nibble for each 8 holds three high bits of the point and the direction.
enum GgmlIQ1M: GgmlBlock {
    static var type: GgmlType { .iq1_M }

    static func decode(_ block: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>) {
        var bits: UInt32 = 0
        for word in 0..<4 { bits |= (block.integer16(at: 48 + 2 * word) >> 12) << UInt32(4 * word) }
        let scale = HalfBits(bits: UInt16(truncatingIfNeeded: bits)).single
        let book = GgmlCodebook.iq1
        for run in 0..<32 {
            let part = run / 2
            let factor = block.integer16(at: 48 + 2 * (part / 4)) >> UInt32(part % 4 * 3) & 7
            let high = UInt32(block[32 + part] >> UInt8(run % 2 * 4) & 15)
            let point = book[UInt32(block[run]) | (high & 7) << 8]
            store(point, isDown: high & 8 != 0, scale * Float(2 * Int32(factor) + 1), values + 8 * run)
        }
    }
}
