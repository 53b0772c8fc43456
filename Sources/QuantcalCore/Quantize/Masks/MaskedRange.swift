/// Range rules for a part of a matrix: means, ranges and percentiles are those of the selected elements.
extension RangeFitter {
    public func callAsFunction(
        _ values: UnsafePointer<Float>, _ layout: GroupLayout, _ mask: ElementMask, _ progress: Progress,
        scales: UnsafeMutablePointer<Float>, zeros: UnsafeMutablePointer<Float>?
    ) throws(QuantcalError) { try fitPart(values, layout, mask, progress, scales, zeros) }

    public func callAsFunction(
        _ values: UnsafePointer<HalfBits>, _ layout: GroupLayout, _ mask: ElementMask, _ progress: Progress,
        scales: UnsafeMutablePointer<Float>, zeros: UnsafeMutablePointer<Float>?
    ) throws(QuantcalError) { try fitPart(values, layout, mask, progress, scales, zeros) }

    public func callAsFunction(
        _ values: UnsafePointer<BFloat16Bits>, _ layout: GroupLayout, _ mask: ElementMask,
        _ progress: Progress, scales: UnsafeMutablePointer<Float>, zeros: UnsafeMutablePointer<Float>?
    ) throws(QuantcalError) { try fitPart(values, layout, mask, progress, scales, zeros) }

    private func fitPart<T: WeightElement>(
        _ values: UnsafePointer<T>, _ layout: GroupLayout, _ mask: ElementMask, _ progress: Progress,
        _ scales: UnsafeMutablePointer<Float>, _ zeros: UnsafeMutablePointer<Float>?
    ) throws(QuantcalError) {
        // Whether a matrix is refused does not depend on the mask.
        try requireEncodable(values, layout, Float.greatestFiniteMagnitude.bitPattern, .none)
        try fit(values, layout, mask, nil, progress, scales, zeros)
    }
}
