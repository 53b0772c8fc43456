import Glibc

/// Planning of training with quantization in the loop, by two published laws.
public enum TrainingPlan {
    /// The constant a of the law for the best share.
    public static let defaultConstant = 6.7297

    /// exp(-a / ln S), S = tokens / (parameters * bits / 8): the share of all tokens that is best spent on
    /// quantization-aware training.
    ///
    /// Source: arXiv 2509.22935; that its logarithm is the natural one is our reading.
    public static func fraction(
        tokens: Double, parameters: Double, bits: Double, constant: Double = defaultConstant
    ) throws(QuantcalError) -> Double {
        guard constant.isFinite, constant > 0 else {
            throw QuantcalError(.options, "constant is \(constant); constant must be finite and above 0")
        }
        try requirePositive(tokens, "tokens")
        try requirePositive(parameters, "parameters")
        try requirePositive(bits, "bits")
        let bytes = bits / 8
        let perByte = tokens / parameters / bytes
        let isPrecise = (tokens / parameters).isNormal && bytes.isNormal && perByte.isNormal
        let logarithm = isPrecise ? log(perByte) : log(tokens) - log(parameters) - (log(bits) - log(8))
        guard logarithm > 0 else {
            throw QuantcalError(
                .domain,
                "tokens are \(perByte) for each byte of the quantized model; the law needs more than 1")
        }
        return exp(-constant / logarithm)
    }

    /// The law of the loss that quantization adds, with constants of the caller's fit.
    ///
    /// Source: arXiv 2505.14302.
    public struct Loss: Sendable {
        public var factor: Double
        public var tokenExponent: Double
        public var parameterExponent: Double
        public var groupExponent: Double

        public init(
            factor: Double, tokenExponent: Double, parameterExponent: Double, groupExponent: Double
        ) {
            (self.factor, self.tokenExponent) = (factor, tokenExponent)
            (self.parameterExponent, self.groupExponent) = (parameterExponent, groupExponent)
        }

        /// A group size above Int.max arrives negative, as its bits.
        public func callAsFunction(
            tokens: Double, parameters: Double, groupSize: Int
        ) throws(QuantcalError) -> Double {
            try requirePositive(tokens, "tokens")
            try requirePositive(parameters, "parameters")
            guard groupSize != 0 else {
                throw QuantcalError(.size, "group_size is 0; group_size must be at least 1")
            }
            try requireNumber(factor, "factor", ">= 0") { $0 >= 0 }
            try requireNumber(tokenExponent, "token_exponent", "a number") { _ in true }
            try requireNumber(parameterExponent, "parameter_exponent", "a number") { _ in true }
            try requirePositive(groupExponent, "group_exponent")
            let doublings = log2(Double(UInt(bitPattern: groupSize)))
            guard factor > 0, doublings > 0 else { return 0 }
            let loss =
                factor * pow(tokens, tokenExponent) * pow(doublings, groupExponent)
                / pow(parameters, parameterExponent)
            if loss.isNormal { return loss }
            // A part left the range of doubles; the whole may lie within.
            return exp(
                log(factor) + tokenExponent * log(tokens) + groupExponent * log(doublings)
                    - parameterExponent * log(parameters))
        }
    }
}

private func requirePositive(_ value: Double, _ name: String) throws(QuantcalError) {
    try requireNumber(value, name, "above 0") { $0 > 0 }
}

private func requireNumber(
    _ value: Double, _ name: String, _ what: String, _ isAllowed: (Double) -> Bool
) throws(QuantcalError) {
    guard value.isFinite else {
        throw QuantcalError(.notFinite, "\(name) is \(value); \(name) must be finite and \(what)")
    }
    guard isAllowed(value) else {
        throw QuantcalError(.domain, "\(name) is \(value); \(name) must be finite and \(what)")
    }
}
