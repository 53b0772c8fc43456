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
            for index in ranges.indices {
                scales[index] = Self.scale(for: ranges[index], lowest: lowest, highest: highest)
            }
        }
        scales.update(from: made.buffer.baseAddress!, count: layout.groupCount)
    }

    @inline(__always) private static func scale(
        for range: ValueRange, lowest: Float, highest: Float
    ) -> Float {
        let above = highest > 0 ? Double(range.maximum) / Double(highest) : 0
        let below = lowest < 0 ? Double(range.minimum) / Double(lowest) : 0
        // No branch here depends on what the range is like: where groups are small, they take the time.
        let least = above > below ? above : below
        guard least > 0 else { return 1 }
        var scale = Float(least)
        scale = scale < .leastNormalMagnitude ? .leastNormalMagnitude : scale
        if (scale * highest).isFinite, (scale * lowest).isFinite { return scale }
        // Single precision may not have the scale; or it was rounded up, next to the largest number.
        let level = above > below ? highest : lowest
        while !(scale * level).isFinite { scale = scale.nextDown }
        return scale
    }
}
