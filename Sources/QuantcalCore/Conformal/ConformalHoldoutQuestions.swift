/// Questions as arrays.
extension ConformalHoldout {
    /// Answers one question after the other, until the budget is spent; returns how many it has answered.
    public func answer(
        training: UnsafeBufferPointer<Double>, holdout: UnsafeBufferPointer<Double>,
        _ answers: UnsafeMutablePointer<Double>, isFromHoldout: UnsafeMutablePointer<UInt8>?
    ) throws(QuantcalError) -> Int {
        try Require.probabilities(training, "training")
        try Require.probabilities(holdout, "holdout")
        guard remaining > 0 || training.isEmpty else {
            throw QuantcalError(.infeasible, "the budget is spent; no question is answered any more")
        }
        for index in training.indices {
            guard let answer = answer(training: training[index], holdout: holdout[index]) else {
                return index
            }
            answers[index] = answer.value
            isFromHoldout?[index] = answer.isFromHoldout ? 1 : 0
        }
        return training.count
    }
}
