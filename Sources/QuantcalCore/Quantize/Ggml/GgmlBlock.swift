/// One kind of block, as it lies in memory. Sources: the structs and comments of ggml-common.h and the
/// decoders of the `gguf` package; all numbers are little-endian, arithmetic is in single precision and
/// every operation rounds.
protocol GgmlBlock {
    static var type: GgmlType { get }

    /// Every pattern of bytes decodes; scales that are not finite give infinities and NaN.
    static func decode(_ block: UnsafePointer<UInt8>, _ values: UnsafeMutablePointer<Float>)
}

extension UnsafePointer<UInt8> {
    @inline(__always) func integer16(at offset: Int) -> UInt32 {
        UInt32(self[offset]) | UInt32(self[offset + 1]) << 8
    }

    @inline(__always) func integer32(at offset: Int) -> UInt32 {
        integer16(at: offset) | integer16(at: offset + 2) << 16
    }

    @inline(__always) func half(at offset: Int) -> Float {
        HalfBits(bits: UInt16(truncatingIfNeeded: integer16(at: offset))).single
    }
}

extension UnsafeMutablePointer<UInt8> {
    @inline(__always) func store16(_ bits: UInt16, at offset: Int) {
        self[offset] = UInt8(truncatingIfNeeded: bits)
        self[offset + 1] = UInt8(truncatingIfNeeded: bits >> 8)
    }

    /// Rounds to half precision; returns what was stored.
    @discardableResult
    @inline(__always) func store(half value: Float, at offset: Int) -> Float {
        let half = HalfBits(single: value)
        store16(half.bits, at: offset)
        return half.single
    }
}

/// How the bits of levels are spread over bytes. Each form reads levels and writes them; those that add
/// higher bits come after the one that gives the lowest.
enum GgmlBits {
    /// Runs of 2 * `half` elements take `half` bytes: low nibbles the first, high nibbles the second half.
    @inline(__always) static func readNibbles(
        _ bytes: UnsafePointer<UInt8>, count: Int, half: Int, _ levels: UnsafeMutablePointer<UInt8>
    ) {
        for run in 0..<count / (2 * half) {
            let (from, to) = (bytes + run * half, levels + run * 2 * half)
            for index in 0..<half {
                to[index] = from[index] & 15
                to[index + half] = from[index] >> 4
            }
        }
    }

    @inline(__always) static func writeNibbles(
        _ levels: UnsafePointer<UInt8>, count: Int, half: Int, _ bytes: UnsafeMutablePointer<UInt8>
    ) {
        for run in 0..<count / (2 * half) {
            let (from, to) = (levels + run * 2 * half, bytes + run * half)
            for index in 0..<half { to[index] = from[index] & 15 | from[index + half] << 4 }
        }
    }

    /// 32 levels of four or five bits: of five their fifth bits first.
    @inline(__always) static func writeIntegers(
        _ levels: UnsafePointer<UInt8>, bits: Int, _ bytes: UnsafeMutablePointer<UInt8>
    ) {
        guard bits == 5 else { return writeNibbles(levels, count: 32, half: 16, bytes) }
        var fifths: UInt32 = 0
        for index in 0..<32 { fifths |= UInt32(levels[index] >> 4) << UInt32(index) }
        bytes.store16(UInt16(truncatingIfNeeded: fifths), at: 0)
        bytes.store16(UInt16(truncatingIfNeeded: fifths >> 16), at: 2)
        writeNibbles(levels, count: 32, half: 16, bytes + 4)
    }

    /// Runs of 128 elements take 32 bytes: bits 2t and 2t + 1 of byte l belong to element 32t + l. They are
    /// bits `shift` and `shift` + 1 of the level.
    @inline(__always) static func readPairs(
        _ bytes: UnsafePointer<UInt8>, shift: UInt8, _ levels: UnsafeMutablePointer<UInt8>
    ) {
        for run in 0..<2 {
            for t in 0..<4 {
                let (from, to) = (bytes + 32 * run, levels + 128 * run + 32 * t)
                for index in 0..<32 {
                    let pair = (from[index] >> UInt8(2 * t) & 3) << shift
                    to[index] = shift == 0 ? pair : to[index] | pair
                }
            }
        }
    }

    @inline(__always) static func writePairs(
        _ levels: UnsafePointer<UInt8>, shift: UInt8, _ bytes: UnsafeMutablePointer<UInt8>
    ) {
        for run in 0..<2 {
            let (from, to) = (levels + 128 * run, bytes + 32 * run)
            for index in 0..<32 {
                var byte: UInt8 = 0
                for t in 0..<4 { byte |= (from[32 * t + index] >> shift & 3) << UInt8(2 * t) }
                to[index] = byte
            }
        }
    }

    /// Bit t of byte l, of 32, is bit `shift` of the level of element 32t + l.
    @inline(__always) static func readPlanes(
        _ bytes: UnsafePointer<UInt8>, shift: UInt8, _ levels: UnsafeMutablePointer<UInt8>
    ) {
        for t in 0..<8 {
            let to = levels + 32 * t
            for index in 0..<32 { to[index] |= (bytes[index] >> UInt8(t) & 1) << shift }
        }
    }

    @inline(__always) static func writePlanes(
        _ levels: UnsafePointer<UInt8>, shift: UInt8, _ bytes: UnsafeMutablePointer<UInt8>
    ) {
        for index in 0..<32 {
            var byte: UInt8 = 0
            for t in 0..<8 { byte |= (levels[32 * t + index] >> shift & 1) << UInt8(t) }
            bytes[index] = byte
        }
    }
}

/// Levels of one block while it is decoded.
@inline(__always) func withGgmlLevels(_ body: (UnsafeMutablePointer<UInt8>) -> Void) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 256) { body($0.baseAddress!) }
}
