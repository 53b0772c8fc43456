/// The roundings of ggml's encoders. None can trap: what is not finite, or far outside of what a level can
/// be, ends at a bound.
enum GgmlRounding {
    /// To the nearest integer, ties to even; between -2^22 and 2^22, where the sum with 1.5 * 2^23 leaves the
    /// result in the low bits. NaN is the lower bound.
    @inline(__always) static func nearest(_ value: Float) -> Int32 {
        let bound: Float = 4_194_303
        let bounded = value > -bound ? (value < bound ? value : bound) : -bound
        return Int32(truncatingIfNeeded: (bounded + 12_582_912).bitPattern & 0x7F_FFFF) - 0x40_0000
    }

    @inline(__always) static func nearest(_ value: Float, _ low: Int32, _ high: Int32) -> Int32 {
        let level = nearest(value)
        return level < low ? low : (level > high ? high : level)
    }

    /// Ties away from zero, between -127 and 127.
    @inline(__always) static func awayFromZero(_ value: Float) -> Int32 {
        let magnitude = value.magnitude
        let even = nearest(magnitude)
        let level = even + (magnitude - Float(even) == 0.5 ? 1 : 0)
        let bounded = level > 127 ? 127 : level
        return value < 0 ? -bounded : bounded
    }

    /// Towards zero, 0 to `high`.
    @inline(__always) static func truncated(_ value: Float, _ high: Int32) -> Int32 {
        let even = nearest(value)
        let level = even - (Float(even) > value ? 1 : 0)
        return level < 0 ? 0 : (level > high ? high : level)
    }

    /// 1 / d; 0 where that is not a finite number.
    @inline(__always) static func inverse(_ value: Float) -> Float {
        let inverse = 1 / value
        return inverse.isFinite ? inverse : 0
    }
}

/// The first of the lowest values, and the first of the highest.
@inline(__always) func ggmlRange(_ values: UnsafePointer<Float>, _ count: Int) -> (low: Float, high: Float) {
    var (low, high) = (values[0], values[0])
    for index in 1..<count {
        low = values[index] < low ? values[index] : low
        high = values[index] > high ? values[index] : high
    }
    return (low, high)
}

/// The first of the values with the largest magnitude.
@inline(__always) func ggmlExtreme(_ values: UnsafePointer<Float>, _ count: Int) -> Float {
    var extreme = values[0]
    var magnitude = extreme.magnitude
    for index in 1..<count where values[index].magnitude > magnitude {
        extreme = values[index]
        magnitude = extreme.magnitude
    }
    return extreme
}

@inline(__always) func ggmlPeak(_ values: UnsafePointer<Float>, _ count: Int) -> Float {
    var peak: Float = 0
    for index in 0..<count { peak = values[index].magnitude > peak ? values[index].magnitude : peak }
    return peak
}
