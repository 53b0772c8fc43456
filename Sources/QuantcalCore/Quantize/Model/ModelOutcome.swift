/// What becomes of a tensor in another file, or has become of it.
public struct ModelOutcome: Sendable {
    public enum Action: Int32, CaseIterable, Sendable {
        /// Its bytes are copied.
        case kept = 0
        /// It is F32, as the format has not its type or order.
        case decoded = 1
        case quantized = 2
    }

    public let action: Action
    /// Its type in the new file, such as "Q4_K" or "int4".
    public let type: String
    /// In the new file.
    public let byteCount: Int
    /// Sums of squares: of the differences to the original, and of the original. Zeros for tensors that
    /// are not quantized, and in a plan.
    public let error, square: Double
    /// Why it has not become what was asked for, or nil.
    public let reason: String?

    fileprivate init(_ entry: ModelPlan.Entry, _ outcome: ModelConversion.Outcome?) {
        switch entry.action {
        case .keep: action = .kept
        case .decode: action = .decoded
        case .encode, .quantize: action = .quantized
        }
        (type, byteCount, reason) = (entry.type, entry.byteCount, entry.remark)
        (error, square) = (outcome?.error ?? 0, outcome?.square ?? 0)
    }
}

extension ModelQuantization {
    /// What would become of the tensors of a file.
    public func plan(_ file: ModelFile) throws(QuantcalError) -> [ModelOutcome] {
        try ModelPlan(file, self).entries.map { ModelOutcome($0, nil) }
    }

    /// Writes the file at `target`; what has become of each tensor.
    public func convert(
        _ file: ModelFile, to target: String, _ progress: Progress
    ) throws(QuantcalError) -> [ModelOutcome] {
        let plan = try ModelPlan(file, self)
        let outcomes = try ModelConversion.run(plan, of: file, to: target) { _, fraction in
            progress.report?(fraction) ?? false
        }
        return zip(plan.entries, outcomes).map { ModelOutcome($0, $1) }
    }
}
