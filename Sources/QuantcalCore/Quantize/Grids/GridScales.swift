/// Min-max scales: the smallest with which every value of a group lies between the outermost levels.
extension CompiledGrid {
    public func scales(
        of values: UnsafePointer<Float>, _ layout: GroupLayout, _ progress: Progress,
        into scales: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try matrixScales(values, layout, progress, scales) }

    public func scales(
        of values: UnsafePointer<HalfBits>, _ layout: GroupLayout, _ progress: Progress,
        into scales: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try matrixScales(values, layout, progress, scales) }

    public func scales(
        of values: UnsafePointer<BFloat16Bits>, _ layout: GroupLayout, _ progress: Progress,
        into scales: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) { try matrixScales(values, layout, progress, scales) }

    private func matrixScales<T: WeightElement>(
        _ values: UnsafePointer<T>, _ layout: GroupLayout, _ progress: Progress,
        _ scales: UnsafeMutablePointer<Float>
    ) throws(QuantcalError) {
        guard layout.groupCount > 0 else { return }
        let (lowest, highest) = (lowest, highest)
        let made = try layout.mappedRanges(values, progress) { ranges, scales in
            let done = lowest == -highest ? Self.scales(ranges, reaching: highest, scales) : 0
            for index in done..<ranges.count {
                scales[index] = Self.scale(
                    below: Double(ranges[index].minimum), above: Double(ranges[index].maximum),
                    lowest: lowest, highest: highest)
            }
        }
        scales.update(from: made.buffer.baseAddress!, count: layout.groupCount)
    }

    /// The same, eight groups at a time, where the outermost levels are as far from 0: a quotient in double
    /// rounded to single precision is the one in single precision, but below its smallest normal number.
    /// Returns for how many groups that was done.
    private static func scales(
        _ ranges: UnsafeBufferPointer<ValueRange>, reaching highest: Float,
        _ scales: UnsafeMutablePointer<Float>
    ) -> Int {
        typealias Eight = SIMD8<Float>
        guard highest > 0 else { return 0 }
        let ends = UnsafeRawPointer(ranges.baseAddress!)
        let whole = ranges.count / 8 * 8
        for first in stride(from: 0, to: whole, by: 8) {
            let both = ends.loadUnaligned(
                fromByteOffset: first * MemoryLayout<ValueRange>.stride, as: SIMD16<Float>.self)
            let (below, above) = (-both.evenHalf, both.oddHalf)
            let largest = above.replacing(with: below, where: below .> above)
            var scale = largest / highest
            scale.replace(
                with: .leastNormalMagnitude, where: scale .< Eight(repeating: .leastNormalMagnitude))
            scale.replace(with: 1, where: largest .<= Eight.zero)
            let reached = scale * highest
            // Next to the largest number, each by itself.
            guard all(reached .< Eight(repeating: .infinity)) else { return first }
            UnsafeMutableRawPointer(scales + first).storeBytes(of: scale, as: Eight.self)
        }
        return whole
    }

    /// The scale of a range that holds 0.
    func scale(below minimum: Double, above maximum: Double) -> Float {
        Self.scale(below: minimum, above: maximum, lowest: lowest, highest: highest)
    }

    @inline(__always) private static func scale(
        below minimum: Double, above maximum: Double, lowest: Float, highest: Float
    ) -> Float {
        let above = highest > 0 ? maximum / Double(highest) : 0
        let below = lowest < 0 ? minimum / Double(lowest) : 0
        // No branch here depends on what the range is like: where groups are small, they take the time.
        let least = above > below ? above : below
        guard least > 0 else { return 1 }
        var scale = Float(least)
        scale = scale < .leastNormalMagnitude ? .leastNormalMagnitude : scale
        if (scale * highest).isFinite, (scale * lowest).isFinite { return scale }
        return usable(least, reaching: above > below ? highest : lowest)
    }

    /// The scale in single precision, which may not have it, or round it up next to the largest number:
    /// normal, and such that a level does not decode to an infinity.
    static func usable(_ exact: Double, reaching level: Float) -> Float {
        let largest = Double(Float.greatestFiniteMagnitude) / max(1, Double(abs(level)))
        var scale = max(Float(min(exact, largest)), .leastNormalMagnitude)
        while !(scale * level).isFinite { scale = scale.nextDown }
        return scale
    }
}
