/// A kind of block whose scales can be chosen.
protocol GgmlTunable: GgmlEncodable {
    static var form: GgmlForm { get }
    static func readScales(_ block: UnsafePointer<UInt8>, _ scales: GgmlScales)
    /// `levels` are above the lowest.
    static func write(
        _ scales: GgmlScales, _ levels: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>)
}

extension GgmlTunable {
    @inline(__always) fileprivate static func set(
        _ scales: GgmlScales, _ scale: Float, _ minimumScale: Float = 0
    ) {
        scales.scales.update(repeating: scale, count: form.partCount)
        scales.minimumScales.update(repeating: minimumScale, count: form.partCount)
    }

    /// Factors as blocks store them.
    @inline(__always) fileprivate static func withBytes(
        _ factors: UnsafePointer<Float>, above zero: Int32 = 0, _ body: (UnsafePointer<UInt8>) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { bytes in
            for part in 0..<form.partCount {
                bytes[part] = UInt8(truncatingIfNeeded: Int32(factors[part]) + zero)
            }
            body(UnsafePointer(bytes.baseAddress!))
        }
    }
}

extension GgmlTunable where Self: GgmlAffineKEncodable {
    static func readScales(_ block: UnsafePointer<UInt8>, _ scales: GgmlScales) {
        set(scales, block.half(at: scaleOffset), block.half(at: scaleOffset + 2))
        readScales(block) { part, factor, minimumFactor in
            scales.factors[part] = Float(factor)
            scales.minimumFactors[part] = Float(minimumFactor)
        }
    }

    static func write(
        _ scales: GgmlScales, _ levels: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>
    ) {
        block.store(half: scales.scales[0], at: scaleOffset)
        block.store(half: scales.minimumScales[0], at: scaleOffset + 2)
        withBytes(scales.factors) { factors in
            withBytes(scales.minimumFactors) { writeScales(factors, $0, block) }
        }
        writeLevels(levels, block)
    }
}

extension GgmlTunable where Self: GgmlSignedKEncodable {
    static func readScales(_ block: UnsafePointer<UInt8>, _ scales: GgmlScales) {
        set(scales, block.half(at: scaleOffset))
        for part in 0..<16 {
            scales.factors[part] = Float(factor(block, part))
            scales.minimumFactors[part] = 0
        }
    }

    static func write(
        _ scales: GgmlScales, _ levels: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>
    ) {
        block.store(half: scales.scales[0], at: scaleOffset)
        withBytes(scales.factors, above: factorZero) { writeFactors($0, block) }
        writeLevels(levels, block)
    }
}

extension GgmlQ2K: GgmlTunable {
    static var form: GgmlForm {
        GgmlForm(16, of: 16, levels: 0...3, factors: 0...15, minimumFactors: 0...15, candidates: 8)
    }
}

extension GgmlQ4K: GgmlTunable {
    static var form: GgmlForm {
        GgmlForm(8, of: 32, levels: 0...15, factors: 0...63, minimumFactors: 0...63, candidates: 8)
    }
}

extension GgmlQ5K: GgmlTunable {
    static var form: GgmlForm {
        GgmlForm(8, of: 32, levels: 0...31, factors: 0...63, minimumFactors: 0...63, candidates: 8)
    }
}

extension GgmlQ3K: GgmlTunable {
    static var form: GgmlForm {
        GgmlForm(16, of: 16, levels: -4...3, factors: -32...31, candidates: 18)
    }
}

extension GgmlQ6K: GgmlTunable {
    static var form: GgmlForm {
        GgmlForm(16, of: 16, levels: -32...31, factors: -128...127, candidates: 0)
    }
}

extension GgmlIQ4NL: GgmlTunable {
    static var form: GgmlForm { GgmlForm(1, of: 32, levels: -127...113, isIQ4: true, candidates: 15) }

    static func readScales(_ block: UnsafePointer<UInt8>, _ scales: GgmlScales) {
        set(scales, block.half(at: 0))
        (scales.factors[0], scales.minimumFactors[0]) = (1, 0)
    }

    static func write(
        _ scales: GgmlScales, _ levels: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>
    ) {
        block.store(half: scales.scales[0], at: 0)
        GgmlBits.writeNibbles(levels, count: 32, half: 16, block + 2)
    }
}

extension GgmlIQ4XS: GgmlTunable {
    static var form: GgmlForm {
        GgmlForm(8, of: 32, levels: -127...113, isIQ4: true, factors: -32...31, candidates: 15)
    }

    static func readScales(_ block: UnsafePointer<UInt8>, _ scales: GgmlScales) {
        set(scales, block.half(at: 0))
        for part in 0..<8 {
            scales.factors[part] = Float(factor(block, part))
            scales.minimumFactors[part] = 0
        }
    }

    static func write(
        _ scales: GgmlScales, _ levels: UnsafePointer<UInt8>, _ block: UnsafeMutablePointer<UInt8>
    ) {
        block.store(half: scales.scales[0], at: 0)
        for part in 0..<8 { writeFactor(Int32(scales.factors[part]), part, block) }
        GgmlBits.writeNibbles(levels, count: 256, half: 16, block + 8)
    }
}
