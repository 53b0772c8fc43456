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
        let made = try layout.mappedRanges(values, progress) { scale(for: $0) }
        scales.update(from: made.buffer.baseAddress!, count: layout.groupCount)
    }

    private func scale(for range: ValueRange) -> Float {
        let above = highest > 0 ? Double(range.maximum) / Double(highest) : 0
        let below = lowest < 0 ? Double(range.minimum) / Double(lowest) : 0
        guard max(above, below) > 0 else { return 1 }
        var scale = max(Float(max(above, below)), .leastNormalMagnitude)
        // Single precision may not have the scale; or it was rounded up, next to the largest number.
        let level = above > below ? highest : lowest
        while !(scale * level).isFinite { scale = scale.nextDown }
        return scale
    }
}
