/// Any bytes as a state of an isotonic fit: refused with a good message, or a state that is written as the same bytes,
/// has a fit in order, and merges with nothing.
func fuzzStored(_ bytes: UnsafeRawBufferPointer) {
    do throws(QuantcalError) {
        let state = try IsotonicState(bytes: bytes)
        requireSame(state, bytes)
        try requireOrder(state)
        try state.merge(IsotonicState(state.options))
        let copy = IsotonicState(state.options)
        try copy.merge(state)
        requireSame(copy, bytes)
    } catch { requireGoodMessage(error) }
}

private func requireSame(_ state: IsotonicState, _ bytes: UnsafeRawBufferPointer) {
    require(state.serializedSize == bytes.count, "another size")
    var written = [UInt8](repeating: 0, count: bytes.count)
    written.withUnsafeMutableBytes { state.serialize($0.baseAddress!) }
    require(written.elementsEqual(bytes), "other bytes")
}

private func requireOrder(_ state: IsotonicState) throws(QuantcalError) {
    let fit = try state.fit()
    var columns = [Double](repeating: 0, count: 4 * fit.count)
    let count = fit.count
    columns.withUnsafeMutableBufferPointer { columns in
        guard let start = columns.baseAddress else { return }
        fit.write(
            IsotonicStateFit.Output(
                first: start, last: start + count, values: start + 2 * count, weights: start + 3 * count))
    }
    let isRising = state.options.direction == .increasing
    for block in 0..<count {
        let (first, last) = (columns[block], columns[count + block])
        let (value, weight) = (columns[2 * count + block], columns[3 * count + block])
        require(first <= last && value.isFinite && weight >= 0, "an impossible block")
        guard block > 0 else { continue }
        require(columns[count + block - 1] < first, "blocks overlap")
        let before = columns[2 * count + block - 1]
        require(isRising ? before < value : before > value, "values out of order")
    }
}

/// Where the core keeps its options; the solvers in there play no part here.
public enum IsotonicRegression {}
