/// Any bytes as a reusable holdout: refused with a good message, or a holdout that is written as the same bytes and
/// never spends more than it has.
func fuzzStored(_ bytes: UnsafeRawBufferPointer) {
    do throws(QuantcalError) {
        let state = try ConformalHoldout(bytes: bytes)
        var written = [UInt8](repeating: 0, count: state.serializedSize)
        written.withUnsafeMutableBytes { state.serialize($0.baseAddress!) }
        require(written.elementsEqual(bytes), "other bytes")
        askSome(state)
    } catch { requireGoodMessage(error) }
}

private func askSome(_ state: ConformalHoldout) {
    let (before, asked) = (state.remaining, state.asked)
    for step in 0..<8 {
        let answer = state.answer(training: Double(step) / 8, holdout: 1 - Double(step) / 8)
        require(answer.map(\.value.isFinite) ?? (state.remaining == 0), "no answer, or no number")
    }
    require(state.remaining >= 0 && state.remaining <= before, "a budget that grew or was overspent")
    require(state.asked - asked >= before - state.remaining, "a cost without a question")
}
