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
                scales[index] = Self.scale(
                    below: Double(ranges[index].minimum), above: Double(ranges[index].maximum),
                    lowest: lowest, highest: highest)
            }
        }
        scales.update(from: made.buffer.baseAddress!, count: layout.groupCount)
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
