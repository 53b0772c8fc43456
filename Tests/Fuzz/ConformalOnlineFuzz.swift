/// Any bytes as a state of online conformal prediction: refused with a good message, or a state that is written as the
/// same bytes, has a threshold, takes scores, and goes on as its copy does.
func fuzzStored(_ bytes: UnsafeRawBufferPointer) {
    do throws(QuantcalError) {
        let state = try ConformalOnline(bytes: bytes)
        require(written(state).elementsEqual(bytes), "other bytes")
        let copy = try state.copy()
        for score in [2, .nan, -1e300, 0, 4.5e-308, 7] {
            let (interval, again) = (try state.interval(), try copy.interval())
            require(!interval.upper.isNaN && !interval.lower.isNaN, "a threshold that is NaN")
            require(interval == again, "a copy that goes another way")
            let outcome = try state.observe(score)
            require(try copy.observe(score) == outcome, "a copy that sees another outcome")
        }
    } catch { requireGoodMessage(error) }
}

private func written(_ state: ConformalOnline) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: state.serializedSize)
    bytes.withUnsafeMutableBytes { state.serialize($0.baseAddress!) }
    return bytes
}

/// What stands here for the core's checks: the levels that ranks are asked for are checked before.
enum Require {
    static func level(_ alpha: Double, _ name: String) throws(QuantcalError) {
        require(alpha > 0 && alpha < 1, "a level that no rank has")
    }
}
