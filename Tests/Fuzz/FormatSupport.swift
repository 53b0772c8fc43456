/// Converts a tensor in every way. Each conversion refuses it, or gives all its elements.
func requireConversions(_ tensor: TensorView) {
    require(tensor.range.count * 8 == tensor.type.bitCount(shape: tensor.shape), "a size beside its shape")
    requireCount(tensor) { () throws(QuantcalError) in try tensor.floats().count }
    requireCount(tensor) { () throws(QuantcalError) in try tensor.doubles().count }
    requireCount(tensor) { () throws(QuantcalError) in try tensor.integers().count }
}

private func requireCount(_ tensor: TensorView, _ convert: () throws(QuantcalError) -> Int) {
    do throws(QuantcalError) {
        let count = try convert()
        require(count == tensor.count, "\(count) elements converted of \(tensor.count)")
        require(
            tensor.shape.contains(0) ? count == 0 : count == tensor.shape.reduce(1, *),
            "a count beside its shape")
    } catch { requireGoodMessage(error) }
}

/// The bytes with a header's length that fits: the header starts at `start` and ends with the last
/// '}'. Without this, hardly any change of a header's length gets past the first check. Nil if there
/// is no such header.
func withFittingLength(_ bytes: UnsafeRawBufferPointer, at place: Int, width: Int) -> [UInt8]? {
    let start = place + width
    guard bytes.count > start, let end = bytes.lastIndex(of: UInt8(ascii: "}")), end >= start else {
        return nil
    }
    var copy = Array(bytes)
    for byte in 0..<width { copy[place + byte] = UInt8(truncatingIfNeeded: (end + 1 - start) >> (8 * byte)) }
    return copy
}
