/// Any bytes as a martingale: refused with a good message, or a martingale that is written as the same bytes, takes
/// p-values and scores, and goes on as its copy does.
func fuzzStored(_ bytes: UnsafeRawBufferPointer) {
    do throws(QuantcalError) {
        let state = try ConformalMartingale(bytes: bytes)
        require(written(state).elementsEqual(bytes), "other bytes")
        let copy = try state.copy()
        for values in [[0.5, 1e-300, 1], [0.25, 0], [1, 0.75]] {
            for one in [state, copy] {
                try values.withUnsafeBufferPointer { values throws(QuantcalError) in
                    try one.bet(values)
                    try one.update(values)
                }
            }
            require(state.summary == copy.summary, "a copy that goes another way")
            require(!state.summary.logMartingale.isNaN, "a martingale that is NaN")
            require(state.summary.pValue >= 0 && state.summary.pValue <= 1, "no p-value")
            require(written(state) == written(copy), "a copy of other bytes")
        }
    } catch { requireGoodMessage(error) }
}

private func written(_ state: ConformalMartingale) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: state.serializedSize)
    bytes.withUnsafeMutableBytes { state.serialize($0.baseAddress!) }
    return bytes
}

/// What stands here for the core's parallel loops: no threads.
enum Parallel {
    static func forEachRange(of count: Int, grain: Int, _ body: (Range<Int>) -> Void) { body(0..<count) }
}
